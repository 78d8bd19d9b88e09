"""Batch SQL and the decision service say the same of the same declarations."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from benchmarks.decide_lake import KNOWN_PRICE, make_lake, sample_criteria
from lakehouse.contracts import load_contracts
from lakehouse.derive.to_rows import to_row, to_rows
from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.rule_set import RuleSet
from lakehouse.rules.to_sql import to_sql
from lakehouse.tables import Lake
from realtime_core.basis import load_basis, places_of
from realtime_core.policy import Policy, PolicyRows
from realtime_core.requests import RequestReader
from realtime_core.rows import RequestWriter
from realtime_core.service import decide_on, features_of

DAY = date(2026, 11, 3)
MOMENT = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
DECLARATION = "core.vnaccs__declaration"
LINE = "core.vnaccs__declaration_line"
TAX_CODES = ("9900109101", "0100109107", "0100109108", None)
HS_CODES = ("64039990", "87032391", "24022090", "22030010", "85171300", "0101", None)
CONTRACTS = load_contracts()


def some(chance, *values):
    return chance.choice((*values, None))


def money(chance, fraction="0"):
    whole = chance.choice((0, 1, 900_000, 35_000_000, 7_000_000_000))
    return whole + Decimal(fraction)


def random_header(chance, number):
    direction = chance.choice(("import", "export"))
    party = "importer" if direction == "import" else "exporter"
    return to_row(
        CONTRACTS.table(DECLARATION),
        declaration_no=number,
        declaration_key=number[:11],
        declaration_version=0,
        direction_code=direction,
        kind_code=some(chance, "A11", "E31", "B11", "A41", "G11"),
        transport_mode_code=some(chance, "1", "2", "3", "4"),
        trader_class_code=some(chance, "1", "4"),
        partner_country_code=some(chance, "CN", "US", "HK"),
        first_bill_no=some(chance, "SAMPLE1", "KHONGVANDON"),
        package_qty=some(chance, 0, 1, 5000),
        package_type_code=some(chance, "CT", "BK"),
        gross_weight_kg=some(chance, money(chance, "0.1234")),
        container_qty=some(chance, 0, 2, 60),
        invoice_date=some(chance, DAY - timedelta(days=400), DAY, DAY + timedelta(3)),
        transport_date=some(chance, DAY - timedelta(days=90), DAY),
        payment_method_code=some(chance, "TTR", "KC", "KHONGTT"),
        incoterm_code=some(chance, "CIF", "FOB", "EXW"),
        freight_amount=some(chance, money(chance, "0.1234")),
        customs_value_vnd=some(chance, money(chance)),
        split_part_count=some(chance, 2),
        goods_name=some(chance, "quà tặng", "gift", "máy móc"),
        is_low_value=chance.random() < 0.3,
        registered_date=DAY,
        registered_month="2026-11",
        known_from=MOMENT,
        is_current=True,
        **{f"{party}_tax_code": chance.choice(TAX_CODES)},
    )


def random_line(chance, header, line_no):
    return to_row(
        CONTRACTS.table(LINE),
        declaration_key=header["declaration_key"],
        declaration_version=0,
        line_no=line_no,
        hs_code=chance.choice(HS_CODES),
        goods_name=some(chance, "giày da", "máy đã qua sử dụng", "rượu vang", "a"),
        origin_country_code=some(chance, "CN", "KR", "VN"),
        tariff_table_code=some(chance, "B01", "B05", "B30"),
        first_quantity=some(chance, Decimal("0.0000"), Decimal("12.5000")),
        first_quantity_unit_code=some(chance, "NPR", "PCE", "KGM"),
        customs_value_vnd=some(chance, money(chance)),
        known_from=MOMENT,
        registered_date=DAY,
        registered_month="2026-11",
        is_current=True,
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A lake with random declarations and features, and the rows as written."""
    chance = random.Random(20261103)
    root = tmp_path_factory.mktemp("parity") / "lake"
    activity = [
        {"tax_code": TAX_CODES[0], "first_declaration_date": date(2019, 3, 1),
         "last_declaration_date": DAY, "declaration_count_365d": 90,
         "history_days": 365,
         "red_count_365d": 30, "yellow_count_365d": 40, "amended_count_365d": 33,
         "import_declaration_count_365d": 90, "export_declaration_count_365d": 0,
         "chapter_count_365d": 40, "customs_value_vnd_365d": Decimal(10**9)},
        {"tax_code": TAX_CODES[1], "first_declaration_date": date(2026, 10, 20),
         "last_declaration_date": date(2026, 1, 1), "declaration_count_365d": 2,
         "history_days": 365},
    ]  # fmt: skip
    prices = [
        {**KNOWN_PRICE, "hs_code": code, "median_unit_price_vnd": median}
        for code, median in (("64039990", 1_000_000.0), ("87032391", 10.0))
    ]
    make_lake(root, DAY, activity=activity, prices=prices)
    headers = [random_header(chance, f"1{n:010d}0") for n in range(250)]
    lines = [
        random_line(chance, header, line_no)
        for header in headers
        for line_no in range(1, chance.randint(1, 5) + 1)
    ]
    counts = {h["declaration_key"]: 0 for h in headers}
    for line in lines:
        counts[line["declaration_key"]] += 1
    for header in headers:
        header["line_count"] = counts[header["declaration_key"]]
    lake = Lake(root, CONTRACTS)
    lake.append(DECLARATION, to_rows(CONTRACTS.table(DECLARATION), headers))
    lake.append(LINE, to_rows(CONTRACTS.table(LINE), lines))
    return lake, headers, lines


