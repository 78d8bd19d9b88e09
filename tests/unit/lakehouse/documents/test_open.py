"""One message is opened safely: what could cost or mislead is refused with a reason."""

import pytest

from lakehouse.documents.faults import MessageFault
from lakehouse.documents.fill import Number
from lakehouse.documents.jsontext import json_entries, open_json
from lakehouse.documents.xml import XmlEntries, open_xml


def fault_of(text: str, namespace: str = "") -> str:
    with pytest.raises(MessageFault) as found:
        list(XmlEntries(namespace)(open_xml(text.encode(), "A", namespace)))
    return found.value.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE A [<!ENTITY x SYSTEM "file:///etc/hostname">]><A/>', "dtd_refused"),
        ('<!DOCTYPE A SYSTEM "http://example.org/a.dtd"><A/>', "dtd_refused"),
        ("<A><b></A>", "bad_xml"),
        ("<A>&nothing;</A>", "bad_xml"),
        ("<B/>", "wrong_root"),
        ('<A xmlns="urn:other"/>', "wrong_namespace"),
        ('<A><b xmlns="urn:other"/></A>', "wrong_namespace"),
        ('<?xml version="1.0" encoding="UTF-16"?><A/>', "bad_encoding"),
        ("<A>" + "<b>" * 300 + "</b>" * 300 + "</A>", "bad_xml"),
    ],
)
def test_xml_that_must_not_be_taken_has_a_reason(text: str, code: str) -> None:
    assert fault_of(text) == code


def test_the_namespace_that_is_asked_for_is_taken_with_any_prefix() -> None:
    text = b'<x:A xmlns:x="urn:a"><x:b>1</x:b></x:A>'
    root = open_xml(text, "A", "urn:a")
    assert list(XmlEntries("urn:a")(root)) == [("b", "1")]


def test_an_attribute_is_an_entry() -> None:
    root = open_xml(b'<A v="2"><b>1</b></A>', "A", "")
    assert list(XmlEntries("")(root)) == [("@v", "2"), ("b", "1")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "a": 2}', "double_key"),
        ('{"a": {"b": 1, "b": 1}}', "double_key"),
        ('{"a": 1', "bad_json"),
        ('{"a": NaN}', "bad_json"),
        ("[1]", "wrong_type"),
        ('{"a":' * 100_000, "too_deep"),
    ],
)
def test_json_that_must_not_be_taken_has_a_reason(text: str, code: str) -> None:
    with pytest.raises(MessageFault) as found:
        open_json(text.encode())
    assert found.value.code == code


def test_numbers_stay_as_they_were_written() -> None:
    found = dict(
        json_entries(open_json(b'{"a": 1.10, "b": 007.0e1}'.replace(b"00", b"")))
    )
    assert found == {"a": "1.10", "b": "7.0e1"}
    assert all(isinstance(value, Number) for value in found.values())


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(MessageFault) as found:
        open_json(b'{"a": "\xff"}')
    assert found.value.code == "bad_encoding"
