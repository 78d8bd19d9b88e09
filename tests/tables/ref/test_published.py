"""The lists shipped and those published load whole, and nothing of them is lost."""

from pathlib import Path

import pytest

from ingestion.ref.read import READER
from lakehouse.intake import ingest
from lakehouse.runs import start_run
from lakehouse.settings import PROJECT_ROOT
from lakehouse.tables import Lake
from transforms.ref.conservation import findings
from transforms.ref.update import update


def test_every_shipped_list_loads_whole(lake: Lake) -> None:
    with start_run(lake, "test") as run:
        result = ingest(run, READER, PROJECT_ROOT / "ingestion/ref/sample")
        changed = update(run, None)
    assert result.rejected == 0
    refused = lake.read("ops.rejected").to_pylist()
    # Ports of the package: other spellings of a code, and one code that is cut off.
    assert {row["table_name"] for row in refused} == {"ref.port"}
    told = lake.read("raw.ref__row", "select count(*) from t where is_gap = 'false'")
    assert sum(changed.values()) + len(refused) == told[0][0].as_py()
    assert [finding for finding in findings(lake) if not finding.holds] == []
    assert changed["ref.kind_code"] == 40


_PUBLISHED = {
    "code_lists": {
        "ref.country": 249,
        "ref.currency": 307,
        "ref.package_type": 406,
        "ref.unit": 2_136,
    },
    "fx_rates": {"ref.exchange_rate": 93_752},
    "hs_nomenclature": {"ref.hs": 97 + 1_229 + 5_613, "ref.hs_section": 21},
    "vn_ahtn_nomenclature": {"ref.commodity": 11_871},
    "tariff_code_change": {
        "ref.commodity_correlation": 1_128,
        "ref.foreign_commodity": 15_033,
    },
    # 52 places and two subdivisions stand twice under other names, and four
    # subdivisions twice word by word; one place is torn over two lines.
    "un_locode": {
        "ref.code_value": 11 + 14,
        "ref.place": 61_364 - 52,
        "ref.subdivision": 4_678 - 2 - 4,
    },
    # 38 other spellings, and one code that is cut off.
    "world_ports": {"ref.port": 3_962 - 38 - 1},
    "vnaccs_message_dictionary": {
        "ref.procedure_kind": 37,
        "ref.procedure_result": 8_939,
    },
}


@pytest.mark.parametrize("folder", _PUBLISHED)
def test_a_published_list_loads_and_nothing_of_it_is_lost(
    lake: Lake, shared_dir: Path, folder: str
) -> None:
    with start_run(lake, "test") as run:
        ingest(run, READER, shared_dir / "data" / folder)
        changed = update(run, None)
    assert changed == _PUBLISHED[folder]
    assert [finding for finding in findings(lake) if not finding.holds] == []


def test_namibia_is_a_country(lake: Lake, shared_dir: Path) -> None:
    with start_run(lake, "test") as run:
        ingest(run, READER, shared_dir / "data" / "code_lists")
        update(run, None)
    namibia = "select country_name_en from t where country_code = 'NA'"
    assert lake.read("ref.country", namibia)[0].to_pylist() == ["Namibia"]


def test_a_place_keeps_its_letters_and_other_spellings_are_told(
    lake: Lake, shared_dir: Path
) -> None:
    with start_run(lake, "test") as run:
        ingest(run, READER, shared_dir / "data" / "un_locode")
        update(run, None)
    named = "select place_name from t where place_code = 'VNANP'"
    assert lake.read("ref.place", named)[0].to_pylist() == ["An Phú"]
    refused = lake.read(
        "ops.rejected",
        "select rejected_payload from t where rejection_code = 'repeated_code'",
    )
    spellings = [str(row, "utf-8") for row in refused[0].to_pylist()]
    assert any("Iraklion (Heraklion)" in text for text in spellings)


def test_a_row_that_got_lost_between_raw_and_its_table_is_found(lake: Lake) -> None:
    with start_run(lake, "test") as run:
        ingest(run, READER, PROJECT_ROOT / "ingestion/ref/sample/incoterm.yml")
        update(run, None)
    assert [finding.holds for finding in findings(lake)] == [True]
    lake.delta("ref.incoterm").delete("incoterm_code = 'FOB'")
    (finding,) = findings(lake)
    assert (finding.left, finding.right, finding.holds) == (18, 17, False)


def test_rows_that_no_run_has_taken_over_yet_are_not_called_lost(lake: Lake) -> None:
    with start_run(lake, "test") as run:
        ingest(run, READER, PROJECT_ROOT / "ingestion/ref/sample/incoterm.yml")
        update(run, None)
    with start_run(lake, "test") as run:
        ingest(run, READER, PROJECT_ROOT / "ingestion/ref/sample/tax_kind.yml")
    assert [finding.what for finding in findings(lake)] == ["raw → ref.incoterm"]
