"""Core tables of the single window: typed, keyed, versioned, nothing lost."""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from lakehouse.entities import entity_findings
from lakehouse.tables import Lake
from lakehouse.verify import unverified_tables, verify_lake
from tests.tables.declared import arrive, take

pytestmark = [pytest.mark.engine, pytest.mark.slow]

_FIXTURE = Path(__file__).parents[2] / "unit/ingestion/nsw/messages.xml"
_FIRST = datetime(2026, 11, 21, 3, tzinfo=UTC)
_LATER = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    folder.mkdir()
    return folder


def run(lake: Lake, landing: Path) -> dict[str, int]:
    return take(lake, landing, "nsw")


def rows(lake: Lake, table: str, where: str = "true") -> list[dict[str, object]]:
    return lake.read(f"core.nsw__{table}", f"select * from t where {where}").to_pylist()


def messages(*kinds: str) -> bytes:
    """The messages of the sample file that are of some types, in its order."""
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    parts = _FIXTURE.read_bytes().split(head)
    wanted = [f"<MessageType>{kind}<".encode() for kind in kinds]
    return b"".join(head + part for part in parts if any(one in part for one in wanted))


def test_the_whole_sample_becomes_typed_rows_and_every_batch_balances(
    lake: Lake, landing: Path
) -> None:
    arrive(landing / "first.xml", _FIXTURE.read_bytes(), _FIRST)
    run(lake, landing)
    _dossiers_and_steps(lake)
    _permits(lake)
    _inspections(lake)
    _lists(lake)
    refused = lake.read(
        "ops.rejected", "select * from t where table_name like 'core.nsw__%'"
    ).to_pylist()
    assert Counter(
        (row["table_name"].removeprefix("core.nsw__"), row["rejection_code"])
        for row in refused
    ) == {
        ("dossier_line", "unreadable_value"): 1,
        ("dossier_line", "NSW-004"): 1,
        ("dossier_step", "NSW-007"): 1,
        ("dossier_step", "NSW-009"): 1,
        ("dossier_step", "unreadable_value"): 1,
        ("permit", "NSW-012"): 1,
        ("inspection", "NSW-019"): 1,
        ("exemption_list", "NSW-026"): 1,
        ("exemption", "NSW-029"): 1,
    }
    findings = verify_lake(lake)
    assert [one for one in findings if not one.holds] == []
    assert unverified_tables(lake, findings) == []


def _dossiers_and_steps(lake: Lake) -> None:
    versions = rows(lake, "dossier", "dossier_no = 'HS-2026-000001'")
    holds = {row["dossier_version"]: row["is_current"] for row in versions}
    assert holds == {0: False, 1: True}
    (first,) = rows(lake, "dossier", "dossier_no = 'HS-2026-000002'")
    assert (first["dossier_version"], first["is_current"]) == (0, True)
    lines = rows(lake, "dossier_line", "dossier_version = 1 and is_current")
    assert [line["quantity"] for line in lines] == [Decimal(1200), Decimal("250.5")]
    steps = rows(lake, "dossier_step", "dossier_no = 'HS-2026-000001'")
    steps.sort(key=lambda step: step["step_no"])
    assert [step["step_code"] for step in steps] == [
        *("submitted", "received", "supplement_requested", "amended"),
        *("fee_notified", "granted"),
    ]
    assert steps[0]["happened_at"] == datetime(2026, 11, 2, 1, tzinfo=UTC)
    assert steps[4]["fee_amount_vnd"] == Decimal(300_000)


def _permits(lake: Lake) -> None:
    first = rows(lake, "permit", "permit_id = 'P-1'")
    assert {row["permit_state_code"]: row["is_current"] for row in first} == {
        "issued": False,
        "amended": False,
        "revoked": True,
    }
    same_number = rows(lake, "permit", "permit_no = '00012/2026/GP' and is_current")
    assert {(row["permit_id"], row["valid_to"]) for row in same_number} == {
        ("P-1", date(2027, 11, 2)),
        ("P-2", None),
    }
    granted = rows(lake, "permit_line", "permit_id = 'P-1' and permit_version = 0")
    assert [(line["entry_no"], line["line_no"]) for line in granted] == [(1, 1), (2, 1)]


