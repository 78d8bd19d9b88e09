"""One JSON message, with its numbers as written and no key twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lakehouse.documents.faults import MessageFault
from lakehouse.documents.fill import Number


def open_json(payload: bytes) -> dict[str, Any]:
    """The object of a message.

    Raises:
        MessageFault: not UTF-8, not JSON, a key twice, nested too deep, or no object.
    """
    try:
        found = _DECODER.decode(payload.decode("utf-8"))
    except UnicodeDecodeError:
        raise MessageFault("bad_encoding") from None
    except json.JSONDecodeError as error:
        raise MessageFault("bad_json", f"{error.lineno}:{error.colno}") from None
    except RecursionError:
        raise MessageFault("too_deep") from None
    if not isinstance(found, dict):
        raise MessageFault("wrong_type")
    return found


def json_entries(container: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Keys and values of an object; an array is its values under one key."""
    if not isinstance(container, dict):
        raise MessageFault("wrong_type")
    for name, value in container.items():
        if isinstance(value, list):
            for one in value:
                yield name, one
        elif value is not None:
            yield name, value if not isinstance(value, bool) else _TRUTH[value]


_TRUTH = {True: Number("true"), False: Number("false")}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise MessageFault("double_key", double)
    return found


def _refuse_constant(text: str) -> None:
    raise MessageFault("bad_json", text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    # As written: a float would change the value that the sender stated.
    parse_int=Number,
    parse_float=Number,
    parse_constant=_refuse_constant,
)