def rule_set():
    catalogue = Catalogue.from_contracts(CONTRACTS)
    return RuleSet.build(sample_criteria(), catalogue, {}, DAY)


@pytest.fixture(scope="module")
def of_service(written):
    """(number, line, criterion) → True, or None where there is no verdict."""
    lake, headers, lines = written
    basis = load_basis(places_of(lake.root), CONTRACTS)
    # Batch knows no staleness: leave the rules of use out, keep the thresholds.
    rows = basis.policy.rows
    bare = PolicyRows(
        channel_threshold=rows.channel_threshold, random_selection=[], feature_use=[]
    )
    basis = basis._replace(policy=Policy(bare, Catalogue.from_contracts(CONTRACTS)))
    reader, writer = RequestReader(CONTRACTS), RequestWriter(CONTRACTS)
    decided = {}
    for header in headers:
        own = [x for x in lines if x["declaration_key"] == header["declaration_key"]]
        said = reader.read(writer.write(header, own, MOMENT)).declaration
        features = features_of(said, basis.snapshot)
        decided[said.number] = decide_on(said, features, basis, None)
    basis.snapshot.close()
    return decided


JOINED = """
    parity_declaration declaration
    left join parity_enterprise enterprise
      on enterprise.tax_code = case declaration.direction_code when 'import'
         then declaration.importer_tax_code else declaration.exporter_tax_code end
"""
WITH_LINES = f"""{JOINED}
    join parity_line line on line.declaration_key = declaration.declaration_key
    left join parity_price price
      on price.hs_code = line.hs_code
     and price.origin_country_code = line.origin_country_code
     and price.quantity_unit_code = line.first_quantity_unit_code
"""


@pytest.fixture(scope="module")
def of_batch(written, spark):
    """The same as Spark SQL says it over the tables of the lake."""
    lake, _, _ = written
    for name, alias in (
        (DECLARATION, "declaration"),
        (LINE, "line"),
        ("feat.enterprise__activity", "enterprise"),
        ("feat.commodity_origin__price", "price"),
    ):
        table = spark.read.format("delta").load(str(lake.path(name)))
        table.createOrReplaceTempView(f"parity_{alias}")
    found = []
    rules = rule_set()
    for scope, source, line in (
        ("declaration", JOINED, "0"),
        ("line", WITH_LINES, "line.line_no"),
    ):
        columns = [
            f"{to_sql(rules.condition(row.code))} as `{row.code}`"
            for row in rules.criteria
            if row.scope == scope
        ]
        query = f"""
            select declaration.declaration_no as number, {line} as line_no,
                   {", ".join(columns)} from {source}
        """
        found += [row.asDict() for row in spark.sql(query).collect()]
    return found


def verdicts(found, wanted):
    said = {}
    for row in found:
        for code, verdict in row.items():
            if "-" in code and verdict is wanted:
                said.setdefault((row["number"], code), []).append(row["line_no"])
    return {key: tuple(sorted(n for n in lines if n)) for key, lines in said.items()}


@pytest.mark.engine
def test_the_same_criteria_hold_on_the_same_lines(of_batch, of_service):
    counted = {row.code for row in rule_set().criteria if row.layer != "random"}
    batch = {
        key: lines
        for key, lines in verdicts(of_batch, True).items()
        if key[1] in counted
    }
    service = {
        (number, reason.criterion): tuple(sorted(reason.lines))
        for number, decision in of_service.items()
        for reason in decision.reasons
    }
    assert len(service) > 200
    assert service == batch


@pytest.mark.engine
def test_the_same_criteria_have_no_verdict(of_batch, of_service):
    service = {
        (number, code)
        for number, decision in of_service.items()
        for absent in decision.not_evaluated
        for code in absent.criteria
    }
    assert len(service) > 200
    assert service == set(verdicts(of_batch, None))


@pytest.mark.engine
def test_the_score_of_batch_gives_the_same_channel(of_batch, of_service):
    rules = rule_set()
    fired = verdicts(of_batch, True)
    for number, decision in of_service.items():
        codes = {code for held, code in fired if held == number}
        score = sum(rules.criterion(code).weight for code in codes)
        assert (number, decision.score) == (number, score)
