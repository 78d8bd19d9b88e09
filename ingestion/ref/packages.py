"""Lists that well-kept packages hold, as rows of text."""

from __future__ import annotations

import gettext
import importlib.metadata
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import holidays
import pyarrow as pa
import pycountry

from lakehouse.delimited import Rows, hashes_of, rejected_rows

_YEARS = range(2014, 2041)
"""From the first year of VNACCS on; later years are estimates of the package."""

Row = dict[str, str]


class Packaged(NamedTuple):
    """A list of a package, and its rows by the labels of `source.yml`."""

    package: str
    rows: Callable[[], Iterator[Row]]


def read_package(list_code: str, stated: str) -> Rows | None:
    """The rows of a list; None if the package is not there in the version stated."""
    packaged = _PACKAGED.get(list_code)
    if packaged is None or stated != installed(packaged.package):
        return None
    rows = list(packaged.rows())
    payload = pa.array(
        [json.dumps(row, ensure_ascii=False).encode() for row in rows], pa.binary()
    )
    return Rows(
        header=json.dumps([*rows[0]]),
        columns={
            label: pa.array([row[label] for row in rows], pa.string())
            for label in rows[0]
        },
        offsets=pa.array(range(len(rows)), pa.int64()),
        payload=payload,
        hashes=hashes_of(payload),
        rejected=rejected_rows([]),
    )


def installed(package: str) -> str:
    """Name and version of a package, as a cover states it."""
    return f"{package} {importlib.metadata.version(package)}"


def _countries() -> Iterator[Row]:
    vietnamese = _names("iso3166-1")
    for country in pycountry.countries:
        spoken = getattr(country, "common_name", country.name)
        yield {
            "ISO3166-1-Alpha-2": country.alpha_2,
            "ISO3166-1-Alpha-3": country.alpha_3,
            "official_name_en": country.name,
            "Region Name": "",
            "country_name_vi": _translated(vietnamese, spoken, country.name),
        }


def _currencies() -> Iterator[Row]:
    vietnamese = _names("iso4217")
    for currency in pycountry.currencies:
        yield {
            "AlphabeticCode": currency.alpha_3,
            "Currency": currency.name,
            "MinorUnit": "",
            "WithdrawalDate": "",
            "currency_name_vi": _translated(vietnamese, currency.name),
        }


def _holidays() -> Iterator[Row]:
    vietnamese = holidays.country_holidays("VN", years=_YEARS, language="vi")
    english = holidays.country_holidays("VN", years=_YEARS, language="en_US")
    for day in sorted({*vietnamese, *vietnamese.weekend_workdays}):
        name = vietnamese.get(day, "Ngày làm bù")
        works = vietnamese.is_working_day(day)
        yield {
            "calendar_date": day.isoformat(),
            "valid_from": day.isoformat(),
            "valid_to": day.isoformat(),
            "holiday_name_vi": name,
            "holiday_name_en": english.get(day, "Day worked in lieu"),
            "is_tet": _word("Tết" in name and "Dương lịch" not in name),
            "is_working_day": _word(works),
        }


def _ports() -> Iterator[Row]:
    """The file alone: importing the package would load its graph of sea lanes."""
    package = importlib.metadata.distribution("searoute")
    text = Path(str(package.locate_file("searoute/data/ports.geojson"))).read_text()
    for port in json.loads(text)["features"]:
        longitude, latitude = port["geometry"]["coordinates"]
        yield {
            "locode": port["properties"]["port"],
            "name": port["properties"]["name"],
            "country_code": port["properties"]["port"][:2],
            "lat": f"{latitude:.6f}",
            "lon": f"{longitude:.6f}",
        }


def _translated(names: gettext.NullTranslations, *texts: str) -> str:
    """The first text that has a translation; one without comes back as it is."""
    found = [names.gettext(text) for text in texts if names.gettext(text) != text]
    return found[0] if found else ""


def _word(value: bool) -> str:
    return "true" if value else "false"


def _names(domain: str) -> gettext.NullTranslations:
    return gettext.translation(
        domain, pycountry.LOCALES_DIR, languages=["vi"], fallback=True
    )


_PACKAGED = {
    "iso_3166_country": Packaged("pycountry", _countries),
    "iso_4217_currency": Packaged("pycountry", _currencies),
    "holiday": Packaged("holidays", _holidays),
    "sea_port": Packaged("searoute", _ports),
}
