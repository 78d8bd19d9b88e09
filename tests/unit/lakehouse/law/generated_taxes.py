"""Generated declarations with every feature, and lists of most of their codes."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pyarrow as pa

from lakehouse.law.tax import Certificate, Charge, Declaration, Line, Relief

_FIRST_DAY, _DAYS = date(2025, 1, 6), 60
_CODES = [
    f"{chapter}0{place}10{place}0"
    for chapter in (17, 27, 61, 87)
    for place in range(1, 9)
]
_ORIGINS = [*["CN"] * 6, "LA", "LA", "KR", "KP", None]
_ROLES = {
    "B01": "mfn",
    "B03": "ordinary",
    "B05": "preferential",
    "B06": "preferential",
    "B14": "out_of_quota",
    "B15": "absolute",
    "B16": "mixed",
    "B30": "not_subject",
}
_TABLES = [*["B01"] * 18, *["B05"] * 14, *_ROLES, "B99", None]
_UNITS = ["PCE", "KGM", "TNE"]
_USUAL_UNITS = ["PCE", "KGM", "PCE", "KGM", "PCE", "TNE"]
_KINDS = [None, "A11", "A11", "E31"]
_CURRENCIES = ["VND", "USD", "USD", "JPY"]
_OPEN = {"valid_from": date(2020, 1, 1), "valid_to": None}
_PARTS = ("freight", "insurance", "addition", "deduction")

Rows = list[dict[str, Any]]


def make_lists(seed: int) -> dict[str, Rows]:
    """Rows of `ref` tables by name: some rates are missing, some change."""
    chance = random.Random(seed)
    return {
        "tax_rate": [*_rates(chance)],
        "vat_reduction": [
            _during(chance, hs_code=code, tax_percent=Decimal(chance.choice((5, 8))))
            | {"is_without_special_consumption": chance.random() < 0.5}
            for code in _CODES[::2]
        ],
        "tariff_table": [
            _OPEN | {"tariff_table_code": table, "tariff_role_code": role}
            for table, role in _ROLES.items()
        ],
        "tariff_preference": [
            _OPEN
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
        "tariff_quota": [
            _during(
                chance,
                hs_code=code,
                quota_quantity=Decimal(chance.choice((50, 294))),
                quantity_unit_code=chance.choice(_USUAL_UNITS),
                tariff_table_code="B14",
            )
            for code in _CODES[:5]
        ],
        "low_value_rule": _low_value_rules(),
        "exchange_rate": [*_exchange_rates(chance)],
        "kind_relief": [
            _OPEN
            | {
                "kind_code": "E31",
                "tax_type_code": tax,
                "relief_percent": Decimal(part),
            }
            for tax, part in (("import_duty", 100), ("vat", 50))
        ],
    }


def make_declarations(seed: int, line_count: int) -> Iterator[Declaration]:
    """Declarations of one to six lines until there are so many lines."""
    chance = random.Random(seed)
    while line_count > 0:
        count = min(line_count, chance.choice((1, 1, 1, 2, 3, 6)))
        line_count -= count
        yield _declaration(chance, count)


def declaration_tables(
    declarations: Sequence[Declaration],
) -> tuple[pa.Table, pa.Table]:
    """Lines and charges of declarations, which their place numbers."""
    lines: Rows = []
    charges: Rows = []
    for number, declaration in enumerate(declarations):
        header = {
            "number": number,
            "registered_date": declaration.registered_date,
            "is_low_value": declaration.is_low_value,
            "kind_code": declaration.kind_code,
            "invoice_currency_code": declaration.currency_code,
        }
        lines += [header | asdict(line) for line in declaration.lines]
        charges += [
            {"number": number, "charge_no": place, **asdict(charge)}
            for place, charge in enumerate(declaration.charges)
        ]
    return pa.Table.from_pylist(lines, _LINES), pa.Table.from_pylist(charges, _CHARGES)


_AMOUNT = pa.decimal128(20, 4)
_CERTIFICATE = pa.struct(
    [
        ("form_code", pa.string()),
        ("origin_country_code", pa.string()),
        ("hs6", pa.string()),
        ("issued_date", pa.date32()),
        ("valid_to", pa.date32()),
        ("status_code", pa.string()),
    ]
)
_RELIEF = pa.struct([("tax_type", pa.string()), ("percent", pa.decimal128(9, 4))])
_LINES = pa.schema(
    [
        ("number", pa.int64()),
        ("registered_date", pa.date32()),
        ("is_low_value", pa.bool_()),
        ("kind_code", pa.string()),
        ("invoice_currency_code", pa.string()),
        ("line_no", pa.int32()),
        ("hs_code", pa.string()),
        ("origin_country_code", pa.string()),
        ("tariff_table_code", pa.string()),
        ("invoice_amount", _AMOUNT),
        ("first_quantity", _AMOUNT),
        ("first_quantity_unit_code", pa.string()),
        ("second_quantity", _AMOUNT),
        ("second_quantity_unit_code", pa.string()),
        ("is_over_quota", pa.bool_()),
        ("certificate", _CERTIFICATE),
        ("reliefs", pa.list_(_RELIEF)),
    ]
)
_CHARGES = pa.schema(
    [
        ("number", pa.int64()),
        ("charge_no", pa.int32()),
        ("part", pa.string()),
        ("currency_code", pa.string()),
        ("amount", _AMOUNT),
        ("line_nos", pa.list_(pa.int32())),
    ]
)


def _declaration(chance: random.Random, count: int) -> Declaration:
    is_parcel = chance.random() < 0.3
    currency = chance.choice(_CURRENCIES)
    on = _FIRST_DAY + timedelta(chance.randrange(_DAYS))
    scale = _scale(chance, currency, is_parcel=is_parcel)
    return Declaration(
        registered_date=on,
        currency_code="XXX" if chance.random() < 0.01 else currency,
        lines=tuple(_line(chance, place, on, scale) for place in range(1, count + 1)),
        charges=tuple(_charges(chance, currency, count, scale)),
        is_low_value=is_parcel,
        kind_code=chance.choice(_KINDS),
    )


def _scale(chance: random.Random, currency: str, *, is_parcel: bool) -> int:
    """The largest amount of a line; parcels lie around the limits of exemption."""
    in_dong = 1_500_000 if is_parcel else 10 ** chance.choice((7, 9, 13))
    return max(2, in_dong // {"VND": 1, "USD": 26_000, "JPY": 170}[currency])


def _charges(
    chance: random.Random, currency: str, count: int, scale: int
) -> Iterator[Charge]:
    for part in _PARTS:
        if chance.random() < 0.7:
            continue
        is_deduction = part == "deduction"
        named = tuple(
            sorted(chance.sample(range(1, count + 1), chance.randint(1, count)))
        )
        if chance.random() < 0.005:
            named = (count + 1,)
        yield Charge(
            part,  # type: ignore[arg-type]
            chance.choice((currency, "VND", "USD")),
            _money(chance, max(2, scale // (200 if is_deduction else 20))),
            None
            if part in ("freight", "insurance") or chance.random() < 0.5
            else named,
        )


def _line(chance: random.Random, place: int, on: date, scale: int) -> Line:
    code, origin = chance.choice(_CODES), chance.choice(_ORIGINS)
    first, second = chance.choice((_UNITS[:2], _UNITS[:2], chance.sample(_UNITS, 2)))
    amount = _money(chance, scale)
    return Line(
        line_no=place,
        hs_code=code if chance.random() < 0.98 else chance.choice((None, "99999999")),
        origin_country_code=origin,
        tariff_table_code=chance.choice(_TABLES),
        invoice_amount=_unusual(chance, amount),
        first_quantity=Decimal(chance.randrange(1, 60_000)).scaleb(-2),
        first_quantity_unit_code=first,
        second_quantity=Decimal(chance.randrange(1, 10**7)).scaleb(-4),
        second_quantity_unit_code=second,
        is_over_quota=chance.random() < 0.01,
        certificate=_certificate(chance, code, origin, on),
        reliefs=_reliefs(chance),
    )


def _unusual(chance: random.Random, amount: Decimal) -> Decimal:
    """The amount, or nothing (free of charge), or what nobody should write."""
    drawn = chance.random()
    return Decimal(-1) if drawn < 0.002 else Decimal(0) if drawn < 0.05 else amount


def _money(chance: random.Random, scale: int) -> Decimal:
    return Decimal(chance.randrange(1, scale * 10_000)).scaleb(-4)


def _certificate(
    chance: random.Random, code: str, origin: str | None, on: date
) -> Certificate | None:
    if chance.random() < 0.3:
        return None
    fits = chance.random() < 0.6
    return Certificate(
        form_code="E" if fits else chance.choice(("E", "E2", "D")),
        origin_country_code=(origin or "CN")
        if fits
        else chance.choice(("CN", "LA", "US")),
        hs6=code[:6] if fits else chance.choice((code[:6], "000000")),
        issued_date=on - timedelta(chance.choice((0, 5) if fits else (-1, 0, 5))),
        valid_to=on + timedelta(chance.choice((0, 300) if fits else (-1, 0, 300))),
        status_code="valid" if fits or chance.random() < 0.8 else "cancelled",
    )


def _reliefs(chance: random.Random) -> tuple[Relief, ...]:
    if chance.random() < 0.85:
        return ()
    taxes = chance.sample(("import_duty", "vat", "sct", "anti_dumping"), 2)
    percents = (Decimal(100), Decimal("68.8"), Decimal("12.3456"))
    return tuple(Relief(tax, chance.choice(percents)) for tax in taxes)


def _rates(chance: random.Random) -> Iterator[dict[str, Any]]:
    for code in _CODES:
        tables = [table for table in _ROLES if table not in ("B30", "B06")]
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


def _vat_rates(chance: random.Random, code: str) -> Iterable[dict[str, Any]]:
    if chance.random() < 0.03:
        return []
    rate = _rate(chance, "vat", code, by_unit=False)
    rate |= {"tax_percent": Decimal(chance.choice((0, 5, 10, 10)))} | _OPEN
    if chance.random() < 0.1:
        rate |= {"tax_percent": None, "is_not_subject": True}
    return [rate]


def _rate(
    chance: random.Random, tax: str, code: str, *, by_unit: bool
) -> dict[str, Any]:
    currency = chance.choice(("VND", "USD", "USD", *["VND"] * 9, "XXX"))
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
        quantity_unit_code=chance.choice(_USUAL_UNITS) if by_unit else None,
        is_not_subject=False,
    )


def _during(chance: random.Random, **columns: Any) -> dict[str, Any]:
    """A row that mostly holds all the time, else begins or ends within the days."""
    middle = _FIRST_DAY + timedelta(chance.randrange(_DAYS))
    ends, begins = {"valid_to": middle}, {"valid_from": middle}
    period = _OPEN | chance.choice(({}, {}, {}, {}, {}, {}, {}, {}, ends, begins))
    return columns | period


def _low_value_rules() -> Rows:
    change = _FIRST_DAY + timedelta(_DAYS // 2)
    limits = {
        "stream_code": "parcel",
        "duty_exempt_up_to_vnd": 1_000_000,
        "duty_exempt_under_vnd": 100_000,
    }
    return [
        limits
        | {
            "vat_exempt_up_to_vnd": 1_000_000,
            "valid_from": _FIRST_DAY,
            "valid_to": change,
        },
        limits
        | {
            "vat_exempt_up_to_vnd": None,
            "valid_from": change + timedelta(1),
            "valid_to": _FIRST_DAY + timedelta(_DAYS - 3),
        },
    ]


def _exchange_rates(chance: random.Random) -> Iterator[dict[str, Any]]:
    for week in range(_DAYS // 7 + 1):
        start = _FIRST_DAY + timedelta(7 * week)
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
