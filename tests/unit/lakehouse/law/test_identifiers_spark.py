"""The Spark columns and the Python functions agree on generated inputs."""

import random
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta

import pyarrow as pa
import pytest

from lakehouse.engine import engine
from lakehouse.law import identifiers, identifiers_spark
from lakehouse.law.identifiers import CodeList, DatedCode, Forms, Outcome

pytestmark = pytest.mark.engine

_ROWS = 100_000
_NOISE = " .-/'–\u00a0\u202fOol8B+E,\u0130ı０\n\t"


def _mangled(chance: random.Random, seed: str) -> str:
    """A text with digits lost, changed, or noise put in; one in four as it stands."""
    text = seed
    for _ in range(chance.choice((0, 1, 1, 3))):
        at = chance.randrange(len(text) + 1)
        put = chance.choice(("", chance.choice("0123456789"), chance.choice(_NOISE)))
        text = text[:at] + put + text[at + chance.randrange(2) :]
    return text + chance.choice(("", "", "", ".0", " ", "-1", "-12", "-000"))


def _tax_seed(chance: random.Random) -> str:
    nine = f"{chance.randrange(10**9 if chance.random() < 0.5 else 10**8):09d}"
    firm = nine + identifiers.tax_check_digit(nine)[0]
    branch = chance.choice(("", f"{chance.randrange(1000):03d}", "-001"))
    person = f"0{chance.randrange(99):02d}{chance.randrange(10**9):09d}"
    return chance.choice((firm, firm + branch, firm[1:], firm[1:] + branch, person))


def _declaration_seed(chance: random.Random) -> str:
    return f"{chance.choice('1133257')}{chance.randrange(10**11):011d}"


def _hs_seed(chance: random.Random, rows: list[DatedCode]) -> str:
    listed = chance.choice(rows).code
    made = f"{chance.randrange(10**8):08d}"
    return chance.choice((listed, listed, listed[1:], listed[:4], made, made[:4]))


def _raws(make_seed: Callable[[random.Random], str], seed: int) -> list[str | None]:
    chance = random.Random(seed)
    made = (_mangled(chance, make_seed(chance)) for _ in range(_ROWS - 2))
    return ["", None, *made]


def _flat(outcome: Outcome, names: list[str]) -> dict[str, object]:
    """The result as the struct of the column writes it: absent parts are null."""
    record = outcome.to_record()
    record["repair"] = next(iter(record.get("repairs", [])), None)
    return {name: record.get(name) for name in names}


def _assert_same(found: pa.Table, expected: list[Outcome]) -> None:
    rows = found.column("outcome").to_pylist()
    names = list(rows[0])
    wrong = [
        (raw, row, asdict(outcome))
        for raw, row, outcome in zip(
            found.column("raw").to_pylist(), rows, expected, strict=True
        )
        if row != _flat(outcome, names)
    ]
    assert wrong[:3] == []
    accepted = sum(outcome.ok for outcome in expected)
    assert _ROWS // 20 < accepted < _ROWS * 19 // 20


def test_tax_codes_agree(forms: Forms) -> None:
    raws = _raws(_tax_seed, 1)
    frame = engine().spark.createDataFrame(pa.table({"raw": raws}))
    judged = identifiers_spark.with_tax_code(frame, forms, into="outcome")
    found = judged.select("raw", "outcome").toArrow()
    raws = found.column("raw").to_pylist()
    _assert_same(found, [identifiers.tax_code(raw, forms) for raw in raws])


def test_declaration_numbers_agree(forms: Forms) -> None:
    raws = _raws(_declaration_seed, 2)
    chance = random.Random(3)
    directions = [chance.choice((None, "import", "export")) for _ in raws]
    rows = pa.table({"raw": raws, "direction": pa.array(directions, pa.string())})
    frame = engine().spark.createDataFrame(rows)
    judged = identifiers_spark.with_declaration_no(
        frame, forms, into="outcome", direction=frame["direction"]
    )
    found = judged.select("raw", "direction", "outcome").toArrow()
    expected = [
        identifiers.declaration_no(row["raw"], forms, direction=row["direction"])
        for row in found.select(["raw", "direction"]).to_pylist()
    ]
    _assert_same(found, expected)


def test_commodity_codes_agree(
    forms: Forms, codes: CodeList, code_rows: list[DatedCode]
) -> None:
    chance = random.Random(4)
    raws = _raws(lambda inner: _hs_seed(inner, code_rows), 5)
    places = [
        chance.choice(("import_line", "export_line", "manifest")) for _ in range(_ROWS)
    ]
    days = [date(2018, 1, 1) + timedelta(chance.randrange(2500)) for _ in range(_ROWS)]
    rows = pa.table({"raw": raws, "place": places, "on": days})
    spark = engine().spark
    listed = spark.createDataFrame(pa.Table.from_pylist(list(map(asdict, code_rows))))
    frame = identifiers_spark.with_hs_code(
        spark.createDataFrame(rows), listed, forms, into="outcome"
    )
    found = frame.select("raw", "place", "on", "outcome").toArrow()
    expected = [
        identifiers.hs_code(row["raw"], forms, codes, place=row["place"], on=row["on"])
        for row in found.select(["raw", "place", "on"]).to_pylist()
    ]
    _assert_same(found, expected)