def _inspections(lake: Lake) -> None:
    current = rows(lake, "inspection", "is_current")
    results = {row["inspection_id"]: row["inspection_result_code"] for row in current}
    assert results == {"KT-1": "passed", "KT-2": "failed", "KT-3": "exempt"}
    assert {row["declaration_key"] for row in current} == {"10000000001"}
    goods = {
        row["inspection_id"]: row["goods_identity"]
        for row in rows(lake, "inspection_line", "is_current")
    }
    assert goods["KT-1"] == goods["KT-2"]
    assert goods["KT-3"] != goods["KT-1"]


def _lists(lake: Lake) -> None:
    editions = rows(lake, "exemption_list")
    assert {row["list_edition"]: row["entry_count"] for row in editions} == {
        "2026-1": 3,
        "2026-2": 1,
    }


def test_a_step_before_its_dossier_is_joined_when_the_dossier_comes(
    lake: Lake, landing: Path
) -> None:
    arrive(landing / "steps.xml", messages("STEP"), _FIRST)
    run(lake, landing)
    assert rows(lake, "dossier") == []
    arrive(landing / "dossiers.xml", messages("DOSSIER"), _LATER)
    run(lake, landing)
    dossiers = {row["dossier_no"] for row in rows(lake, "dossier", "is_current")}
    steps = {row["dossier_no"] for row in rows(lake, "dossier_step", "is_current")}
    assert steps == dossiers == {"HS-2026-000001", "HS-2026-000002"}
    assert [one for one in entity_findings(lake) if not one.holds] == []


def test_an_older_version_of_a_permit_that_comes_later_does_not_hold(
    lake: Lake, landing: Path
) -> None:
    whole = messages("PERMIT").split(b"<?xml")
    revoked = [part for part in whole if b"<State>revoked<" in part]
    others = [part for part in whole if b"<PermitID>P-1<" in part if part != revoked[0]]
    arrive(landing / "revoked.xml", b"<?xml" + revoked[0], _FIRST)
    run(lake, landing)
    arrive(landing / "others.xml", b"".join(b"<?xml" + one for one in others), _LATER)
    run(lake, landing)
    states = rows(lake, "permit", "permit_id = 'P-1'")
    (holding,) = [row for row in states if row["is_current"]]
    assert (holding["permit_state_code"], holding["known_from"]) == ("revoked", _FIRST)
    passed = [row for row in states if not row["is_current"]]
    assert {(row["known_from"], row["known_until"]) for row in passed} == {
        (_LATER, _LATER)
    }
    assert [one for one in entity_findings(lake) if not one.holds] == []


def test_a_newer_version_that_is_set_aside_leaves_the_one_that_stands(
    lake: Lake, landing: Path
) -> None:
    whole = [b"<?xml" + one for one in messages("PERMIT").split(b"<?xml")[1:]]
    of_one = [one for one in whole if b"<PermitID>P-1<" in one]
    (newest,) = [one for one in of_one if b"<State>revoked<" in one]
    arrive(landing / "first.xml", b"".join(o for o in of_one if o != newest), _FIRST)
    run(lake, landing)
    lines = told(lake, "permit_line")
    odd = newest.replace(b"<State>revoked<", b"<State>unheard<")
    arrive(landing / "odd.xml", odd, _LATER)
    run(lake, landing)
    (holding,) = rows(lake, "permit", "permit_id = 'P-1' and is_current")
    assert (holding["permit_state_code"], holding["known_until"]) == ("amended", None)
    assert told(lake, "permit_line") == lines
    (refused,) = lake.read(
        "ops.rejected", "select * from t where rejection_code = 'NSW-013'"
    ).to_pylist()
    assert refused["file_name"] == "odd.xml"
    assert [one for one in entity_findings(lake) if not one.holds] == []


def test_any_order_and_batching_gives_the_same_rows(lake: Lake, tmp_path: Path) -> None:
    folder = tmp_path / "landing"
    folder.mkdir()
    arrive(folder / "later.xml", messages("PERMIT", "STEP"), _LATER)
    run(lake, folder)
    arrive(folder / "first.xml", _FIXTURE.read_bytes(), _FIRST)
    run(lake, folder)
    whole = Lake(tmp_path / "whole", lake.contracts)
    run(whole, folder)
    for table in ("permit", "permit_line", "dossier_step"):
        assert told(lake, table) == told(whole, table)


def told(lake: Lake, table: str) -> list[str]:
    found = rows(lake, table)
    return sorted(
        str({name: row[name] for name in row if name != "_run_seq"}) for row in found
    )
