"""Generated lists of rates, preferences and quotas for most of their codes."""

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

FIRST_DAY, DAYS = date(2025, 1, 6), 60
CODES = [
    f"{chapter}0{place}10{place}0"
    for chapter in (17, 27, 61, 87)
    for place in range(1, 9)
]
ROLES = {
    "B01": "mfn",
    "B03": "ordinary",
    "B05": "preferential",
    "B06": "preferential",
    "B14": "out_of_quota",
    "B15": "absolute",
    "B16": "mixed",
    "B30": "not_subject",
}
USUAL_UNITS = ["PCE", "KGM", "PCE", "KGM", "PCE", "TNE"]
OPEN = {"valid_from": date(2020, 1, 1), "valid_to": None}

Rows = list[dict[str, Any]]


def make_lists(seed: int) -> dict[str, Rows]:
    """Rows of `ref` tables by name: some rates are missing, some change."""
    chance = random.Random(seed)
    return {
        "tax_rate": [*_rates(chance)],
        "vat_reduction": [
            _during(chance, hs_code=code, tax_percent=Decimal(chance.choice((5, 8))))
            | {"is_without_special_consumption": chance.random() < 0.5}
            for code in CODES[::2]
        ],
        "tariff_table": [
            OPEN | {"tariff_table_code": table, "tariff_role_code": role}
            for table, role in ROLES.items()
        ],
        "tariff_preference": [
            OPEN
            | {
                "tariff_table_code": "B05",
                "certificate_form_code": form,
                "origin_country_code": origin,
            }
            for form, origin in (("E", "CN"), ("E", "LA"), ("E2", "CN"))
        ],
        "mfn_origin": [
            _during(chance, origin_country_code=code) for code in ("CN", "LA", "KR")
        ],
        "tariff_quota": _quotas(chance),
        "low_value_rule": _low_value_rules(),
        "exchange_rate": [*_exchange_rates(chance)],
        "unit_conversion": [*_conversions(chance)],
        "kind_relief": [
            OPEN
            | {
                "kind_code": "E31",
                "tax_type_code": tax,
                "relief_percent": Decimal(part),
            }
            for tax, part in (("import_duty", 100), ("vat", 50))
        ],
    }


def _quotas(chance: random.Random) -> Rows:
    """Three codes with quotas of their own, and two that share one."""
    shared = _quota(chance, CODES[3]) | {"quota_code": "Q1"}
    own = (_quota(chance, code) for code in CODES[:3])
    return [*own, *({**shared, "hs_code": code} for code in CODES[3:5])]


def _quota(chance: random.Random, code: str) -> dict[str, Any]:
    return _during(
        chance,
        hs_code=code,
        quota_quantity=Decimal(chance.choice((50, 294, 9000))),
        quantity_unit_code=chance.choice(USUAL_UNITS),
        tariff_table_code="B14",
    )


def _rates(chance: random.Random) -> Iterator[dict[str, Any]]:
    for code in CODES:
        tables = [table for table in ROLES if table not in ("B30", "B06")]
        for table in tables:
            if chance.random() < 0.97:
                by_unit = table in ("B15", "B16") or chance.random() < 0.05
                rate = _rate(chance, "import_duty", code, by_unit=by_unit)
                if table == "B15":
                    rate["tax_percent"] = None
                yield rate | {"tariff_table_scope_code": table}
        for tax, origin in product(
            ("safeguard", "anti_dumping", "anti_subsidy"), ("*", "CN")
        ):
            if chance.random() < 0.2:
                rate = _rate(chance, tax, code, by_unit=chance.random() < 0.3)
                yield rate | {"origin_scope_code": origin}
        if chance.random() < 0.3:
            yield _rate(chance, "sct", code, by_unit=chance.random() < 0.2)
        if chance.random() < 0.3:
            yield _rate(chance, "ept", code, by_unit=True) | {"tax_percent": None}
        yield from _vat_rates(chance, code)
        yield from _export_rates(chance, code)


