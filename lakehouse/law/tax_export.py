"""The tax of a line of an export declaration: export duty and nothing else."""

from collections.abc import Mapping, Sequence
from datetime import date

from lakehouse.law.tax_assessment import Assessment, Gap, LineAssessment, LineValue
from lakehouse.law.tax_declaration import Line
from lakehouse.law.tax_line import tax_entry
from lakehouse.law.tax_reference import EXPORT_DUTY, Reference


def assess_export(
    lines: Sequence[Line],
    values: Mapping[int, LineValue],
    reference: Reference,
    on: date,
) -> Assessment:
    """Assess the lines of an export declaration (Law 107/2016/QH13, Art. 2 and 5).

    The export tariff lists what pays; a code that it does not list pays nothing. VAT
    on exports is 0 percent (Law 48/2024/QH15, Art. 9) and has no entry.
    """
    found = tuple(_line(line, values[line.line_no], reference, on) for line in lines)
    gaps = tuple(line.gap for line in found if line.gap is not None)
    return Assessment(found, gaps=gaps)


def _line(
    line: Line, value: LineValue, reference: Reference, on: date
) -> LineAssessment:
    if value.customs_value_vnd < 0:
        gap = Gap("negative_customs_value", line.line_no)
        return LineAssessment(line.line_no, value, None, (), gap)
    rate, missing = reference.export_rate(line.hs_code, on)
    if missing is not None:
        gap = Gap(missing, line.line_no)
        return LineAssessment(line.line_no, value, None, (), gap)
    if rate is None or rate.is_not_subject:
        return LineAssessment(line.line_no, value, None, ())
    base = value.customs_value_vnd
    entry = tax_entry(EXPORT_DUTY, rate, base, line, reference, on)
    if isinstance(entry, Gap):
        return LineAssessment(line.line_no, value, None, (), entry)
    return LineAssessment(line.line_no, value, None, (entry,))
