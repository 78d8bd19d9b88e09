"""What identifiers share: a text without separators, dated lists, a result."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

# Written out, and not "any white space": Spark, Sail and Python each understand
# a class of characters in their own way, a list of characters they read alike.
SPACES = (
    " \t\n\r\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
)
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
SEPARATORS = SPACES + DASHES + "./'\u2018\u2019\u02bc"
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

LEADING_ZERO = "leading_zero"
LETTER_O_TO_ZERO = "letter_o_to_zero"
ZERO_TO_LETTER_O = "zero_to_letter_o"

REASONS: Mapping[str, tuple[str, str]] = {
    "branch_000": ("Mã đơn vị trực thuộc không được là 000", "Branch 000 is not given"),
    "branch_format": (
        "Mã đơn vị trực thuộc phải có ba chữ số",
        "A branch has three digits",
    ),
    "category": (
        "Ký tự thứ tư của số container không phải loại được dùng",
        "The fourth character of a container number is no category in use",
    ),
    "chapter": ("Chương HS không tồn tại", "There is no such HS chapter"),
    "chapter_98": (
        "Mã Chương 98 không khai ở ô mã số hàng hóa",
        "A Chapter 98 code does not belong in the code field",
    ),
    "check_digit": ("Chữ số kiểm tra sai", "The check digit is wrong"),
    "direction_digit": (
        "Chữ số đầu của số tờ khai không chỉ nhập khẩu hay xuất khẩu",
        "The first digit names neither import nor export",
    ),
    "direction_mismatch": (
        "Số tờ khai không khớp loại hình nhập khẩu, xuất khẩu",
        "The number belongs to the other direction",
    ),
    "empty": ("Không có giá trị", "There is no value"),
    "length": ("Sai độ dài", "The length is wrong"),
    "not_digits": ("Có ký tự không phải chữ số", "A character is not a digit"),
    "not_in_force": (
        "Mã HS không có hiệu lực vào ngày này",
        "The HS code is not in force on this date",
    ),
    "not_yet_open": (
        "Đơn vị hải quan chưa hoạt động vào ngày này",
        "The customs office is not open yet on this date",
    ),
    "owner_letters": (
        "Mã chủ container phải là ba chữ cái",
        "A container owner is three letters",
    ),
    "pattern": ("Sai cấu trúc mã", "The code has another structure"),
    "province": (
        "Mã tỉnh của số định danh cá nhân không hợp lệ",
        "The province of the personal number is not valid",
    ),
    "serial_digits": (
        "Số sê-ri container phải gồm chữ số",
        "A container serial is made of digits",
    ),
    "ten_digits_import": (
        "Mã 10 chữ số chỉ dùng cho hàng xuất khẩu",
        "A ten-digit code is for exports only",
    ),
    "unknown_code": (
        "Mã HS không có trong danh mục",
        "The HS code is not in the list",
    ),
    "unknown_office": (
        "Mã đơn vị hải quan không có trong danh mục",
        "The customs office is not in the list",
    ),
}

Part: TypeAlias = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """An identifier in its normal form, its parts, and what was repaired."""

    normal: str
    parts: Mapping[str, Part] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()
    ok: Literal[True] = True

    def to_record(self) -> dict[str, object]:
        """Return the result as one flat mapping."""
        record: dict[str, object] = {"ok": True, "normal": self.normal}
        return {**record, **self.parts, "repairs": list(self.repairs)}


@dataclass(frozen=True, slots=True)
class Refused:
    """The one reason why a text is no identifier, and what goes with it."""

    reason: str
    details: Mapping[str, Part] = field(default_factory=dict)
    ok: Literal[False] = False

    @property
    def message_vi(self) -> str:
        """The reason in words for an officer."""
        return REASONS[self.reason][0]

    @property
    def message_en(self) -> str:
        """The reason in English words."""
        return REASONS[self.reason][1]

    def to_record(self) -> dict[str, object]:
        """Return the result as one flat mapping."""
        return {"ok": False, "reason": self.reason, **self.details}


Outcome: TypeAlias = Accepted | Refused


@dataclass(frozen=True, slots=True)
class DatedCode:
    """One row of an effective-dated list; `valid_to` is inclusive."""

    code: str
    valid_from: date
    valid_to: date | None = None
    successor: str | None = None

    def in_force(self, on: date) -> bool:
        """Tell whether the row holds on a date."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class CodeList:
    """An effective-dated list, asked by code and date."""

    def __init__(self, rows: Iterable[DatedCode]) -> None:
        """Index the rows by code."""
        self._rows: dict[str, list[DatedCode]] = {}
        for row in rows:
            self._rows.setdefault(row.code, []).append(row)

    @classmethod
    def from_rows(
        cls, rows: Iterable[Mapping[str, object]], code: str, successor: str = ""
    ) -> "CodeList":
        """Take rows of a `ref` table.

        Args:
            code: column of the code, such as `office_code`.
            successor: column of the code that took its place, if there is one.
        """
        return cls(
            DatedCode(
                str(row[code]),
                _day(row["valid_from"]),
                _open_day(row["valid_to"]),
                str(row[successor]) if successor and row[successor] else None,
            )
            for row in rows
        )

    def __contains__(self, code: object) -> bool:
        """Tell whether the list ever held a code."""
        return code in self._rows

    def in_force(self, code: str, on: date) -> bool:
        """Tell whether the list holds a code on a date."""
        return any(row.in_force(on) for row in self._rows.get(code, ()))

    def last_closed(self, code: str, on: date) -> DatedCode | None:
        """Return the row of a code that ended last before a date."""
        ended = [
            row
            for row in self._rows.get(code, ())
            if row.valid_to is not None and row.valid_to < on
        ]
        return max(ended, key=lambda row: row.valid_to or on, default=None)


