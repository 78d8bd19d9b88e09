"""One XML message, opened without DTD, entities, network or huge trees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from lakehouse.documents.faults import MessageFault
from lakehouse.documents.node import ATTRIBUTE

_ENCODING = re.compile(rb"^<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DTD = b"<!DOCTYPE"


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=False,
    )


def open_xml(payload: bytes, root: str, namespace: str) -> Any:  # noqa: ANN401 - lxml is untyped
    """The root element of a message.

    Raises:
        MessageFault: not UTF-8, not well-formed, with a DTD, or another document.
    """
    stated = _ENCODING.match(payload)
    if stated and stated[1].lower() not in (b"utf-8", b"us-ascii"):
        raise MessageFault("bad_encoding", stated[1].decode())
    # Before anything is parsed: what a DTD declares may cost more than it looks.
    if _DTD in payload.partition(b"<" + root.encode())[0]:
        raise MessageFault("dtd_refused")
    try:
        element = etree.fromstring(payload, _parser())
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise MessageFault("bad_xml", f"{line}:{column}") from None
    if element.getroottree().docinfo.internalDTD is not None:
        raise MessageFault("dtd_refused")
    name = etree.QName(element)
    if name.localname != root:
        raise MessageFault("wrong_root", name.localname)
    if (name.namespace or "") != namespace:
        raise MessageFault("wrong_namespace", name.namespace or "")
    return element


class XmlEntries:
    """Names and values inside an element; all must be of one namespace."""

    def __init__(self, namespace: str) -> None:
        self._prefix = f"{{{namespace}}}" if namespace else ""

    def __call__(self, element: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
        """Children and attributes; a child without children is its text.

        Raises:
            MessageFault: an element is of another namespace, or an entity.
        """
        for name, value in element.attrib.items():
            yield ATTRIBUTE + name, value
        prefix, cut = self._prefix, len(self._prefix)
        for child in element:
            tag = child.tag
            if not isinstance(tag, str):
                raise MessageFault("dtd_refused", str(child))
            if not tag.startswith(prefix) or (not prefix and tag.startswith("{")):
                raise MessageFault("wrong_namespace", tag)
            yield tag[cut:], child if len(child) else (child.text or "")
