"""An operator loads lists, compares editions and sees what was refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ingestion.ref.commands import app
from lakehouse.errors import CustomsError
from lakehouse.settings import settings

_HEAD = "hs_code,commodity_name_vi,nomenclature_code\n"
_OLD = (
    _HEAD + "0101.21.00,Ngựa thuần chủng,AHTN2017\n"
    "8548.10.10,Pin phế thải,AHTN2017\n8529.90.20,Bộ phận cũ,AHTN2017\n"
)
_NEW = (
    _HEAD + "0101.21.00,Ngựa để nhân giống,AHTN2022\n"
    "8549.11.10,Ắc quy phế thải,AHTN2022\n8549.19.10,Pin khác,AHTN2022\n"
    "8524.11.00,Mô-đun màn hình,AHTN2022\n"
)
_PAIRS = (
    "from_nomenclature_code;from_hs_code;to_nomenclature_code;to_hs_code;valid_from\n"
    "AHTN2017;8548.10.10;AHTN2022;8549.11.10;2022-12-01\n"
    "AHTN2017;8548.10.10;AHTN2022;8549.19.10;2022-12-01\n"
    "AHTN2017;8529.90.20;AHTN2022;8524.11.00;2022-12-01\n"
)
_LAW = ("--legal-basis", "Thông tư 31/2022/TT-BTC")


class Desk:
    """An operator with list files and a lake."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, text: str | bytes, name: str = "list.csv") -> str:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    def say(self, *words: str) -> Result:
        return CliRunner().invoke(app, [*words])

    def ask(self, *words: str) -> dict[str, Any]:
        answer = self.say(*words, "--json")
        return json.loads(answer.stdout.splitlines()[-1])

    def load(self, name: str, text: str | bytes, *more: str) -> dict[str, Any]:
        return self.ask("load", name, self.file(text), *more)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An empty lake, and Monday 5 January 2026."""
    monkeypatch.setenv("CUSTOMS_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("CUSTOMS_NOW", "2026-01-05T08:00:00+07:00")
    settings.cache_clear()
    yield Desk(tmp_path)
    settings.cache_clear()


@pytest.fixture
def editions(desk: Desk) -> Desk:
    """Two editions of the nomenclature and the table between them."""
    desk.load("commodity", _OLD, "--from", "2018-01-01", "--until", "2022-11-30", *_LAW)
    desk.load("commodity", _NEW, "--from", "2022-12-01", *_LAW)
    desk.load("commodity_correlation", _PAIRS, *_LAW)
    return desk


def test_a_file_whose_labels_are_columns_needs_no_entry_in_the_source_sheet(
    desk: Desk,
) -> None:
    assert desk.load("commodity", _OLD, *_LAW)["changed"] == {"ref.commodity": 3}


def test_the_same_file_again_is_nothing_new_and_other_dates_are(desk: Desk) -> None:
    desk.load("commodity", _OLD, "--from", "2018-01-01", *_LAW)
    assert desk.load("commodity", _OLD, "--from", "2018-01-01", *_LAW)["messages"] == 0
    again = desk.load("commodity", _OLD, "--from", "2019-01-01", *_LAW)
    assert again["messages"] == 3


def test_editions_differ_by_what_was_added_dropped_changed_and_split(
    editions: Desk,
) -> None:
    found = editions.ask("diff", "commodity", "AHTN2017", "AHTN2022")
    assert [found[name] for name in ("added", "removed", "changed")] == [3, 2, 1]
    told = {one["code"]["hs_code"]: one for one in found["changes"]}
    assert told["01012100"]["columns"] == {
        "commodity_name_vi": ["Ngựa thuần chủng", "Ngựa để nhân giống"]
    }
    assert told["85481010"]["relation"] == "split"
    assert told["85481010"]["successors"] == ["85491110", "85491910"]
    assert told["85299020"]["relation"] == "renumbered"


def test_two_days_differ_as_their_editions_do(editions: Desk) -> None:
    by_day = editions.ask("diff", "commodity", "2022-11-30", "2022-12-01")
    by_name = editions.ask("diff", "commodity", "AHTN2017", "AHTN2022")
    assert by_day["changes"] == by_name["changes"]


def test_a_file_can_be_compared_before_it_is_loaded(editions: Desk) -> None:
    preview = editions.file(_NEW + "9999.99.00,Mới,AHTN2022\n", "next.csv")
    found = editions.ask("diff", "commodity", "now", preview)
    assert [one["code"]["hs_code"] for one in found["changes"]] == ["99999900"]
    assert editions.ask("diff", "commodity", "now", "now")["unchanged"] == 4


def test_a_difference_is_shown_to_people(editions: Desk) -> None:
    shown = editions.say("diff", "commodity", "AHTN2017", "AHTN2022").stdout
    assert "tách" in shown
    assert "85491110, 85491910" in shown


def test_an_older_edition_without_its_end_never_undoes_a_newer_one(
    editions: Desk,
) -> None:
    refused = editions.load("commodity", _OLD, "--from", "2017-01-01", *_LAW)["refused"]
    assert [(one["code"], one["rows"]) for one in refused] == [
        ("edition_out_of_order", 3)
    ]
    assert "--until" in refused[0]["remedy_vi"]
    assert editions.ask("diff", "commodity", "now", "2022-12-01")["unchanged"] == 4


def test_a_whole_edition_ends_the_codes_it_leaves_out_on_its_own_day(
    desk: Desk,
) -> None:
    desk.load("commodity", _OLD, "--from", "2018-01-01", *_LAW)
    desk.load("commodity", _NEW, "--from", "2022-12-01", *_LAW)
    found = desk.ask("diff", "commodity", "2022-11-30", "2022-12-01")
    assert [found[name] for name in ("added", "removed", "changed")] == [3, 2, 1]


def test_samples_that_an_official_list_leaves_out_go_away(desk: Desk) -> None:
    head = "office_code,office_name_vi\n"
    desk.load("office", head + "01TB,Mẫu A\n02CI,Mẫu B\n", "--sample", *_LAW)
    desk.load("office", head + "01TB,Thật\n", *_LAW)
    found = desk.ask("diff", "office", "1990-01-01", "now")
    told = [one["columns"]["office_name_vi"] for one in found["changes"]]
    assert told == []
    assert found["unchanged"] == 1


def test_a_part_of_a_list_ends_nothing(desk: Desk) -> None:
    desk.load("commodity", _OLD, *_LAW)
    desk.load("commodity", _NEW, "--part", *_LAW)
    found = desk.ask("diff", "commodity", "2026-01-04", "now")
    assert found["removed"] == 0


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("commodity", "hs_code,colour\n01012100,đỏ\n", "unknown_column"),
        ("commodity", _HEAD + "01012100,Ngựa,\n", "missing_value"),
        ("commodity", _HEAD + "0101,Ngựa,AHTN2022\n", "REF-061"),
        ("ahtn_code", "ahtn8,hs6\n01012100,010121\n", "missing_column"),
        (
            "office",
            b"office_code,office_name_vi\n01AB," + b"\xd0\xc7\n",
            "bad_encoding",
        ),
        (
            "exchange_rate",
            "rate_type_code,base_currency_code,quote_currency_code,exchange_rate,"
            "valid_from\ncustoms,USD,VND,26000,2026-02-30\n",
            "bad_value",
        ),
        (
            "office",
            "office_code,office_name_vi,valid_from,valid_to\n"
            "01AB,A,2025-01-01,2025-12-31\n01AB,B,2025-06-01,\n",
            "overlap",
        ),
        (
            "office",
            "office_code,office_name_vi\n01AB,A\n01AB,B\n",
            "overlap",
        ),
    ],
)
def test_bad_input_has_a_code_a_reason_a_remedy_and_its_payload(
    desk: Desk, name: str, text: str | bytes, code: str
) -> None:
    refused = desk.load(name, text, *_LAW)["refused"]
    assert [one["code"] for one in refused] == [code]
    (one,) = refused
    assert one["reason_vi"]
    assert one["reason_en"]
    assert one["remedy_vi"]
    assert one["first_file"]
    assert one["first_payload"]


def test_a_list_without_a_legal_basis_is_refused(desk: Desk) -> None:
    answer = desk.say("load", "commodity", desk.file(_OLD))
    assert answer.exit_code == 1
    assert "--legal-basis" in answer.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("load", "nonsense", "x.csv"), "unknown_list"),
        (("load", "commodity"), "no_file"),
        (("load", "commodity", "gone.csv"), "file_missing"),
        (("load", "commodity", "x.csv", "--from", "1/2/2026"), "bad_date"),
        (("diff", "commodity", "AHTN1999", "now"), "unknown_state"),
        (("diff", "commodity", "now", __file__), "unknown_column"),
    ],
)
def test_a_wrong_command_says_what_to_do(
    desk: Desk, words: tuple[str, ...], code: str
) -> None:
    error = desk.say(*words).exception
    assert isinstance(error, CustomsError)
    assert error.code == code
    assert error.remedy


def test_a_fresh_lake_has_the_lists_of_the_packages_and_labels_samples(
    desk: Desk,
) -> None:
    desk.ask("load")
    lists = {
        one["list"]: one for one in json.loads(desk.say("status", "--json").stdout)
    }
    assert lists["iso_3166_country"]["rows"] == 249
    assert lists["iso_4217_currency"]["rows"] > 150
    assert lists["holiday"]["mark"] == "SAMPLE"
    assert lists["kind_code"]["mark"] == "SAMPLE 16/40"
    assert lists["incoterm"]["mark"] == ""
