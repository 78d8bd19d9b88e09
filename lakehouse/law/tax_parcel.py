"""Whether a low-value parcel as a whole is exempt from duty and from VAT."""

from collections.abc import Sequence
from datetime import date

from lakehouse.law.tax_assessment import ParcelAssessment, ParcelVerdict
from lakehouse.law.tax_line import DutyDraft
from lakehouse.law.tax_rate import LowValueRule
from lakehouse.law.tax_reference import Reference

_NO_EXEMPTION = LowValueRule(None, None, None)


def judge_parcel(
    drafts: Sequence[DutyDraft], reference: Reference, on: date
) -> ParcelAssessment:
    """Apply the rule of the day (Decree 134/2016, Art. 29; Decision 01/2025/QĐ-TTg).

    "Up to" a value includes it, duty "under" a limit excludes it. Above the limits
    duty is due on the whole value.
    """
    rule = reference.low_value_rule(on) or _NO_EXEMPTION
    value = sum(draft.value.customs_value_vnd for draft in drafts)
    duty = sum(draft.duty.payable_vnd for draft in drafts if draft.duty is not None)
    return ParcelAssessment(
        customs_value_vnd=value,
        duty_before_exemption_vnd=duty,
        duty=_duty_verdict(rule, value, duty),
        vat=_by_value(rule.vat_exempt_up_to_vnd, value),
    )


def _duty_verdict(rule: LowValueRule, value: int, duty: int) -> ParcelVerdict:
    by_value = _by_value(rule.duty_exempt_up_to_vnd, value)
    limit = rule.duty_exempt_under_vnd
    if by_value == "due" and limit is not None and duty < limit:
        return "exempt_by_small_duty"
    return by_value


def _by_value(limit: int | None, value: int) -> ParcelVerdict:
    return "exempt_by_value" if limit is not None and value <= limit else "due"
