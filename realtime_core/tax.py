"""The tax that a posted declaration should state, beside the one that it states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from lakehouse.law.tax import (
    Assessment,
    Declaration,
    Gap,
    Line,
    LineAssessment,
    LineValue,
    QuotaLedger,
    assess_values,
)
from lakehouse.law.tax_lists import TaxLists
from realtime_core.schemas import Declaration as Posted

# What a line states of its own, and the tax that it is.
_STATED = {"import_duty_vnd": "import_duty", "vat_vnd": "vat"}
_TOTAL = "tax_total_vnd"


class NotEvaluable(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something unknown, for which there is no expected tax.

    Attributes:
        lines: where; none for the whole declaration.
    """

    code: str
    reason_vi: str
    lines: tuple[int, ...] = ()


class LineTax(msgspec.Struct, frozen=True):
    """A tax that a line states otherwise than expected."""

    line_no: int
    tax: str
    expected_vnd: int
    declared_vnd: int


class TaxAnswer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Expected and declared tax of a declaration.

    Attributes:
        lists: hash of the published lists that it was worked out with.
        is_sample: True while some of their rows are no official ones.
        declared_vnd: the total of the header, else what the lines state together.
        expected_vnd: the same taxes by the lists; None, never zero, where something
            is not evaluable.
        difference_vnd: expected less declared.
        lines: taxes of lines that differ.
    """

    lists: str | None = None
    is_sample: bool = False
    declared_vnd: int
    expected_vnd: int | None = None
    difference_vnd: int | None = None
    not_evaluable: tuple[NotEvaluable, ...] = ()
    lines: tuple[LineTax, ...] = ()


def compare_tax(posted: Posted, lists: TaxLists | None) -> TaxAnswer | None:
    """Compare the tax that a declaration states with the expected one.

    None where it states no tax. Certificates of origin and what is left of quotas are
    not known here, so lines that depend on them are not evaluable.
    """
    declared = _declared(posted)
    if declared is None:
        return None
    if lists is None:
        missing = Gap("tax_lists_missing")
        return TaxAnswer(declared_vnd=declared, not_evaluable=_told([missing]))
    found = _assess(posted, lists)
    if found.gaps:
        return TaxAnswer(
            lists=lists.hash,
            is_sample=lists.is_sample,
            declared_vnd=declared,
            not_evaluable=_told(found.gaps),
        )
    lines = {line.line_no: _payable(line) for line in found.lines}
    expected = _expected(posted, lines)
    return TaxAnswer(
        lists=lists.hash,
        is_sample=lists.is_sample,
        declared_vnd=declared,
        expected_vnd=expected,
        difference_vnd=expected - declared,
        lines=tuple(_differing(posted, lines)),
    )


def _declared(posted: Posted) -> int | None:
    total = posted.header[_TOTAL]
    if total is not None:
        return int(total)
    stated = [line[name] for line in posted.lines for name in _STATED]
    known = [int(amount) for amount in stated if amount is not None]
    return sum(known) if known else None


def _expected(posted: Posted, lines: Mapping[int, Mapping[str, int]]) -> int:
    """What stands against the declared amount: all taxes, or those that lines state."""
    if posted.header[_TOTAL] is not None:
        return sum(sum(taxes.values()) for taxes in lines.values())
    return sum(
        lines[line["line_no"]].get(tax, 0)
        for line in posted.lines
        for name, tax in _STATED.items()
        if line[name] is not None
    )


def _differing(
    posted: Posted, lines: Mapping[int, Mapping[str, int]]
) -> Iterable[LineTax]:
    for line in posted.lines:
        for name, tax in _STATED.items():
            declared, number = line[name], line["line_no"]
            expected = lines[number].get(tax, 0)
            if declared is not None and int(declared) != expected:
                yield LineTax(number, tax, expected, int(declared))


def _assess(posted: Posted, lists: TaxLists) -> Assessment:
    declaration = declaration_of(posted)
    unvalued = [
        line["line_no"] for line in posted.lines if line["customs_value_vnd"] is None
    ]
    if unvalued:
        return Assessment(
            (), gaps=tuple(Gap("customs_value_missing", number) for number in unvalued)
        )
    # Others draw on the same quotas before this declaration, which the lake knows.
    drawing = QuotaLedger().draw(declaration, lists.reference)
    if drawing:
        gaps = (Gap("quota_balance_unknown", number) for number in sorted(drawing))
        return Assessment((), gaps=tuple(gaps))
    values = {
        line["line_no"]: LineValue(int(line["customs_value_vnd"]))
        for line in posted.lines
    }
    return assess_values(declaration, values, lists.reference)


def declaration_of(posted: Posted) -> Declaration:
    """A posted declaration as the law of taxes takes it; its values are in dong."""
    header = posted.header
    return Declaration(
        registered_date=header["registered_date"],
        currency_code="VND",
        lines=tuple(map(_line, posted.lines)),
        is_low_value=bool(header["is_low_value"]),
        kind_code=header["kind_code"],
        direction_code=header["direction_code"],
    )


def _line(line: dict[str, Any]) -> Line:
    return Line(
        line_no=line["line_no"],
        hs_code=line["hs_code"],
        origin_country_code=line["origin_country_code"],
        tariff_table_code=line["tariff_table_code"],
        invoice_amount=Decimal(0),
        first_quantity=line["first_quantity"],
        first_quantity_unit_code=line["first_quantity_unit_code"],
        second_quantity=line["second_quantity"],
        second_quantity_unit_code=line["second_quantity_unit_code"],
        is_certificate_known=False,
    )


def _payable(line: LineAssessment) -> dict[str, int]:
    return {entry.tax_type: entry.payable_vnd for entry in line.taxes}


def _told(gaps: Iterable[Gap]) -> tuple[NotEvaluable, ...]:
    """Each reason once, with its lines."""
    found: dict[str, tuple[Gap, list[int]]] = {}
    for gap in gaps:
        _, lines = found.setdefault(gap.code, (gap, []))
        if gap.line_no is not None:
            lines.append(gap.line_no)
    return tuple(
        NotEvaluable(code, gap.message_vi, tuple(lines))
        for code, (gap, lines) in found.items()
    )
