"""Taxes of a declaration, line by line, in the order of the law."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lakehouse.law.tax_assessment import (
    Assessment,
    Finding,
    Gap,
    LineAssessment,
    LineValue,
    ParcelAssessment,
    TaxEntry,
)
from lakehouse.law.tax_declaration import (
    Certificate,
    Charge,
    Declaration,
    Line,
    Relief,
)
from lakehouse.law.tax_export import assess_export
from lakehouse.law.tax_line import DutyDraft, draft_duty, finish_line, rate_of
from lakehouse.law.tax_parcel import judge_parcel
from lakehouse.law.tax_quota import QuotaLedger
from lakehouse.law.tax_rate import Rate
from lakehouse.law.tax_reasons import REASONS
from lakehouse.law.tax_reference import TAX_LISTS, TAX_TYPES, Reference
from lakehouse.law.tax_value import value_lines

__all__ = [
    "REASONS",
    "TAX_LISTS",
    "TAX_TYPES",
    "Assessment",
    "Certificate",
    "Charge",
    "Declaration",
    "Finding",
    "Gap",
    "Line",
    "LineAssessment",
    "LineValue",
    "ParcelAssessment",
    "QuotaLedger",
    "Rate",
    "Reference",
    "Relief",
    "TaxEntry",
    "assess",
    "assess_values",
    "rate_of",
]


def assess(
    declaration: Declaration,
    reference: Reference,
    ledger: QuotaLedger | None = None,
) -> Assessment:
    """Assess a declaration as of its registration date.

    Law 107/2016/QH13 (duties), Law 48/2024/QH15 Art. 7 (VAT base); each tax and each
    relief of each line is rounded to whole dong, half up. Where a rate is missing the
    line, or the declaration, is not evaluated and says why: never a silent zero.

    Args:
        declaration: what was declared.
        reference: the lists, as they are known now.
        ledger: what earlier declarations left of the quotas, on which this one draws;
            without it quotas are whole before its first line.
    """
    valued = value_lines(declaration, reference)
    if valued.gaps:
        return Assessment((), gaps=valued.gaps)
    return assess_values(declaration, valued.values, reference, ledger)


def assess_values(
    declaration: Declaration,
    values: Mapping[int, LineValue],
    reference: Reference,
    ledger: QuotaLedger | None = None,
) -> Assessment:
    """Assess a declaration whose customs values are known, by line number."""
    left = (ledger or QuotaLedger()).draw(declaration, reference)
    on, lines = declaration.registered_date, _with_reliefs(declaration, reference)
    if declaration.direction_code == "export":
        return assess_export(lines, values, reference, on)
    drafts = [
        draft_duty(line, values[line.line_no], reference, on, left.get(line.line_no))
        for line in lines
    ]
    findings = [one.finding for one in drafts if one.finding is not None]
    if not declaration.is_low_value:
        return _finish(declaration, drafts, findings, reference, None)
    if reference.low_value_rule(on) is None:
        findings.append(Finding("low_value_rule_missing", None))
    if any(draft.gap is not None for draft in drafts):
        drafts = [_held_back(draft) for draft in drafts]
        return _finish(declaration, drafts, findings, reference, None)
    parcel = judge_parcel(drafts, reference, on)
    return _finish(declaration, drafts, findings, reference, parcel)


def _with_reliefs(declaration: Declaration, reference: Reference) -> Sequence[Line]:
    """The lines with what the kind of declaration relieves."""
    kind, on = declaration.kind_code, declaration.registered_date
    reliefs = reference.kind_reliefs(kind, on) if kind else ()
    if not reliefs:
        return declaration.lines
    return [replace(line, reliefs=line.reliefs + reliefs) for line in declaration.lines]


def _held_back(draft: DutyDraft) -> DutyDraft:
    """A parcel is judged by all its lines: one that is missing holds back the rest."""
    gap = draft.gap or Gap("parcel_incomplete", draft.line.line_no)
    return replace(draft, gap=gap)


def _finish(
    declaration: Declaration,
    drafts: list[DutyDraft],
    findings: list[Finding],
    reference: Reference,
    parcel: ParcelAssessment | None,
) -> Assessment:
    lines = tuple(
        finish_line(
            draft,
            reference,
            declaration.registered_date,
            waives_duty=parcel is not None and parcel.duty != "due",
            waives_vat=parcel is not None and parcel.vat != "due",
        )
        for draft in drafts
    )
    gaps = tuple(line.gap for line in lines if line.gap is not None)
    return Assessment(lines, tuple(findings), gaps, parcel)
