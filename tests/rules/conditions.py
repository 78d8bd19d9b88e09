"""Random conditions and rows over a small catalogue, for the differential tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from lakehouse.rules.catalogue import Catalogue

CATALOGUE = Catalogue.from_columns(
    {
        "declaration": {
            "kind_code": ("string", "Mã loại hình"),
            "direction_code": ("string", "Chiều hàng hóa"),
            "office_code": ("string", "Mã cơ quan hải quan"),
            "is_low_value": ("boolean", "Là tờ khai trị giá thấp"),
            "registered_date": ("date", "Ngày đăng ký"),
            "invoice_date": ("date", "Ngày hóa đơn"),
            "registered_at": ("timestamp", "Thời điểm đăng ký"),
            "line_count": ("integer", "Tổng số dòng hàng"),
            "customs_value_vnd": ("decimal(20,0)", "Trị giá hải quan"),
            "gross_weight_kg": ("decimal(20,4)", "Trọng lượng"),
        },
        "line": {
            "hs_code": ("string", "Mã HS"),
            "goods_name": ("string", "Tên hàng"),
            "customs_value_vnd": ("decimal(20,0)", "Trị giá hải quan"),
            "first_quantity": ("decimal(20,4)", "Lượng"),
        },
        "enterprise": {
            "declaration_count_365d": ("bigint", "Số tờ khai 365 ngày"),
            "last_declaration_date": ("date", "Ngày khai gần nhất"),
        },
        "price": {"median_unit_price_vnd": ("double", "Trung vị đơn giá")},
    }
)
LISTS = {"watched": frozenset({"A11", "8517", "03CC"}), "empty": frozenset[str]()}

STRINGS = ("A11", "E31", "03CC", "8517", "851713", "84713090", "85", "day lon", "")
DIRECTIONS = ("import", "import", "export", "transit")
SUBSTRINGS = ("8", "85", "A1", "lon", "03CC", "_", "5%", "17")
PATTERNS = ("^8[45]", "^(84|8517)", "[0-9]{4}$", "lo?n", "^A", "1|C", "^.{4}$", "^85")
DAY = date(2026, 3, 1)
_STRING_NAMES = (
    "declaration.kind_code",
    "declaration.office_code",
    "line.hs_code",
    "line.goods_name",
)
_DATE_NAMES = (
    "declaration.registered_date",
    "declaration.invoice_date",
    "enterprise.last_declaration_date",
)
_WHOLE_NAMES = (
    "declaration.line_count",
    "declaration.customs_value_vnd",
    "line.customs_value_vnd",
    "enterprise.declaration_count_365d",
)
_FRACTION_NAMES = (
    "declaration.gross_weight_kg",
    "line.first_quantity",
    "price.median_unit_price_vnd",
)
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


def random_row(random: Random, missing: float = 0.2) -> dict[str, dict[str, Any]]:
    """Values by group; each is absent with the given probability."""
    row: dict[str, dict[str, Any]] = {
        group: {} for group in ("declaration", "enterprise", "line", "price")
    }
    for name, entry in CATALOGUE.entries.items():
        if random.random() >= missing:
            group, column = name.split(".")
            row[group][column] = _value(random, entry.type.kind, entry.type_text)
    if "direction_code" in row["declaration"]:
        row["declaration"]["direction_code"] = random.choice(DIRECTIONS)
    return row


def _value(random: Random, kind: str, type_text: str) -> Any:
    match kind:
        case "string":
            return random.choice(STRINGS)
        case "bool":
            return random.random() < 0.5
        case "date":
            return DAY + timedelta(days=random.randint(-3, 3))
        case "timestamp":
            start = datetime(2026, 3, 1, 12, tzinfo=UTC)
            return start + timedelta(hours=random.randint(-48, 48))
        case "whole":
            whole = random.choice((0, 1, 2, 3, 10, 50, -7, 1000))
            return Decimal(whole) if type_text.startswith("decimal") else whole
        case "fraction":
            # Quarters, so that doubles of other evaluators hold them exactly.
            return Decimal(random.randint(-8, 40)) / 4
        case _:
            return random.randint(-8, 40) / 4


@dataclass
class Conditions:
    """Writes random CEL conditions.

    Attributes:
        divides_by_zero: whether divisors may become zero.
    """

    random: Random
    divides_by_zero: bool = False

    def condition(self, depth: int = 3) -> str:
        """A condition of at most this depth."""
        if depth == 0 or self.random.random() < 0.25:
            return self._atom()
        one, two = self.condition(depth - 1), self.condition(depth - 1)
        match self.random.randrange(6):
            case 0 | 1:
                return f"({one} && {two})"
            case 2 | 3:
                return f"({one} || {two})"
            case 4:
                return f"!({one})"
            case _:
                return f"({self._atom()} ? {one} : {two})"

    def _pick(self, options: tuple[str, ...]) -> str:
        return self.random.choice(options)

    def _atom(self) -> str:
        writers = (
            self._numbers,
            self._numbers,
            self._fractions,
            self._strings,
            self._member,
            self._on_text,
            self._dates,
            self._has,
            self._bare,
        )
        return self.random.choice(writers)()

    def _numbers(self) -> str:
        return f"{self._whole(2)} {self._pick(_COMPARISONS)} {self._whole(1)}"

    def _fractions(self) -> str:
        right = self._fraction(1) if self.random.random() < 0.7 else self._whole(0)
        return f"{self._fraction(2)} {self._pick(_COMPARISONS)} {right}"

    def _strings(self) -> str:
        right = self._pick(_STRING_NAMES)
        if self.random.random() < 0.7:
            right = f'"{self._pick(STRINGS)}"'
        return f"{self._string()} {self._pick(_COMPARISONS)} {right}"

    def _string(self) -> str:
        name = self._pick(_STRING_NAMES)
        if self.random.random() < 0.1:
            return f"({self._has()} ? {name} : {self._pick(_STRING_NAMES)})"
        return name

    def _member(self) -> str:
        match self.random.randrange(4):
            case 0:
                return f"{self._string()} in lists.{self._pick(tuple(LISTS))}"
            case 1:
                return f"{self._whole(1)} in [1, 3, 50]"
            case 2:
                days = f'date("2026-03-02"), date("{DAY.isoformat()}")'
                return f"{self._pick(_DATE_NAMES)} in [{days}]"
        return f'{self._string()} in ["A11", "{self._pick(STRINGS)}", "8517"]'

    def _on_text(self) -> str:
        if self.random.random() < 0.3:
            return f'{self._string()}.matches("{self._pick(PATTERNS)}")'
        method = self._pick(("startsWith", "endsWith", "contains"))
        part = f'"{self._pick(SUBSTRINGS)}"'
        if self.random.random() < 0.2:
            part = self._pick(_STRING_NAMES)
        return f"{self._string()}.{method}({part})"

    def _dates(self) -> str:
        sign = self._pick(_COMPARISONS)
        left = self._pick(_DATE_NAMES)
        match self.random.randrange(5):
            case 0:
                return f"{left} {sign} {self._pick(_DATE_NAMES)}"
            case 1:
                hours = self.random.choice((-48, 0, 24, 36, 72))
                days = f"{left} - {self._pick(_DATE_NAMES)}"
                return f'{days} {sign} duration("{hours}h")'
            case 2:
                noon = 'timestamp("2026-03-01T12:00:00Z")'
                return f"declaration.registered_at {sign} {noon}"
            case 3:
                noon = 'timestamp("2026-03-01T12:00:00Z")'
                lasted = f"declaration.registered_at - {noon}"
                return f'{lasted} {sign} duration("{self.random.randint(-9, 9)}h")'
        return f'{left} {sign} date("2026-03-02")'

    def _has(self) -> str:
        return f"has({self._pick(tuple(CATALOGUE.entries))})"

    def _bare(self) -> str:
        text = self._pick(("declaration.is_low_value", "true", "false"))
        return f"{text} == true" if self.random.random() < 0.2 else text

    def _whole(self, depth: int) -> str:
        if depth == 0 or self.random.random() < 0.5:
            return self._pick((*_WHOLE_NAMES, "0", "1", "3", "50", "-7"))
        one, two = self._whole(depth - 1), self._whole(depth - 1)
        match self.random.randrange(6):
            case 0:
                return f"({one} % {self._pick(('3', '7', *self._zeros()))})"
            case 1:
                return f"({self._atom()} ? {one} : {two})"
            case 2:
                return f"size({self._pick(_STRING_NAMES)})"
            case 3:
                return f"-({one})"
        return f"({one} {self._pick(('+', '-', '*'))} {two})"

    def _zeros(self) -> tuple[str, ...]:
        return _WHOLE_NAMES if self.divides_by_zero else ()

    def _fraction(self, depth: int) -> str:
        if depth == 0 or self.random.random() < 0.4:
            return self._pick((*_FRACTION_NAMES, "0.0", "0.25", "2.5", "-1.75"))
        one, two = self._fraction(depth - 1), self._fraction(depth - 1)
        match self.random.randrange(6):
            case 0:
                divisors = ("2.0", "4.0")
                if self.divides_by_zero:
                    divisors = (*_FRACTION_NAMES, "double(line.customs_value_vnd)")
                return f"({one} / {self._pick(divisors)})"
            case 1:
                return f"({self._atom()} ? {one} : double({self._whole(0)}))"
            case 2:
                return f"double({self._whole(1)})"
        return f"({one} {self._pick(('+', '-', '*'))} {two})"
