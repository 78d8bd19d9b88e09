"""The service expects of a declaration the tax that the batch expects of its lines."""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.engine import engine
from lakehouse.law.tax import TAX_TYPES, Declaration
from lakehouse.law.tax_lists import TaxLists
from lakehouse.law.tax_spark import with_payable
from realtime_core.schemas import Declaration as Posted
from realtime_core.tax import compare_tax
from tests.unit.lakehouse.law.generated_tax_lists import make_lists
from tests.unit.lakehouse.law.generated_taxes import (
    declaration_tables,
    make_declarations,
)

pytestmark = pytest.mark.engine

LINES = 2_000
LISTS = TaxLists(make_lists(9), "0" * 64)


def test_expected_taxes_and_reasons_are_the_same(tmp_path):
    quotas = LISTS.reference.quota_codes()
    declarations = [
        one
        for one in make_declarations(10, LINES)
        # Only the lake knows what is left of a quota.
        if not any(line.hs_code in quotas for line in one.lines)
    ]
    expected, reasons = in_batch(declarations, tmp_path)
    seen = Counter()
    for number, declaration in enumerate(declarations):
        found = compare_tax(posted(declaration), LISTS)
        assert found is not None
        told = {(gap.code, line) for gap in found.not_evaluable for line in gap.lines}
        assert told == reasons.get(number, set())
        assert found.expected_vnd == (None if told else expected[number])
        seen[bool(told), declaration.direction_code, declaration.is_low_value] += 1
    assert len(seen) == 8, seen


def in_batch(declarations, folder):
    """By declaration: the sum of its taxes, and the gaps of its lines."""
    lines, _ = declaration_tables(declarations)
    left_out = ["certificate", "is_certificate_known", "reliefs", "is_over_quota"]
    values = pa.array(
        [value_of(line) for one in declarations for line in one.lines],
        pa.decimal128(20, 0),
    )
    unknown = pa.array([False] * len(lines))
    table = (
        lines.drop_columns(left_out)
        .append_column("customs_value_vnd", values)
        .append_column("is_certificate_known", unknown)
    )
    pq.write_table(table, folder / "lines.parquet")
    frame = engine().spark.read.parquet(str(folder / "lines.parquet"))
    expected, reasons = Counter(), {}
    taxed = with_payable(frame, LISTS.reference, by=["number"])
    for row in taxed.toArrow().to_pylist():
        number = row["number"]
        expected[number] += sum(row[f"payable_{tax}"] or 0 for tax in TAX_TYPES)
        if row["gap_code"]:
            gap = row["gap_code"], row["line_no"]
            reasons.setdefault(number, set()).add(gap)
    return expected, reasons


def posted(declaration: Declaration) -> Posted:
    """A declaration as the service reads it; its total states a tax of nothing."""
    header = {
        "registered_date": declaration.registered_date,
        "direction_code": declaration.direction_code,
        "is_low_value": declaration.is_low_value,
        "kind_code": declaration.kind_code,
        "tax_total_vnd": 0,
    }
    lines = [
        {
            "line_no": line.line_no,
            "hs_code": line.hs_code,
            "origin_country_code": line.origin_country_code,
            "tariff_table_code": line.tariff_table_code,
            "first_quantity": line.first_quantity,
            "first_quantity_unit_code": line.first_quantity_unit_code,
            "second_quantity": line.second_quantity,
            "second_quantity_unit_code": line.second_quantity_unit_code,
            "customs_value_vnd": value_of(line),
            "import_duty_vnd": None,
            "vat_vnd": None,
        }
        for line in declaration.lines
    ]
    day = declaration.registered_date
    return Posted("100000000000", "10000000000", 0, None, day, header, lines)


def value_of(line) -> int:
    return int(line.invoice_amount.to_integral_value(ROUND_HALF_UP))
