"""The Spark columns and the assessment in Python agree on generated lines."""

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.engine import engine
from lakehouse.law.tax import (
    Assessment,
    Declaration,
    LineAssessment,
    QuotaLedger,
    Reference,
    assess,
)
from lakehouse.law.tax_spark import with_taxes
from lakehouse.law.tax_spark_quota import with_quota_balance
from lakehouse.law.tax_spark_value import with_customs_value
from tests.unit.lakehouse.law.generated_tax_lists import make_lists
from tests.unit.lakehouse.law.generated_taxes import (
    declaration_tables,
    make_declarations,
)

pytestmark = pytest.mark.engine

_BY = ("number",)
_TIME = ("registered_date",)
_VALUES = ("invoice_vnd", "freight_vnd", "insurance_vnd", "adjustment_vnd")
_FEW, _MANY = 4_000, 100_000


@pytest.mark.parametrize(
    "line_count", [_FEW, pytest.param(_MANY, marks=pytest.mark.slow)]
)
def test_lines_have_the_same_values_taxes_and_reasons(
    line_count: int, tmp_path: Path
) -> None:
    lists = make_lists(line_count)
    declarations = [*make_declarations(line_count + 1, line_count)]
    reference = Reference.from_rows(lists)
    found = _in_batch(declarations, reference, tmp_path)
    seen: Counter[str | None] = Counter()
    reasons: set[str | None] = set()
    wrong = []
    ledger = QuotaLedger()
    in_time = {
        id(one): assess(one, reference, ledger) for one in _in_time(declarations)
    }
    for number, declaration in enumerate(declarations):
        assessment = in_time[id(declaration)]
        for line in declaration.lines:
            expected = _expected(assessment, line.line_no)
            actual = found.pop((number, line.line_no))
            if actual != expected:
                wrong.append((declaration, actual, expected))
            seen[expected["gap_code"]] += 1
            reasons.add(expected["finding_reason_code"])
    assert wrong[:2] == []
    assert found == {}
    assert seen[None] > line_count * 0.5
    # The inputs must reach the rules: each gap, and each refusal of a certificate.
    assert len(seen) > 12, seen
    assert len(reasons) > 8, reasons


def test_lines_of_core_need_no_column_that_core_does_not_have() -> None:
    """Without certificates, quota marks and reliefs a preference is refused."""
    lists = make_lists(1)
    declarations = [*make_declarations(2, 200)]
    lines, _ = declaration_tables(declarations)
    core = lines.drop_columns(
        [
            *("certificate", "is_certificate_known", "reliefs", "is_over_quota"),
            *("invoice_amount", "direction_code"),
        ]
    )
    values = pa.array([10**7] * len(core), pa.decimal128(20, 0))
    frame = engine().spark.createDataFrame(
        core.append_column("customs_value_vnd", values)
    )
    taxed = with_taxes(frame, Reference.from_rows(lists), by=_BY, into="assessed")
    found = taxed.select("tariff_table_code", "assessed.*").toArrow().to_pylist()
    refused = [row for row in found if row["finding_code"] == "fta_refused"]
    assert len(found) == len(core)
    assert len(refused) > 10
    assert {row["finding_reason_code"] for row in refused} == {
        "certificate_missing",
        "agreement_not_in_force",
    }


def _in_batch(
    declarations: list[Declaration], reference: Reference, folder: Path
) -> dict[tuple[int, int], dict[str, Any]]:
    """By declaration and line: what the columns say."""
    frames = []
    for name, table in zip(
        ("lines", "charges"), declaration_tables(declarations), strict=True
    ):
        pq.write_table(table, folder / f"{name}.parquet")
        frames.append(engine().spark.read.parquet(str(folder / f"{name}.parquet")))
    valued = with_customs_value(*frames, reference, by=_BY)
    valued = with_quota_balance(valued, reference, by=_BY, order=_TIME)
    taxed = with_taxes(valued, reference, by=_BY, into="assessed")
    rows = taxed.select("number", "line_no", *_VALUES, "value_gap", "assessed")
    found = {}
    for row in rows.toArrow().to_pylist():
        key = row.pop("number"), row.pop("line_no")
        assert key not in found, "a line came out twice"
        assessed, gap = row.pop("assessed"), row.pop("value_gap")
        shown = {} if gap else {name: int(row[name]) for name in _VALUES}
        found[key] = shown | assessed | {"taxes": _taxes(assessed["taxes"])}
    return found


def _in_time(declarations: list[Declaration]) -> list[Declaration]:
    # Sorting is stable: on one day they come as they are numbered.
    return sorted(declarations, key=lambda one: one.registered_date)


def _taxes(entries: list[dict[str, Any]] | None) -> list[tuple[Any, ...]]:
    names = ("tax_type", "base_vnd", "amount_vnd", "relief_vnd", "payable_vnd")
    return [tuple(entry[name] for name in names) for entry in entries or ()]


def _expected(found: Assessment, line_no: int) -> dict[str, Any]:
    nothing = {
        "table_applied": None,
        "finding_code": None,
        "finding_reason_code": None,
        "parcel_duty_code": None,
        "parcel_vat_code": None,
        "taxes": [],
        "payable_vnd": None,
    }
    if not found.lines:
        return {"gap_code": found.gaps[0].code, **nothing}
    (line,) = (one for one in found.lines if one.line_no == line_no)
    finding = [one for one in found.findings if one.line_no == line_no]
    parcel = found.parcel
    return {name: getattr(line.value, name) for name in _VALUES} | {
        "gap_code": line.gap and line.gap.code,
        "table_applied": line.table_applied,
        "finding_code": finding[0].code if finding else None,
        "finding_reason_code": finding[0].details.get("reason") if finding else None,
        "parcel_duty_code": parcel and parcel.duty,
        "parcel_vat_code": parcel and parcel.vat,
        "taxes": _expected_taxes(line),
        "payable_vnd": line.payable_vnd,
    }


def _expected_taxes(line: LineAssessment) -> list[tuple[Any, ...]]:
    return [
        (one.tax_type, one.base_vnd, one.amount_vnd, one.relief_vnd, one.payable_vnd)
        for one in line.taxes
    ]
