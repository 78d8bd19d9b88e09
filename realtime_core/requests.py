"""A request body read strictly: a declaration, or a refusal that names the field."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from lakehouse.contracts import Contracts
from lakehouse.time import business_date
from realtime_core.refusals import refuse_unreadable, refused
from realtime_core.schemas import MAX_LINES, Declaration, RequestTypes, request_types

_KEY_DIGITS = 11


class Submission(NamedTuple):
    """A request that was read.

    Attributes:
        content: the request without its time of receipt, in canonical JSON.
        content_hash: SHA-256 of `content`.
    """

    declaration: Declaration
    content: bytes
    content_hash: str


class RequestReader:
    """Reads request bodies of the contracts' shape."""

    def __init__(self, contracts: Contracts) -> None:
        """Prepare decoders once; reading is then one pass in C."""
        self._types = request_types(contracts)
        self._request = msgspec.json.Decoder(self._types.request)
        self._content = msgspec.json.Decoder(self._types.content)
        self._encode = msgspec.json.Encoder().encode

    def read(self, body: bytes) -> Submission:
        """The declaration that a body says.

        Raises:
            RequestRefused: not JSON, not of the contract's shape, or inconsistent.
        """
        try:
            request: Any = self._request.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise refuse_unreadable(error) from None
        content = self._encode(
            self._types.content(
                request.declaration_no, request.declaration, request.lines
            )
        )
        _refuse_double_keys(body, content)
        try:
            declaration = _declaration(request, request.received_at, self._types)
        except OverflowError:
            # The last hours of year 9999 have no date in Viet Nam.
            raise refused(422, "bad_time", "/received_at", "year") from None
        _check(declaration)
        return Submission(declaration, content, hashlib.sha256(content).hexdigest())

    def read_content(self, content: bytes, received_at: datetime) -> Declaration:
        """The declaration of journalled content."""
        return _declaration(self._content.decode(content), received_at, self._types)


def _declaration(
    said: Any,  # noqa: ANN401 - a struct made from the contract
    received_at: datetime,
    types: RequestTypes,
) -> Declaration:
    number: str = said.declaration_no
    key, version = number[:_KEY_DIGITS], int(number[_KEY_DIGITS:])
    header = msgspec.structs.asdict(said.declaration)
    _make_numbers(header, types.declaration_numbers)
    lines = [msgspec.structs.asdict(line) for line in said.lines]
    for line in lines:
        _make_numbers(line, types.line_numbers)
    header["declaration_no"] = number
    header["declaration_key"] = key
    header["declaration_version"] = version
    header["line_count"] = len(lines)
    day = business_date(received_at)
    return Declaration(number, key, version, received_at, day, header, lines)


def _make_numbers(row: dict[str, Any], makers: dict[str, Any]) -> None:
    for name, make in makers.items():
        value = row[name]
        if value is not None:
            row[name] = make(value)


def _check(declaration: Declaration) -> None:
    """Refuse what is well formed but contradicts itself."""
    if not declaration.lines and not declaration.header["is_low_value"]:
        raise refused(422, "lines_missing", "/lines")
    seen: set[int] = set()
    for place, line in enumerate(declaration.lines):
        pointer = f"/lines/{place}/line_no"
        if not 1 <= line["line_no"] <= MAX_LINES:
            raise refused(422, "out_of_range", pointer, f"1-{MAX_LINES}")
        if line["line_no"] in seen:
            raise refused(422, "line_no_repeated", pointer)
        seen.add(line["line_no"])
    if declaration.header["registered_date"] > declaration.received_date:
        raise refused(422, "registered_later", "/declaration/registered_date")


def _refuse_double_keys(body: bytes, content: bytes) -> None:
    """Refuse a key written twice, of which the decoder would keep the last.

    Without line breaks, escapes and spaces before colons, `":` stands once after each
    key and nowhere else; without nulls, the canonical form has the same keys, less the
    time of receipt. A body that is written otherwise, or has another count, is looked
    through the slow and exact way.
    """
    compact = not (
        b"\\" in body
        or b"\n" in body
        or b"\r" in body
        or b"\t" in body
        or b" :" in body
        or b"null" in body
    )
    if compact and body.count(b'":') == content.count(b'":') + 1:
        return
    json.loads(body, object_pairs_hook=_unique)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    name = Counter(name for name, _ in pairs).most_common(1)[0][0]
    raise refused(400, "double_key", "", name)
