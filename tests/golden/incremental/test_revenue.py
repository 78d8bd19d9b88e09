"""The report of revenue is the sum of the taxes of lines, by sub-item of the budget."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.golden.incremental.arrivals import random_messages
from tests.golden.incremental.shop import Shop

pytestmark = pytest.mark.engine

# Kind of tax and mode of transport: sea 2, road 4, river 6 (either side of a border).
SUB_ITEMS = {
    ("V", "2"): "1702",
    ("V", "4"): "1703",
    ("N", "2"): "1901",
    ("N", "4"): "1902",
    # Safeguard duty is one sub-item wherever it crosses the border.
    **{("B", mode): "1903" for mode in ("2", "4", "6", None)},
}
MEASURES = ("tax_entry_count", "tax_base_vnd", "tax_amount_vnd")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with pytest.MonkeyPatch.context() as clock:
        made = Shop(tmp_path_factory.mktemp("revenue"), clock)
        made.run(random_messages(31, declarations=60))
        yield made


def test_the_report_is_the_sum_of_the_facts(shop):
    expected = defaultdict(lambda: [0, 0, 0])
    for row in shop.lake.read("gold.fct_declaration_tax").to_pylist():
        kind = row["tax_kind_code"]
        place = (
            row["registered_date"],
            row["direction_code"],
            row["office_code"] or "",
            kind or "",
            SUB_ITEMS.get((kind, row["transport_mode_code"]), ""),
        )
        values = (1, row["tax_base_vnd"], row["tax_amount_vnd"])
        for number, value in enumerate(values):
            expected[place][number] += value
    keys = shop.lake.contracts.table("gold.rpt_revenue_daily").key
    assert {
        tuple(row[name] for name in keys): [row[name] for name in MEASURES]
        for row in shop.lake.read("gold.rpt_revenue_daily").to_pylist()
    } == expected
    assert {place[-1] for place in expected} == {*SUB_ITEMS.values(), ""}
