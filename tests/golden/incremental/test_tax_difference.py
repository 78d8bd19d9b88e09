"""Expected taxes stand beside the declared ones, and quotas are used up in time."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from lakehouse.law.tax import (
    TAX_LISTS,
    Declaration,
    Line,
    QuotaLedger,
    Reference,
    assess,
)
from tests.golden.incremental.arrivals import random_messages
from tests.golden.incremental.shop import Shop

pytestmark = [pytest.mark.engine, pytest.mark.slow]

FACT = "gold.fct_tax_difference"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with pytest.MonkeyPatch.context() as clock:
        made = Shop(tmp_path_factory.mktemp("difference"), clock)
        messages = random_messages(31, declarations=80)
        made.run(messages[::2])
        made.run(messages[1::2])
        yield made


def test_each_line_has_the_tax_that_the_law_gives_one_declaration_after_the_other(
    shop,
):
    reference = Reference.from_rows(
        {name: shop.lake.read(f"ref.{name}").to_pylist() for name in TAX_LISTS}
    )
    found = {
        (row["declaration_key"], row["line_no"]): row
        for row in shop.lake.read(FACT).to_pylist()
    }
    ledger, seen = QuotaLedger(), Counter()
    for key, declaration in in_time(shop):
        assessed = assess(declaration, reference, ledger)
        for line in assessed.lines:
            row = found.pop((key, line.line_no))
            assert row["not_evaluable_code"] == (line.gap and line.gap.code)
            assert row["expected_tax_amount_vnd"] == line.payable_vnd
            assert row["applied_tariff_table_code"] == line.table_applied
            seen[row["not_evaluable_code"] or row["tax_verdict_code"]] += 1
            seen[row["tax_finding_code"]] += 1
    # What is left is in the lake before it is registered, and draws on nothing.
    assert {row["not_evaluable_code"] for row in found.values()} <= {"not_registered"}
    wanted = {"agrees", "differs", "certificate_unknown", "duty_rate_missing"}
    assert {*wanted, "quota_exceeded"} <= set(seen)


def test_a_reason_stands_in_words_where_there_is_no_tax(shop):
    rows = shop.lake.read(FACT).to_pylist()
    assert all(
        (row["not_evaluable_reason_vi"] is None) == (row["not_evaluable_code"] is None)
        for row in rows
    )
    (told,) = {
        row["not_evaluable_reason_vi"]
        for row in rows
        if row["not_evaluable_code"] == "certificate_unknown"
    }
    assert "chứng nhận xuất xứ" in told


def in_time(shop):
    """Ordinary declarations as they stand, in the order of their registration."""
    lines = defaultdict(list)
    for row in shop.lake.read("core.vnaccs__declaration_line").to_pylist():
        if row["is_current"]:
            lines[row["declaration_key"]].append(row)
    current = [
        row
        for row in shop.lake.read("core.vnaccs__declaration").to_pylist()
        if row["is_current"] and not row["is_low_value"] and row["registered_at"]
    ]
    for row in sorted(
        current,
        key=lambda one: (
            one["registered_date"],
            one["registered_at"],
            one["declaration_key"],
        ),
    ):
        key = row["declaration_key"]
        # The customs value of core is in dong already.
        yield (
            key,
            Declaration(
                row["registered_date"],
                "VND",
                tuple(map(as_declared, lines[key])),
                kind_code=row["kind_code"],
                direction_code=row["direction_code"],
            ),
        )


def as_declared(line):
    return Line(
        line_no=line["line_no"],
        hs_code=line["hs_code"],
        origin_country_code=line["origin_country_code"],
        tariff_table_code=line["tariff_table_code"],
        invoice_amount=line["customs_value_vnd"],
        first_quantity=line["first_quantity"],
        first_quantity_unit_code=line["first_quantity_unit_code"],
        is_certificate_known=False,
    )
