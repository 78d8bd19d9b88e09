"""`customs ref`: load reference lists, compare their editions, see what is known."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape

from ingestion.ref.diff import Change, Difference, compare, in_words, relate
from ingestion.ref.loading import Loaded, load_path
from ingestion.ref.staging import SHIPPED, stage, table_of
from ingestion.ref.states import rows_of_state
from lakehouse import console
from lakehouse.errors import UsageError
from lakehouse.settings import settings
from lakehouse.tables import Lake

app = typer.Typer(no_args_is_help=True, help="Reference lists.")

_SHOWN = 40
_CHANGES = {"added": "thêm", "removed": "bỏ", "changed": "đổi"}
_RELATIONS = {"split": "tách", "merge": "nhập", "renumbered": "đổi mã"}
_Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@app.command()
def load(
    name: Annotated[
        str, typer.Argument(metavar="LIST", help="List or table; none: as shipped.")
    ] = "",
    file: Annotated[Path | None, typer.Argument(help="The list file.")] = None,
    edition: Annotated[str, typer.Option(help="Edition, as published.")] = "",
    holds_from: Annotated[
        str, typer.Option("--from", help="First day on which the edition holds.")
    ] = "",
    until: Annotated[str, typer.Option(help="Last day of an old edition.")] = "",
    legal_basis: Annotated[str, typer.Option(help="Legal text of the list.")] = "",
    sample: Annotated[bool, typer.Option(help="Rows are no official ones.")] = False,
    part: Annotated[bool, typer.Option(help="Codes not in it have not ended.")] = False,
    as_json: _Json = False,
) -> None:
    """Take a list file in and bring its table up to date.

    Without a list: the lists that come with the product and its packages. Exit code 1
    if not one row could be taken.
    """
    stated = {
        "edition": edition,
        "valid_from": _day(holds_from),
        "valid_to": _day(until),
        "legal_basis": legal_basis,
        "is_sample": "true" if sample else "",
        "is_part": "true" if part else "",
    }
    given = {key: value for key, value in stated.items() if value}
    loaded = _load(Lake(settings().lake), name, file, given)
    if as_json:
        console.show_json(loaded)
    else:
        _show_loaded(loaded)
    if loaded.is_refused:
        raise typer.Exit(1)


def _load(lake: Lake, name: str, file: Path | None, given: dict[str, str]) -> Loaded:
    if not name:
        return load_path(lake, SHIPPED)
    if file is None:
        raise UsageError("no_file", f"no file of {name} is named", "Name the list file")
    return load_path(lake, stage(lake.root / "landing/ref", name, file, given))


def _day(text: str) -> str:
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(
            "bad_date", f"`{text}` is no date", "Write a date as 2026-01-31"
        ) from None


def _show_loaded(loaded: Loaded) -> None:
    if not loaded.messages:
        console.people.print("Tệp này đã được nạp trước đây; không có gì thay đổi.")
        return
    columns = ["Bảng", "Dòng thay đổi"]
    if loaded.changed:
        console.show_table("Nạp danh mục", columns, sorted(loaded.changed.items()))
    if loaded.refused:
        console.people.print("[bold]Bị từ chối[/] (giữ nguyên trong ops.rejected)")
    for one in loaded.refused:
        rows = console.number(one.rows)
        console.people.print(
            f"  [bold red]{one.code}[/] {one.table}, {rows} dòng: {one.reason_vi}"
        )
        console.people.print(f"    → {one.remedy_vi}")
        console.people.print(f"    dòng đầu: {escape(one.first_payload)}")


@app.command()
def diff(
    name: Annotated[str, typer.Argument(metavar="LIST", help="List or table.")],
    before: Annotated[
        str, typer.Argument(metavar="A", help="A date, now, a nomenclature or a file.")
    ],
    after: Annotated[str, typer.Argument(metavar="B", help="The same.")],
    as_json: _Json = False,
) -> None:
    """Show which codes two states of a list add, drop, change, split or merge."""
    lake, table = Lake(settings().lake), table_of(name)
    states = [rows_of_state(lake, name, table, words) for words in (before, after)]
    same, changes = compare(lake.contracts.table(table), *states)
    if table == "ref.commodity":
        changes = _related(lake, changes)
    found = Difference(table, before, after, same, changes)
    if as_json:
        counts = {change: found.count(change) for change in _CHANGES}
        console.show_json({**counts, **msgspec.to_builtins(found)})
        return
    _show_difference(found)


def _related(lake: Lake, changes: list[Change]) -> list[Change]:
    pairs = lake.read(
        "ref.commodity_correlation", "select * from t where known_until is null"
    )
    return relate(changes, pairs)


def _show_difference(found: Difference) -> None:
    console.show_table(
        f"{found.table}: {found.before} → {found.after}",
        ["Thêm", "Bỏ", "Đổi", "Giữ nguyên", "Tách", "Nhập"],
        [
            (
                *(found.count(change) for change in _CHANGES),
                found.unchanged,
                found.related("split"),
                found.related("merge"),
            )
        ],
    )
    rows = [
        (
            _CHANGES[one.change],
            " ".join(one.code.values()),
            _RELATIONS.get(one.relation or "", ""),
            in_words(one),
        )
        for one in found.changes[:_SHOWN]
    ]
    if rows:
        console.show_table("", ["", "Mã", "Quan hệ", "Nội dung"], rows)
    if len(found.changes) > _SHOWN:
        more = console.number(len(found.changes) - _SHOWN)
        console.people.print(f"… và {more} mã nữa; `--json` cho đủ.")


@app.command("status")
def status(as_json: _Json = False) -> None:
    """Show every reference list: rows known now, editions, and what is a SAMPLE."""
    from ingestion.ref.known import known_lists

    lists = known_lists(Lake(settings().lake))
    if as_json:
        console.show_json(lists)
        return
    rows = [
        (one.table.removeprefix("ref."), one.title_vi, one.edition, one.rows, one.mark)
        for one in lists
    ]
    columns = ["Bảng ref.", "Danh mục", "Bản phát hành", "Số dòng", "Nhãn"]
    console.show_table("Danh mục dùng chung", columns, rows)
