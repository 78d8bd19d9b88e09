"""Quirks of bytes: written messages and files that are broken on purpose."""

from __future__ import annotations

from collections.abc import Callable

from lakehouse.derive.to_message import END, divide
from lakehouse.messages import load_layouts
from simulator.quirks import load_quirks
from simulator.tcvn3 import to_tcvn3

JUNK = b"\x00\x1f?!\xffMAU-RAC\x00" * 3
Damage = Callable[[bytes], bytes]


def damage(code: str, message: bytes, part: int) -> bytes:
    """The bytes of a message that carries a quirk; most quirks leave them alone.

    Args:
        part: 0 for all of it, 1 or 2 for a half of a message divided over two files.
    """
    if part:
        return divide(message, 2)[part - 1]
    change = DAMAGES.get(code)
    return change(message) if change else message


def is_damaging(place: int) -> bool:
    """Whether the quirk with this number changes bytes."""
    code = load_quirks()[place - 1].code if place else ""
    return code in DAMAGES or code == "divided_late"


def cut_header(message: bytes) -> bytes:
    """The beginning of a message whose header never ends."""
    return message[: load_layouts().header.length // 2]


def body_start() -> int:
    """Where the items of a message begin."""
    return load_layouts().header.length + len(END)


def _with_length(message: bytes, length: int) -> bytes:
    field = load_layouts().header.fields["length"]
    digits = f"{length:0{field.length}d}".encode()
    end = field.offset + field.length
    return message[: field.offset] + digits + message[end:]


def _cut_character(message: bytes) -> bytes:
    """The last byte of the first letter of three bytes is lost, as a W limit cuts."""
    for place in range(body_start(), len(message)):
        if message[place] & 0xF0 == 0xE0:
            cut = message[: place + 2] + message[place + 3 :]
            return _with_length(cut, len(cut))
    return message


def _in_tcvn3(message: bytes) -> bytes:
    """The first value with a Vietnamese letter, in the old code page."""
    lines = message.split(END.encode())
    for place, line in enumerate(lines[1:], 1):
        if not line.isascii():
            lines[place] = to_tcvn3(line.decode())
            break
    coded = END.encode().join(lines)
    return _with_length(coded, len(coded))


def _lf(message: bytes) -> bytes:
    return message.replace(END.encode(), b"\n")


def _too_long(message: bytes) -> bytes:
    return _with_length(message, len(message) + 7)


def _truncated(message: bytes) -> bytes:
    """Inside a line, so that nothing but the length tells."""
    middle = (body_start() + len(message)) // 2
    return message[:middle].rstrip(END.encode())


def _of_nobody(message: bytes) -> bytes:
    return _with_field(message, "procedure", b"XQZ  ")


def _of_rot(message: bytes) -> bytes:
    """An answer that is output again begins with VR."""
    return _with_output(_with_field(message, "procedure", b"ROT  "), 1, b"R")


def _by_customs(message: bytes) -> bytes:
    return _with_output(message, 5, b"Y")


def _of_no_family(message: bytes) -> bytes:
    """The beginning of an output code that no family has."""
    return _with_output(message, 1, b"X")


def _with_output(message: bytes, place: int, letter: bytes) -> bytes:
    at = load_layouts().header.fields["output"].offset + place
    return message[:at] + letter + message[at + 1 :]


def _with_field(message: bytes, name: str, value: bytes) -> bytes:
    field = load_layouts().header.fields[name]
    return message[: field.offset] + value + message[field.offset + len(value) :]


def _parts(message: bytes) -> list[bytes]:
    return divide(message, 2 + len(message) % 3)


def _divided(message: bytes) -> bytes:
    return b"".join(_parts(message))


def _disorder(message: bytes) -> bytes:
    return b"".join(reversed(_parts(message)))


def _part_lost(message: bytes) -> bytes:
    return b"".join(_parts(message)[:-1])


def _one_line_more(message: bytes) -> bytes:
    """After the last line that the layout has, filled or not, another one."""
    header = {
        name: message[field.offset : field.offset + field.length].decode()
        for name, field in load_layouts().header.fields.items()
        if name in ("procedure", "output")
    }
    layout = load_layouts().find(header["procedure"], header["output"])
    if layout is None:
        return message
    end = END.encode()
    missing = layout.line_count - message[body_start() :].count(end)
    longer = message + end * missing + b"84713020" + end
    return _with_length(longer, len(longer))


def _junk_before(message: bytes) -> bytes:
    return JUNK + message


DAMAGES: dict[str, Damage] = {
    "cut_character": _cut_character,
    "tcvn3_bytes": _in_tcvn3,
    "lf_line_ends": _lf,
    "wrong_length": _too_long,
    "truncated": _truncated,
    "unknown_procedure": _of_nobody,
    "unknown_output": _of_no_family,
    "reoutput": _of_rot,
    "by_customs": _by_customs,
    "divided": _divided,
    "divided_disorder": _disorder,
    "divided_lost": _part_lost,
    "one_line_more": _one_line_more,
    "junk_before": _junk_before,
}
