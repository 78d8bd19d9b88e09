"""Criteria and declarations to measure rule sets on, alike on every run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from lakehouse.rules.criterion import Criterion

DAY = date(2026, 11, 3)
LINES = 25
OFFICES = ("03CC", "02CI", "51C1", "01TB", "18A3", "43ND", "15BB", "28NK")
NAMES = ("Bộ sạc nguồn điện, mới 100 %", "Vải dệt kim đã nhuộm", "Bu lông thép M12")
Case = tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any], list[Any]]


def criterion(number: int, condition: str) -> Criterion:
    """A criterion of the given condition."""
    return Criterion(
        code=f"BM-{number:05}",
        version=1,
        title_vi="Đo tốc độ",
        layer="score",
        scope="line",
        condition=condition,
        weight=1,
        guidance_vi="Đo tốc độ.",
        legal_basis="SAMPLE",
        owner="SAMPLE",
        classification="internal",
        valid_from=date(2026, 1, 1),
        status="active",
        author="SAMPLE-A",
        approver="SAMPLE-B",
        example_fires="{}",
        example_silent="{}",
        is_sample=True,
    )


def indexed_condition(random: Random, codes: list[str], number: int) -> str:
    """Goods, party or office, and something about them: what officers write most."""
    code = random.choice(codes)
    unit_value = "double(line.customs_value_vnd) / double(line.first_quantity)"
    match number % 10:
        case 0:
            return (
                f'declaration.importer_tax_code == "{random.randrange(10**9):010}"'
                f" && line.customs_value_vnd > {random.randrange(10**9)}"
            )
        case 1:
            return (
                f'declaration.office_code == "{random.choice(OFFICES)}"'
                f' && line.hs_code.startsWith("{code[:6]}")'
            )
        case 2 | 3:
            return (
                f'line.hs_code == "{code}" && line.origin_country_code == "CN"'
                f" && line.customs_value_vnd > {random.randrange(8, 10) * 10**8}"
            )
        case 4 | 5:
            return (
                f'line.hs_code.startsWith("{code[:6]}") && {unit_value}'
                f" < {random.randrange(1, 9) * 10}.0"
            )
        case 6 | 7:
            return (
                f'line.hs_code.startsWith("{code[:4]}")'
                ' && declaration.kind_code in ["A11", "A41"]'
                f' && line.goods_name.contains("M{random.randrange(10, 90)}")'
            )
        case _:
            return (
                f'line.hs_code in ["{code}", "{random.choice(codes)}"]'
                " && price.line_count_365d >= 30"
                f" && {unit_value} < 0.{random.randrange(2, 7)}"
                " * price.median_unit_price_vnd"
            )


def declaration(random: Random, codes: list[str]) -> Case:
    """A declaration of 25 lines, its enterprise and the prices of its goods."""
    value = random.randrange(10**8, 10**10)
    header = {
        "is_low_value": False,
        "direction_code": "import",
        "kind_code": random.choice(("A11", "A12", "E31")),
        "office_code": random.choice(OFFICES),
        "importer_tax_code": f"{random.randrange(10**9):010}",
        "partner_country_code": random.choice(("CN", "KR", "JP")),
        "transport_mode_code": "2",
        "trader_class_code": "4",
        "incoterm_code": "CIF",
        "payment_method_code": "TTR",
        "first_bill_no": "COSU6123456789",
        "package_type_code": "CT",
        "package_qty": 900,
        "gross_weight_kg": Decimal(random.randrange(10**6, 10**8)) / 10**4,
        "container_qty": 2,
        "customs_value_vnd": value,
        "registered_date": DAY,
        "transport_date": date(2026, 11, 1),
        "invoice_date": date(2026, 10, 20),
        "line_count": LINES,
    }
    lines = [
        goods_line(random, codes, number, header) for number in range(1, LINES + 1)
    ]
    return header, lines, enterprise(random), [price(random, line) for line in lines]


def goods_line(
    random: Random, codes: list[str], number: int, header: Mapping[str, Any]
) -> dict[str, Any]:
    """One line; firms of export production write the material code before the name."""
    name = random.choice(NAMES)
    if header["kind_code"] == "E31":
        name = f"NL{number:03}#&{name}"
    return {
        "line_no": number,
        "hs_code": random.choice(codes),
        "goods_name": name,
        "origin_country_code": header["partner_country_code"],
        "tariff_table_code": "B01",
        "first_quantity": Decimal(random.randrange(100, 10**7)) / 100,
        "first_quantity_unit_code": "PCE",
        "customs_value_vnd": random.randrange(10**6, 10**9),
    }


def enterprise(random: Random) -> dict[str, Any]:
    """Activity of a firm that is known for years."""
    count = random.randrange(20, 900)
    return {
        "first_declaration_date": date(2021, 5, 4),
        "last_declaration_date": date(2026, 11, 1),
        "history_days": 365,
        "declaration_count_365d": count,
        "import_declaration_count_365d": count // 2,
        "export_declaration_count_365d": count - count // 2,
        "customs_value_vnd_365d": count * 3 * 10**9,
        "red_count_365d": count // 30,
        "yellow_count_365d": count // 3,
        "amended_count_365d": count // 20,
        "chapter_count_365d": 6,
        "origin_count_365d": 3,
        "office_count_365d": 2,
    }


def price(random: Random, line: Mapping[str, Any]) -> dict[str, Any] | None:
    """Prices of goods around the declared one; one line in twenty has none."""
    if random.random() < 0.05:
        return None
    declared = float(line["customs_value_vnd"]) / float(line["first_quantity"])
    median = declared * random.lognormvariate(0, 0.5)
    return {
        "line_count_365d": random.randrange(1, 900),
        "median_unit_price_vnd": median,
        "p05_unit_price_vnd": median / 2.3,
        "p95_unit_price_vnd": median * 2.3,
    }
