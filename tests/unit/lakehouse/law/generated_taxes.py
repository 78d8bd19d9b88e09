"""Generated declarations with every feature of the law of taxes."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa

from lakehouse.law.tax import Certificate, Charge, Declaration, Line, Relief
from tests.unit.lakehouse.law.generated_tax_lists import (
    CODES,
    DAYS,
    FIRST_DAY,
    ROLES,
    Rows,
)

_ORIGINS = [*["CN"] * 6, "LA", "LA", "KR", "KP", None]
_TABLES = [*["B01"] * 18, *["B05"] * 14, *ROLES, "B99", None]
_UNITS = ["PCE", "KGM", "TNE", "LBR", "BX"]
_KINDS = [None, "A11", "A11", "E31"]
_CURRENCIES = ["VND", "USD", "USD", "JPY"]
_PARTS = ("freight", "insurance", "addition", "deduction")


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
            "direction_code": declaration.direction_code,
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
        ("direction_code", pa.string()),
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
        ("is_certificate_known", pa.bool_()),
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
    is_parcel, is_export = chance.random() < 0.3, chance.random() < 0.15
    currency = chance.choice(_CURRENCIES)
    on = FIRST_DAY + timedelta(chance.randrange(DAYS))
    scale = _scale(chance, currency, is_parcel=is_parcel)
    return Declaration(
        registered_date=on,
        currency_code="ZZZ" if chance.random() < 0.01 else currency,
        lines=tuple(_line(chance, place, on, scale) for place in range(1, count + 1)),
        charges=tuple(_charges(chance, currency, count, scale)),
        is_low_value=is_parcel,
        kind_code=chance.choice(_KINDS),
        direction_code="export" if is_export else "import",
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
    code, origin = chance.choice(CODES), chance.choice(_ORIGINS)
    other = (None, "99999999", f"{code}10", f"{code}20")
    first, second = chance.choice((_UNITS[:2], _UNITS[:2], chance.sample(_UNITS, 2)))
    amount = _money(chance, scale)
    return Line(
        line_no=place,
        hs_code=code if chance.random() < 0.95 else chance.choice(other),
        origin_country_code=origin,
        tariff_table_code=chance.choice(_TABLES),
        invoice_amount=_unusual(chance, amount),
        first_quantity=Decimal(chance.randrange(1, 60_000)).scaleb(-2),
        first_quantity_unit_code=first,
        second_quantity=Decimal(chance.randrange(1, 10**7)).scaleb(-4),
        second_quantity_unit_code=second,
        is_over_quota=chance.random() < 0.01,
        certificate=_certificate(chance, code, origin, on),
        is_certificate_known=chance.random() < 0.9,
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
