"""Which tariff table a line is assessed by: quota, preference, most favoured nation."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lakehouse.law.tax_assessment import Finding, Gap
from lakehouse.law.tax_declaration import VALID_CERTIFICATE, Line
from lakehouse.law.tax_exact import plain
from lakehouse.law.tax_quantity import quantity_in
from lakehouse.law.tax_reference import Reference

MFN, ORDINARY, PREFERENTIAL = "mfn", "ordinary", "preferential"
NOT_SUBJECT = "not_subject"


class Chosen(NamedTuple):
    """The table, and what was not applied as declared, or why there is no table."""

    table: str | None
    finding: Finding | None = None
    gap: Gap | None = None
    is_not_subject: bool = False


def choose_table(
    line: Line, reference: Reference, on: date, left: Decimal | None = None
) -> Chosen:
    """Choose the tariff table of a line (Law 107/2016/QH13, Art. 5).

    A quota line is never split. A preference counts only with a certificate that
    holds on the day; else the line falls back to the most-favoured-nation table if
    its origin has that treatment, else to the ordinary table.

    Args:
        left: what is left of the quota before the line; all of it when None.
    """
    table = line.tariff_table_code
    role = reference.role(table, on)
    if role == NOT_SUBJECT:
        return Chosen(table, is_not_subject=True)
    out_of_quota = _out_of_quota(line, reference, on, left)
    if out_of_quota is not None:
        return out_of_quota
    if role == PREFERENTIAL:
        refusal = certificate_refusal(line, reference, on)
        if refusal is None:
            return Chosen(table)
        if refusal == "certificate_missing" and not line.is_certificate_known:
            return Chosen(None, gap=Gap("certificate_unknown", line.line_no))
        finding = Finding("fta_refused", line.line_no, {"reason": refusal})
        return Chosen(_fallback(line, reference, on), finding)
    if role == MFN and not reference.has_mfn(line.origin_country_code, on):
        finding = Finding("mfn_refused", line.line_no)
        return Chosen(reference.table_of(ORDINARY, on), finding)
    return Chosen(table)


def certificate_refusal(line: Line, reference: Reference, on: date) -> str | None:
    """Why the certificate of a line does not give the preference, None if it does."""
    found = line.certificate
    admitted = reference.preferences(line.tariff_table_code, on)
    if not admitted:
        return "agreement_not_in_force"
    if found is None:
        return "certificate_missing"
    if found.status_code != VALID_CERTIFICATE:
        return "certificate_cancelled"
    if all(form != found.form_code for form, _ in admitted):
        return "certificate_form"
    is_admitted = (found.form_code, found.origin_country_code) in admitted
    if not is_admitted or found.origin_country_code != line.origin_country_code:
        return "certificate_origin"
    if found.hs6 != (line.hs_code or "")[:6]:
        return "certificate_hs"
    if found.issued_date > on:
        return "certificate_not_yet_issued"
    if found.valid_to < on:
        return "certificate_expired"
    return None


def _fallback(line: Line, reference: Reference, on: date) -> str | None:
    has_mfn = reference.has_mfn(line.origin_country_code, on)
    return reference.table_of(MFN if has_mfn else ORDINARY, on)


def _out_of_quota(
    line: Line, reference: Reference, on: date, left: Decimal | None
) -> Chosen | None:
    """The out-of-quota table with its reason, None for a line within its quota."""
    quota = reference.quota(line.hs_code, on)
    if line.is_over_quota:
        if quota is None:
            return Chosen(None, gap=Gap("quota_missing", line.line_no))
        return Chosen(quota.table_code)
    if quota is None or line.tariff_table_code == quota.table_code:
        return None
    quantity = quantity_in(line, quota.unit_code, reference, on)
    if quantity is None:
        return Chosen(None, gap=Gap("unit_mismatch", line.line_no))
    left = quota.balance if left is None else left
    if quantity <= left:
        return None
    details = {"balance": plain(left)}
    finding = Finding("quota_exceeded", line.line_no, details)
    return Chosen(quota.table_code, finding)
