"""Published lists say what the rows said, under a hash of their content alone."""

from datetime import date
from decimal import Decimal

import pytest

from lakehouse.errors import EnvironmentFault
from lakehouse.law.tax import TAX_LISTS, Reference, rate_of
from lakehouse.law.tax_lists import load_tax_lists, publish_tax_lists
from tests.unit.lakehouse.law.generated_tax_lists import CODES, make_lists
from tests.unit.lakehouse.law.taxed_line import lists_with, rate_row


def with_all(lists):
    return {name: [] for name in TAX_LISTS} | lists


def test_the_same_rows_in_another_order_have_the_same_hash(tmp_path):
    lists = with_all(make_lists(3))
    turned = {name: rows[::-1] for name, rows in lists.items()}
    assert publish_tax_lists(lists, tmp_path) == publish_tax_lists(turned, tmp_path)


def test_where_a_row_comes_from_changes_no_hash_and_its_rate_does(tmp_path):
    usual, other = rate_row("sct", "10"), rate_row("sct", "11")
    hashes = [
        publish_tax_lists(with_all(lists_with(row)), tmp_path)
        for row in (usual, usual | {"list_edition": "2027", "_run_seq": 7}, other)
    ]
    assert hashes[0] == hashes[1] != hashes[2]


def test_every_rate_comes_back_as_it_was(tmp_path):
    lists = with_all(make_lists(5))
    publish_tax_lists(lists, tmp_path)
    loaded = load_tax_lists(tmp_path)
    assert loaded is not None
    known, on = Reference.from_rows(lists), date(2025, 2, 3)
    for code in CODES:
        assert loaded.reference.duty_rate(code, "B01", on) == known.duty_rate(
            code, "B01", on
        )
        assert loaded.reference.quota(code, on) == known.quota(code, on)
        for tax in ("sct", "ept", "vat"):
            assert rate_of(tax, code, "CN", loaded.reference, on) == rate_of(
                tax, code, "CN", known, on
            )
    for currency in ("USD", "JPY"):
        assert loaded.reference.exchange_rate(currency, on) == known.exchange_rate(
            currency, on
        )
    assert loaded.reference.unit_factor("TNE", "KGM", on) == Decimal(1000)


def test_lists_that_were_changed_on_disk_are_refused(tmp_path):
    name = publish_tax_lists(with_all(lists_with()), tmp_path)
    (tmp_path / f"{name}.json").write_bytes(b"{}")
    with pytest.raises(EnvironmentFault):
        load_tax_lists(tmp_path)


def test_lists_that_were_never_published_are_none(tmp_path):
    assert load_tax_lists(tmp_path) is None
    with pytest.raises(EnvironmentFault):
        load_tax_lists(tmp_path, "0" * 64)
