"""The SAMPLE data of the nation fits the SAMPLE lists that the product ships."""

import pytest

from lakehouse.settings import PROJECT_ROOT
from lakehouse.yamlfile import parse_yaml
from simulator.nation import load_goods, load_nation

SAMPLES = PROJECT_ROOT / "ingestion" / "ref" / "sample"


def codes_of(name, column):
    return {row[column] for row in parse_yaml(SAMPLES / f"{name}.yml")["rows"]}


def test_every_office_is_in_the_list():
    offices = {office.code for office in load_nation().offices}
    olds = set(load_nation().old_offices.values())
    assert offices | olds <= codes_of("office", "office_code")


def test_every_kind_is_in_the_list():
    nation = load_nation()
    kinds = {kind.code for kind in nation.import_kinds + nation.export_kinds}
    assert kinds <= codes_of("kind_code", "kind_code")
    assert {*nation.coded_kinds} <= kinds


def test_every_unit_is_in_the_list(shared_dir):
    listed = (shared_dir / "data/code_lists/unece-units-of-measure.csv").read_text()
    known = {line.split(",")[1] for line in listed.splitlines() if "," in line}
    own = codes_of("unit", "quantity_unit_code")
    assert {good.unit for good in load_goods().goods} <= known | own


def test_every_table_and_currency_is_in_its_list():
    nation = load_nation()
    tables = {partner.table for partner in nation.partners}
    assert tables <= codes_of("tariff_table", "tariff_table_code")
    currencies = {currency.code for currency in nation.currencies} - {"VND"}
    assert currencies <= codes_of("exchange_rate", "base_currency_code")


def test_goods_have_codes_of_eight_digits_that_come_once():
    codes = [good.hs_code for good in load_goods().goods]
    assert len(codes) > 250
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 8 and code.isdigit() for code in codes)


def test_every_code_of_goods_is_in_the_nomenclature(shared_dir):
    listed = (shared_dir / "data/vn_ahtn_nomenclature/ahtn8_codes.csv").read_text()
    known = {line.split(",")[0] for line in listed.splitlines()}
    assert {good.hs_code for good in load_goods().goods} <= known


@pytest.mark.parametrize("data", [load_nation(), load_goods()])
def test_data_that_is_not_official_says_so(data):
    assert data.is_sample
    assert "SAMPLE" in data.legal_basis
