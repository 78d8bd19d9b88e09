"""The tariff of the simulated nation: the SAMPLE lists that the product ships.

The nation declares by the same rows by which the product assesses it, so a rate stands
in one place.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import yaml

from lakehouse.law.tax import TAX_LISTS, Rate, Reference, rate_of
from lakehouse.settings import PROJECT_ROOT
from simulator.draws import Bools, Ints
from simulator.errors import SimulationRefused

MFN_TABLE = "B01"
_FOLDER = PROJECT_ROOT / "ingestion/ref/sample"
_PERCENT = {
    "tariff_table_scope_code": "*",
    "origin_scope_code": "*",
    "unit_tax_amount": None,
    "unit_tax_currency_code": None,
    "quantity_unit_code": None,
    "is_not_subject": False,
}


@dataclass(frozen=True)
class GoodsRates:
    """Rates of the goods on a day, per 10,000; `duty` by tariff table, then good."""

    duty: Ints
    special: Ints
    vat: Ints


@lru_cache(maxsize=1)
def load_tariff() -> Reference:
    """Read the SAMPLE lists of taxes."""
    names = (name for name in TAX_LISTS if (_FOLDER / f"{name}.yml").is_file())
    lists = {name: [*_yaml_rows(name)] for name in names}
    lists["tax_rate"] += [*_duty_rows(), *_vat_rows()]
    lists["vat_reduction"] = [
        row
        | {
            "tax_percent": row["reduced_vat_percent"],
            "is_without_special_consumption": True,
        }
        for row in _csv_rows("vat_reduction")
    ]
    return Reference.from_rows(lists)


@lru_cache(maxsize=64)
def rates_of_goods(
    codes: tuple[str, ...], tables: tuple[str, ...], day: date
) -> GoodsRates:
    """The rates of goods on a day.

    Raises:
        SimulationRefused: the lists have no rate of a code on the day.
    """
    tariff = load_tariff()
    duty = [
        [_needed(tariff.duty_rate(code, table, day), code, day) for code in codes]
        for table in tables
    ]
    special = [_by_value(rate_of("sct", code, None, tariff, day)) for code in codes]
    vat = [
        _needed(rate_of("vat", code, None, tariff, day), code, day) for code in codes
    ]
    return GoodsRates(np.array(duty), np.array(special), np.array(vat))


def export_rates_of_goods(codes: tuple[str, ...], day: date) -> Ints:
    """The export duty of goods on a day, per 10,000."""
    tariff = load_tariff()
    return np.array([_by_value(tariff.export_rate(code, day)[0]) for code in codes])


@lru_cache(maxsize=64)
def pays_no_tax(kinds: tuple[str, ...], day: date) -> Bools:
    """Which kinds of import pay no import duty on a day."""
    tariff = load_tariff()
    relieved = [
        any(one.tax_type == "import_duty" for one in tariff.kind_reliefs(kind, day))
        for kind in kinds
    ]
    return np.array(relieved, dtype=np.bool_)


def _needed(rate: Rate | None, code: str, day: date) -> int:
    if rate is None:
        raise SimulationRefused(
            "rate_missing",
            f"no rate of {code} is in force on {day}",
            "Simulate a later day, or add the code to ingestion/ref/sample",
        )
    return _by_value(rate)


def _by_value(rate: Rate | None) -> int:
    """Percent per 10,000; the nation trades nothing that is taxed by quantity."""
    return round((rate.percent or 0) * 100) if rate is not None else 0


def _yaml_rows(name: str) -> Iterator[dict[str, Any]]:
    listed = yaml.safe_load((_FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    # Holidays come from a package; rates that hold for a period do not need them.
    return (listed["defaults"] | row for row in listed.get("rows", ()))


def _csv_rows(name: str) -> Iterator[dict[str, Any]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


def _duty_rows() -> Iterator[dict[str, Any]]:
    """One column of the file is one tariff table."""
    for row in _csv_rows("import_duty"):
        code = {"tax_type_code": "import_duty", "hs_code": row.pop("hs_code")}
        period = {"valid_from": row.pop("valid_from"), "valid_to": None}
        for table, percent in row.items():
            rate = {"tariff_table_scope_code": table, "tax_percent": percent}
            yield _PERCENT | code | period | rate


def _vat_rows() -> Iterator[dict[str, Any]]:
    for row in _csv_rows("vat_rate"):
        rate = {"tax_type_code": "vat", "tax_percent": row["vat_percent"]}
        yield _PERCENT | row | rate | {"valid_to": None}