@dataclass(frozen=True, slots=True)
class Forms:
    """The parts of identifiers that a list decides, as in force on one date.

    Ranges are inclusive pairs of texts of one length.
    """

    provinces: tuple[tuple[str, str], ...]
    directions: Mapping[str, str]
    categories: frozenset[str]
    chapters: tuple[tuple[str, str], ...]
    national_chapters: frozenset[str]

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, object]], on: date) -> "Forms":
        """Take the rows of `ref.identifier_form` that hold on a date."""
        parts: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for row in rows:
            dated = DatedCode("", _day(row["valid_from"]), _open_day(row["valid_to"]))
            if dated.in_force(on):
                low, high = str(row["value_from"]), str(row["value_to"])
                part = parts[str(row["identifier_part_code"])]
                part.append((low, high, str(row["value_meaning_code"])))
        chapters = parts["hs_chapter"]
        return cls(
            provinces=tuple((a, b) for a, b, _ in parts["person_province"]),
            directions={a: m for a, _, m in parts["declaration_first_digit"]},
            categories=frozenset(a for a, _, _ in parts["container_category"]),
            chapters=tuple((a, b) for a, b, m in chapters if m == "international"),
            national_chapters=frozenset(a for a, _, m in chapters if m == "national"),
        )


def within(value: str, ranges: Iterable[tuple[str, str]]) -> bool:
    """Tell whether a text lies in one of some inclusive ranges."""
    return any(low <= value <= high for low, high in ranges)


_STRIPPED = str.maketrans(
    {character: None for character in SEPARATORS}
    | dict(zip(LETTERS.lower(), LETTERS, strict=True))
)
_ASCII_DIGITS = frozenset(DIGITS)


def strip_separators(raw: str | None) -> str:
    """Remove separators wherever they stand and put letters in upper case.

    Only the 26 Latin letters change case: a Turkish dotless i must not become
    the letter of a container owner.
    """
    return "" if raw is None else raw.translate(_STRIPPED)


def all_digits(text: str) -> bool:
    """Tell whether a text is made of the ten ASCII digits alone."""
    return _ASCII_DIGITS.issuperset(text)


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _open_day(value: object) -> date | None:
    return None if value is None else _day(value)
