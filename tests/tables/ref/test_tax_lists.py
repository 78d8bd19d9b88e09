"""The shipped lists of taxes assess every good of the simulated nation."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from ingestion.ref.read import READER
from lakehouse.intake import ingest
from lakehouse.law.tax import TAX_LISTS, Reference, rate_of
from lakehouse.runs import start_run
from lakehouse.settings import PROJECT_ROOT
from lakehouse.tables import Lake
from simulator.nation import load_goods, load_nation
from simulator.tariff import load_tariff
from transforms.ref.update import update


@pytest.fixture
def loaded(lake: Lake) -> Reference:
    """The lists as they lie in the lake after loading."""
    with start_run(lake, "test") as run:
        result = ingest(run, READER, PROJECT_ROOT / "ingestion/ref/sample")
        update(run, None)
    assert result.rejected == 0
    known = "select * from t where known_until is null"
    rows = {name: lake.read(f"ref.{name}", known).to_pylist() for name in TAX_LISTS}
    assert all(row["is_sample"] for name in TAX_LISTS for row in rows[name])
    return Reference.from_rows(rows)


def test_the_lake_gives_the_rates_that_the_nation_declares_by(
    loaded: Reference,
) -> None:
    files = load_tariff()
    tables = {"B01", "B03", *(row.table for row in load_nation().partners)}
    for day in (date(2025, 6, 30), date(2025, 7, 1), date(2027, 1, 1)):
        for good in load_goods().goods:
            code = good.hs_code
            for table in tables:
                duty = loaded.duty_rate(code, table, day)
                assert duty is not None
                expected = files.duty_rate(code, table, day)
                assert expected is not None
                assert duty.text == expected.text
            for tax in ("sct", "ept", "vat"):
                own = rate_of(tax, code, None, loaded, day)
                other = rate_of(tax, code, None, files, day)
                assert (own and own.text) == (other and other.text)
            assert rate_of("vat", code, None, loaded, day) is not None


def test_every_partner_and_currency_of_the_nation_is_listed(loaded: Reference) -> None:
    day = date(2026, 11, 3)
    for partner in load_nation().partners:
        assert loaded.has_mfn(partner.country, day)
        assert loaded.role(partner.table, day) in ("mfn", "preferential")
        if loaded.role(partner.table, day) == "preferential":
            origins = {origin for _, origin in loaded.preferences(partner.table, day)}
            assert partner.country in origins
    for currency in load_nation().currencies:
        rate = loaded.exchange_rate(currency.code, day)
        assert rate == Decimal(str(currency.rate))


def test_the_rule_for_parcels_changes_on_18_february_2025(loaded: Reference) -> None:
    """Decision 01/2025/QĐ-TTg: from that day VAT is due from the first dong."""
    changed = date(2025, 2, 18)
    before = loaded.low_value_rule(changed - timedelta(days=1))
    after = loaded.low_value_rule(changed)
    assert before is not None
    assert after is not None
    assert (before.vat_exempt_up_to_vnd, after.vat_exempt_up_to_vnd) == (10**6, None)
    assert after.duty_exempt_up_to_vnd == 10**6
