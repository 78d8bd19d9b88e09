"""What the lists say of the codes of a batch on its days, as Arrow tables.

The same look-ups as for one declaration are asked once for each distinct code and day,
so a rule of dates stands in one place; lines then join by equality alone.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeAlias

import pyarrow as pa

from lakehouse.law.tax_exact import product
from lakehouse.law.tax_line import rate_of
from lakehouse.law.tax_rate import Rate
from lakehouse.law.tax_reference import EXPORT_DUTY, LATER_TAXES, Reference
from lakehouse.law.tax_table import MFN, ORDINARY

DAY = "registered_date"

Record: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[str | None, date]

_TEXT, _FLAG = pa.string(), pa.bool_()
_PERCENT, _VND = pa.decimal128(9, 4), pa.decimal128(20, 0)
# Units that can be turned into that of a rate or quota; null where there are none.
_FACTORS = pa.list_(pa.struct([("unit_code", _TEXT), ("factor", pa.decimal128(18, 8))]))
_RATE = pa.struct(
    [
        ("percent", _PERCENT),
        ("unit_vnd", pa.decimal128(18, 8)),
        ("is_by_unit", _FLAG),
        ("unit_code", _TEXT),
        ("factors", _FACTORS),
        ("is_not_subject", _FLAG),
    ]
)
_QUOTA = pa.struct(
    [
        ("balance", pa.decimal128(20, 4)),
        ("unit_code", _TEXT),
        ("factors", _FACTORS),
        ("table_code", _TEXT),
    ]
)
_PAIR = pa.struct([("form_code", _TEXT), ("origin_country_code", _TEXT)])
RELIEF = pa.struct([("tax_type", _TEXT), ("percent", _PERCENT)])
_LATER = [(f"rate_{tax}", _RATE) for tax in LATER_TAXES]
_DATED: list[tuple[str, pa.DataType]] = [(DAY, pa.date32())]

_EXPORT: list[tuple[str, pa.DataType]] = [
    (f"rate_{EXPORT_DUTY}", _RATE),
    ("export_gap_code", _TEXT),
]
_CODES = pa.schema([("hs_code", _TEXT), *_DATED, *_LATER, ("quota", _QUOTA), *_EXPORT])
_OWN = [(f"own_{name}", kind) for name, kind in _LATER]
_ORIGIN_RATES = pa.schema(
    [
        ("hs_code", _TEXT),
        *_DATED,
        ("origin_country_code", _TEXT),
        ("has_own", _FLAG),
        *_OWN,
    ]
)
_DUTIES = pa.schema(
    [("hs_code", _TEXT), *_DATED, ("table_applied", _TEXT), ("rate_import_duty", _RATE)]
)
_TABLES = pa.schema(
    [
        ("tariff_table_code", _TEXT),
        *_DATED,
        ("role", _TEXT),
        ("admitted", pa.list_(_PAIR)),
    ]
)
_ORIGINS = pa.schema([("origin_country_code", _TEXT), *_DATED, ("has_mfn", _FLAG)])
_KINDS = pa.schema([("kind_code", _TEXT), *_DATED, ("kind_reliefs", pa.list_(RELIEF))])
_RULE = ("duty_exempt_up_to_vnd", "vat_exempt_up_to_vnd", "duty_exempt_under_vnd")
_DAYS = pa.schema(
    [
        *_DATED,
        ("mfn_table", _TEXT),
        ("ordinary_table", _TEXT),
        *((name, _VND) for name in _RULE),
    ]
)
_EXCHANGE = pa.schema(
    [("currency_code", _TEXT), *_DATED, ("_rate", pa.decimal128(15, 6))]
)


def code_facts(keys: Sequence[Key], reference: Reference) -> pa.Table:
    """By code and day: rates for all origins, quota, export duty."""
    return _table(_CODES, keys, _code_record, reference)


def origin_rates(keys: Sequence[Key], reference: Reference) -> pa.Table:
    """By code, day and origin with a rate of its own: all rates of that origin."""
    rows = []
    for hs_code, on in keys:
        for origin in sorted(reference.origins_of(hs_code)):
            rates = _later_rates(hs_code, origin, reference, on)
            row = {"hs_code": hs_code, DAY: on, "origin_country_code": origin}
            own = {f"own_{name}": rate for name, rate in rates.items()}
            rows.append(row | {"has_own": True} | own)
    return pa.Table.from_pylist(rows, _ORIGIN_RATES)


def duty_rates(keys: Sequence[Key], reference: Reference) -> pa.Table:
    """By code, day and tariff table: the import duty."""
    rows = []
    for hs_code, on in keys:
        for table in sorted(reference.tables_of(hs_code)):
            rate = _rate(reference.duty_rate(hs_code, table, on), reference, on)
            if rate is not None:
                row = {"hs_code": hs_code, DAY: on, "table_applied": table}
                rows.append(row | {"rate_import_duty": rate})
    return pa.Table.from_pylist(rows, _DUTIES)


def table_facts(keys: Sequence[Key], reference: Reference) -> pa.Table:
    """By tariff table and day: its role and the certificates that it admits."""
    return _table(_TABLES, keys, _table_record, reference)


def origin_facts(keys: Sequence[Key], reference: Reference) -> pa.Table:
    """By origin and day: whether it has most-favoured-nation treatment."""
    return _table(_ORIGINS, keys, _origin_record, reference)


def kind_facts(keys: Sequence[Key], reference: Reference) -> pa.Table:
    """By kind of declaration and day: what need not be paid."""
    return _table(_KINDS, keys, _kind_record, reference)


def day_facts(days: Iterable[date], reference: Reference) -> pa.Table:
    """By day: the tables that only one role has, and the rule for parcels."""
    rows = []
    for on in days:
        rule = reference.low_value_rule(on)
        row: Record = {
            DAY: on,
            "mfn_table": reference.table_of(MFN, on),
            "ordinary_table": reference.table_of(ORDINARY, on),
        }
        rows.append(row | {name: getattr(rule, name, None) for name in _RULE})
    return pa.Table.from_pylist(rows, _DAYS)


def exchange_facts(keys: Sequence[Key], reference: Reference) -> pa.Table:
    """By currency and day: dong for one unit, where a rate holds."""
    rows = [
        {"currency_code": code, DAY: on, "_rate": reference.exchange_rate(code, on)}
        for code, on in keys
        if code is not None
    ]
    return pa.Table.from_pylist(rows, _EXCHANGE)


def _table(
    schema: pa.Schema,
    keys: Sequence[Key],
    make: Callable[[str, date, Reference], Record],
    reference: Reference,
) -> pa.Table:
    """One row a key; a key without a code joins nothing."""
    name = schema.names[0]
    rows = [
        {name: code, DAY: on} | make(code, on, reference)
        for code, on in keys
        if code is not None
    ]
    return pa.Table.from_pylist(rows, schema)


def _code_record(hs_code: str, on: date, reference: Reference) -> Record:
    quota, shown = reference.quota(hs_code, on), None
    if quota is not None:
        shown = {
            "balance": quota.balance,
            "unit_code": quota.unit_code,
            "factors": _factors(quota.unit_code, reference, on),
            "table_code": quota.table_code,
        }
    rate, gap = reference.export_rate(hs_code, on)
    return _later_rates(hs_code, None, reference, on) | {
        "quota": shown,
        f"rate_{EXPORT_DUTY}": _rate(rate, reference, on),
        "export_gap_code": gap,
    }


def _later_rates(
    hs_code: str | None, origin: str | None, reference: Reference, on: date
) -> Record:
    return {
        f"rate_{tax}": _rate(
            rate_of(tax, hs_code, origin, reference, on), reference, on
        )
        for tax in LATER_TAXES
    }


def _rate(rate: Rate | None, reference: Reference, on: date) -> Record | None:
    if rate is None:
        return None
    in_dong = None
    if rate.unit_amount is not None and rate.currency_code is not None:
        exchange = reference.exchange_rate(rate.currency_code, on)
        in_dong = exchange and product(rate.unit_amount, exchange)
    return {
        "percent": rate.percent,
        "unit_vnd": in_dong,
        "is_by_unit": rate.unit_amount is not None,
        "unit_code": rate.unit_code,
        "factors": _factors(rate.unit_code, reference, on),
        "is_not_subject": rate.is_not_subject,
    }


def _factors(unit: str | None, reference: Reference, on: date) -> list[Record] | None:
    """The units that can be turned into one, with their factors."""
    if unit is None:
        return None
    factors = reference.units_into(unit, on)
    return [
        {"unit_code": source, "factor": factor} for source, factor in factors.items()
    ] or None


def _table_record(table: str, on: date, reference: Reference) -> Record:
    admitted = [
        {"form_code": form, "origin_country_code": origin}
        for form, origin in reference.preferences(table, on)
    ]
    return {"role": reference.role(table, on), "admitted": admitted or None}


def _origin_record(origin: str, on: date, reference: Reference) -> Record:
    return {"has_mfn": reference.has_mfn(origin, on)}


def _kind_record(kind: str, on: date, reference: Reference) -> Record:
    reliefs = [
        {"tax_type": relief.tax_type, "percent": relief.percent}
        for relief in reference.kind_reliefs(kind, on)
    ]
    return {"kind_reliefs": reliefs}