def _export_rates(chance: random.Random, code: str) -> Iterator[dict[str, Any]]:
    """Most codes pay none; some lines of the export tariff have ten digits."""
    drawn = chance.random()
    for end in ("10", "90") if drawn < 0.15 else ("",) if drawn < 0.5 else ():
        rate = _rate(chance, "export_duty", code + end, by_unit=chance.random() < 0.2)
        yield rate | {"is_not_subject": chance.random() < 0.1}


def _conversions(chance: random.Random) -> Iterator[dict[str, Any]]:
    for unit, target, factor in (
        ("KGM", "TNE", "0.001"),
        ("TNE", "KGM", "1000"),
        ("LBR", "KGM", "0.45359237"),
    ):
        yield _during(
            chance,
            quantity_unit_code=unit,
            target_quantity_unit_code=target,
            conversion_factor=Decimal(factor),
        )


def _vat_rates(chance: random.Random, code: str) -> Iterable[dict[str, Any]]:
    if chance.random() < 0.03:
        return []
    rate = _rate(chance, "vat", code, by_unit=False)
    rate |= {"tax_percent": Decimal(chance.choice((0, 5, 10, 10)))} | OPEN
    if chance.random() < 0.1:
        rate |= {"tax_percent": None, "is_not_subject": True}
    return [rate]


def _rate(
    chance: random.Random, tax: str, code: str, *, by_unit: bool
) -> dict[str, Any]:
    currency = chance.choice(("VND", "USD", "USD", *["VND"] * 9, "ZZZ"))
    cents = chance.randrange(1, 10**6)
    return _during(
        chance,
        tax_type_code=tax,
        hs_code=code,
        tariff_table_scope_code="*",
        origin_scope_code="*",
        tax_percent=Decimal(chance.choice((0, 5000, 75, 193800, 375000))).scaleb(-4),
        unit_tax_amount=Decimal(cents).scaleb(-2) if by_unit else None,
        unit_tax_currency_code=currency if by_unit else None,
        quantity_unit_code=chance.choice(USUAL_UNITS) if by_unit else None,
        is_not_subject=False,
    )


def _during(chance: random.Random, **columns: Any) -> dict[str, Any]:
    """A row that mostly holds all the time, else begins or ends within the days."""
    middle = FIRST_DAY + timedelta(chance.randrange(DAYS))
    ends, begins = {"valid_to": middle}, {"valid_from": middle}
    period = OPEN | chance.choice(({}, {}, {}, {}, {}, {}, {}, {}, ends, begins))
    return columns | period


def _low_value_rules() -> Rows:
    change = FIRST_DAY + timedelta(DAYS // 2)
    limits = {
        "stream_code": "parcel",
        "duty_exempt_up_to_vnd": 1_000_000,
        "duty_exempt_under_vnd": 100_000,
    }
    return [
        limits
        | {
            "vat_exempt_up_to_vnd": 1_000_000,
            "valid_from": FIRST_DAY,
            "valid_to": change,
        },
        limits
        | {
            "vat_exempt_up_to_vnd": None,
            "valid_from": change + timedelta(1),
            "valid_to": FIRST_DAY + timedelta(DAYS - 3),
        },
    ]


def _exchange_rates(chance: random.Random) -> Iterator[dict[str, Any]]:
    for week in range(DAYS // 7 + 1):
        start = FIRST_DAY + timedelta(7 * week)
        for currency, about in (("USD", 26_000), ("JPY", 170)):
            yield {
                "rate_type_code": "customs",
                "base_currency_code": currency,
                "quote_currency_code": "VND",
                "exchange_rate": Decimal(about * 100 + chance.randrange(900)).scaleb(
                    -2
                ),
                "is_sample": True,
                "valid_from": start,
                "valid_to": start + timedelta(6),
            }
