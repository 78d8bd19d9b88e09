"""The taxes of one line in the order of the law, each rounded once to whole dong."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lakehouse.law.tax_assessment import (
    Finding,
    Gap,
    LineAssessment,
    LineValue,
    TaxEntry,
)
from lakehouse.law.tax_declaration import Line
from lakehouse.law.tax_exact import ZERO, half_up, percent_of, product, total
from lakehouse.law.tax_quantity import quantity_in
from lakehouse.law.tax_rate import Rate
from lakehouse.law.tax_reference import ADDITIONAL_DUTIES, Reference
from lakehouse.law.tax_table import choose_table


@dataclass(frozen=True, slots=True)
class DutyDraft:
    """A line with its import duty, before what a parcel as a whole decides."""

    line: Line
    value: LineValue
    table_applied: str | None
    duty: TaxEntry | None
    finding: Finding | None
    gap: Gap | None


def draft_duty(
    line: Line,
    value: LineValue,
    reference: Reference,
    on: date,
    left: Decimal | None = None,
) -> DutyDraft:
    """Choose the tariff table and work out the import duty.

    Args:
        left: what is left of the quota before the line, see `QuotaLedger`.
    """
    if value.customs_value_vnd < 0:
        gap = Gap("negative_customs_value", line.line_no)
        return DutyDraft(line, value, None, None, None, gap)
    chosen = choose_table(line, reference, on, left)
    if chosen.gap is not None or chosen.is_not_subject:
        return DutyDraft(line, value, chosen.table, None, chosen.finding, chosen.gap)
    rate = reference.duty_rate(line.hs_code, chosen.table, on)
    if rate is None:
        gap = Gap("duty_rate_missing", line.line_no)
        return DutyDraft(line, value, chosen.table, None, chosen.finding, gap)
    base = value.customs_value_vnd
    duty = tax_entry("import_duty", rate, base, line, reference, on)
    if isinstance(duty, Gap):
        return DutyDraft(line, value, chosen.table, None, chosen.finding, duty)
    return DutyDraft(line, value, chosen.table, duty, chosen.finding, None)


def finish_line(
    draft: DutyDraft,
    reference: Reference,
    on: date,
    *,
    waives_duty: bool,
    waives_vat: bool,
) -> LineAssessment:
    """Add the taxes after import duty; a later base counts what is payable before."""
    line, value, gap = draft.line, draft.value, draft.gap
    origin = line.origin_country_code
    taxes: list[TaxEntry] = []
    if draft.duty is not None:
        taxes.append(_waived(draft.duty) if waives_duty else draft.duty)
    for tax_type in reference.taxes_of(line.hs_code) if gap is None else ():
        rate = rate_of(tax_type, line.hs_code, origin, reference, on)
        if rate is None or rate.is_not_subject:
            continue
        entry = tax_entry(
            tax_type, rate, _base(tax_type, value, taxes), line, reference, on
        )
        if isinstance(entry, Gap):
            gap = entry
            break
        is_waived = waives_vat and tax_type == "vat"
        taxes.append(_waived(entry) if is_waived else entry)
    if gap is None and reference.rate("vat", line.hs_code, origin, on) is None:
        gap = Gap("vat_rate_missing", line.line_no)
    shown = () if gap is not None else tuple(taxes)
    return LineAssessment(line.line_no, value, draft.table_applied, shown, gap)


def rate_of(
    tax_type: str,
    hs_code: str | None,
    origin: str | None,
    reference: Reference,
    on: date,
) -> Rate | None:
    """The rate of a tax other than import duty; that of VAT may be reduced.

    A reduction stands in for a higher rate only (Decree 174/2025/NĐ-CP).
    """
    rate = reference.rate(tax_type, hs_code, origin, on)
    if tax_type != "vat" or rate is None or rate.percent is None:
        return rate
    reduction = reference.vat_reduction(hs_code, on)
    if reduction is None or reduction.percent >= rate.percent:
        return rate
    if reduction.is_without_special_consumption:
        if reference.rate("sct", hs_code, origin, on) is not None:
            return rate
    return Rate(reduction.percent, None, None, None, is_not_subject=False)


def _base(tax_type: str, value: LineValue, before: list[TaxEntry]) -> int:
    """Customs value, and for the taxes on consumption what is payable before them."""
    if tax_type in ADDITIONAL_DUTIES:
        return value.customs_value_vnd
    return value.customs_value_vnd + sum(entry.payable_vnd for entry in before)


def tax_entry(
    tax_type: str, rate: Rate, base: int, line: Line, reference: Reference, on: date
) -> TaxEntry | Gap:
    """One tax: percent of the base, an amount for a unit, or their sum."""
    parts, quantity = [ZERO], None
    if rate.percent is not None:
        parts.append(percent_of(base, rate.percent))
    if rate.unit_amount is not None and rate.currency_code is not None:
        quantity = quantity_in(line, rate.unit_code, reference, on)
        if quantity is None:
            return Gap("unit_mismatch", line.line_no)
        exchange = reference.exchange_rate(rate.currency_code, on)
        if exchange is None:
            currency = rate.currency_code
            return Gap("exchange_rate_missing", line.line_no, currency)
        parts.append(product(quantity, rate.unit_amount, exchange))
    amount = half_up(total(*parts))
    shown_base = base if rate.percent is not None else None
    relief = _relief(tax_type, amount, line)
    return TaxEntry(tax_type, rate, shown_base, quantity, amount, relief)


def _relief(tax_type: str, amount: int, line: Line) -> int:
    if not line.reliefs:
        return 0
    reliefs = [
        half_up(percent_of(amount, relief.percent))
        for relief in line.reliefs
        if relief.tax_type == tax_type
    ]
    return min(amount, sum(reliefs))


def _waived(entry: TaxEntry) -> TaxEntry:
    return TaxEntry(
        entry.tax_type,
        entry.rate,
        entry.base_vnd,
        entry.quantity,
        entry.amount_vnd,
        entry.amount_vnd,
    )
