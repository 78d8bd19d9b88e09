"""Bring a reference table from what is known to what one more list file says.

A list whose rows have dates adds them. A list without dates is the state of all codes
from the day that the operator states, or on which it arrived: a code that is gone has
ended, another content begins on that day. Nothing is overwritten: a row that was known
and is no longer true keeps its knowledge time.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.contracts import Table
from transforms.ref.columns import (
    as_dates,
    code_columns,
    day_number,
    day_numbers,
    number_values,
    with_column,
)
from transforms.ref.periods import (
    OPEN,
    UNDATED,
    Flags,
    Ints,
    Rows,
    clashes,
    drop_twins,
    first_of_code,
    last_to_end,
    latest_of_code,
    reopen,
    succeed,
)
from transforms.ref.typed import LAKE_COLUMNS, Values


class Edition(NamedTuple):
    """One list file, typed.

    Attributes:
        rows: columns of the table but for `LAKE_COLUMNS`.
        hashes: record hash of each row.
        is_gap: rows that only end the one before.
        list_code: the list.
        is_whole: a code that is not here has ended.
        first_start: start of undated rows if nothing of the list is known yet.
        arrived_at: moment of arrival.
        holds_from: first day of an undated list: as stated, else its day of arrival.
        keeps_first: of rows with one code the first stands.
    """

    rows: pa.Table
    hashes: Values
    is_gap: Values
    list_code: str
    is_whole: bool
    first_start: date | None
    arrived_at: datetime
    holds_from: date
    keeps_first: bool = False


class Change(NamedTuple):
    """What a list file changed, compared with what was known.

    Attributes:
        table: all rows of the reference table, `_run_seq` of rows that did not change
            kept.
        refused: place in the edition → refusal code.
        added, changed, removed, unchanged: codes and starts that are new, have another
            content or end, are true no longer, stay as they were.
    """

    table: pa.Table
    refused: dict[int, str]
    added: int
    changed: int
    removed: int
    unchanged: int


def apply_edition(
    current: pa.Table, edition: Edition, table: Table, run_seq: int
) -> Change:
    """Apply one list file to all rows of a reference table."""
    # Columns alone: a schema that forbids nulls cannot hold rows in the making.
    current = pa.table({name: current[name] for name in current.column_names})
    is_known = np.asarray(pc.is_null(current["known_until"]))
    known = current.filter(pa.array(is_known))
    work = _Work(known, edition, table)
    work.settle()
    return work.change(current.filter(pa.array(~is_known)), run_seq)


class _Work:
    """The rows known now and the new ones side by side, while an edition is applied."""

    def __init__(self, known: pa.Table, edition: Edition, table: Table) -> None:
        names = edition.rows.column_names
        self.edition, self.table, self.known = edition, table, known
        self.all = pa.concat_tables([known.select(names), edition.rows])
        self.all = self.all.combine_chunks()
        size, new = len(self.all), len(edition.rows)
        is_new = np.arange(size) >= size - new
        gaps = np.concatenate([np.zeros(size - new, bool), np.asarray(edition.is_gap)])
        apart = ("valid_from", "valid_to", "list_edition")
        content = [name for name in names if name not in apart]
        self.rows = Rows(
            number_values(self.all, code_columns(table)),
            day_numbers(self.all["valid_from"], UNDATED),
            day_numbers(self.all["valid_to"], OPEN),
            number_values(self.all, content),
            is_new,
            gaps,
        )
        self.standing: Ints = np.flatnonzero(~is_new)
        self.rows.end[self.standing] = reopen(self.rows.take(self.standing))
        self.is_sample: Flags = np.asarray(self.all["is_sample"]).astype(bool)
        self.refused: dict[int, str] = {}

    def settle(self) -> None:
        """Work out the rows that are true now, with their periods."""
        new = np.flatnonzero(self.rows.is_new)
        if self.edition.keeps_first:
            first, others = first_of_code(self.rows.take(new))
            self._refuse(new[others], "repeated_code")
            new = new[first]
        is_undated = self.rows.start[new] == UNDATED
        undated, dated = new[is_undated], new[~is_undated]
        new = np.concatenate([self._date_undated(undated), dated])
        new = self._without_samples(new)
        both = np.concatenate([self.standing, new])
        stands, _, torn = drop_twins(self._seen(both))
        self._refuse(both[torn], "overlap")
        both = both[stands]
        if "valid_from" in self.table.key:
            clash = clashes(self.rows.take(both))
            self._refuse(both[clash], "overlap")
            both = both[~clash]
            self.rows.end[both] = succeed(self.rows.take(both)).end
        self.standing = both[~self.rows.is_gap[both]]

    def change(self, history: pa.Table, run_seq: int) -> Change:
        """Compare the rows that are true now with those that were known."""
        was = day_numbers(self.known["valid_to"], OPEN)
        size = len(self.known)
        stays = self.standing[self.standing < size]
        stays = stays[self.rows.end[stays] == was[stays]]
        fresh = np.setdiff1d(self.standing, stays)
        fresh, again = self._same_again(fresh, was, stays)
        stays = np.concatenate([stays, again])
        gone = np.setdiff1d(np.arange(size), stays)
        moment = self._moment()
        closed = self.known.take(gone)
        # A row that came and went in one moment was never known.
        lasted = np.asarray(pc.less(closed["known_from"], moment))
        closed = with_column(closed.filter(pa.array(lasted)), "known_until", moment)
        closed = with_column(closed, "_run_seq", pa.scalar(run_seq))
        table = pa.concat_tables(
            [
                history,
                self.known.take(np.sort(stays)),
                closed,
                self._new_rows(fresh, moment, run_seq),
            ]
        )
        place = self._places(fresh)
        replaced = int(np.isin(place, self._places(gone)).sum())
        return Change(
            table,
            {at - size: code for at, code in sorted(self.refused.items())},
            added=len(fresh) - replaced,
            changed=replaced,
            removed=len(gone) - replaced,
            unchanged=len(stays),
        )

    def _date_undated(self, undated: Ints) -> Ints:
        """Give undated rows their start; end the codes that a whole list leaves out."""
        if not len(undated):
            return undated
        rows, today = self.rows, day_number(self.edition.holds_from)
        mine = self._of_list(self.standing)
        if self.edition.is_whole and not self.is_sample[undated].any():
            # Samples of a list that comes whole and official were never true.
            self.standing = self.standing[~(mine & self.is_sample[self.standing])]
            mine = self._of_list(self.standing)
        if (rows.start[self.standing[mine]] > today).any():
            # A newer edition is known, and this one would undo it.
            self._refuse(undated, "edition_out_of_order")
            return undated[:0]
        first, _, torn = last_to_end(rows.take(undated))
        self._refuse(undated[torn], "overlap")
        undated_codes = rows.code[undated]
        undated = undated[first]
        rows.start[undated] = self._starts(undated, today, is_first=not mine.any())
        if self.edition.is_whole:
            listed = self.standing[mine]
            absent = listed[~np.isin(rows.code[listed], undated_codes)]
            absent = absent[rows.end[absent] >= today]
            rows.end[absent] = today - 1
            never = absent[rows.start[absent] >= today]
            self.standing = np.setdiff1d(self.standing, never)
        return undated

    def _starts(self, undated: Ints, today: int, *, is_first: bool) -> Ints:
        """Starts of undated rows: a code that goes on keeps the one that is known."""
        rows = self.rows
        open_start = today
        if self.edition.first_start is not None:
            open_start = day_number(self.edition.first_start)
        # A code that had ended before we heard of it was never seen to begin.
        ended = rows.end[undated] < today
        start = np.where(ended | is_first, open_start, today)
        latest = latest_of_code(rows, self.standing)
        before = np.array([latest.get(code, -1) for code in rows.code[undated]], int)
        lives_on = (rows.end[before] >= today) | (rows.end[before] == rows.end[undated])
        same = lives_on & (rows.content[undated] == rows.content[before])
        goes_on = (before >= 0) & (same | ended | (rows.start[before] >= today))
        return np.where(goes_on, rows.start[before], start)

    def _without_samples(self, new: Ints) -> Ints:
        """An official row takes the place of all samples of its code."""
        rows = self.rows
        is_sample = self.is_sample
        official_new = rows.code[new[~is_sample[new]]]
        official_known = rows.code[self.standing[~is_sample[self.standing]]]
        displaced = is_sample[self.standing] & np.isin(
            rows.code[self.standing], official_new
        )
        self.standing = self.standing[~displaced]
        late = is_sample[new] & np.isin(rows.code[new], official_known)
        self._refuse(new[late], "official_known")
        return new[~late]

    def _seen(self, places: Ints) -> Rows:
        """Rows for `drop_twins`: where the key has no date, a code is one."""
        rows = self.rows.take(places)
        if "valid_from" in self.table.key:
            return rows
        return rows._replace(start=np.zeros_like(rows.start))

    def _same_again(self, fresh: Ints, was: Ints, stays: Ints) -> tuple[Ints, Ints]:
        """New rows that say what is known already; the known ones stay instead."""
        size = len(self.known)
        known = np.setdiff1d(np.arange(size), stays)
        told = {
            key: at
            for key, at in zip(self._full(known, was[known]), known, strict=True)
        }
        keys = self._full(fresh, self.rows.end[fresh])
        match = np.array([told.get(key, -1) for key in keys], int)
        return fresh[match < 0], np.unique(match[match >= 0])

    def _full(self, places: Ints, ends: Ints) -> list[tuple[int, ...]]:
        rows = self.rows.take(places)
        columns = (rows.code, rows.start, ends, rows.content)
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def _places(self, places: Ints) -> Ints:
        return self.rows.code[places] * (4 * OPEN) + self.rows.start[places]

    def _refuse(self, places: Ints, code: str) -> None:
        self.refused.update(dict.fromkeys(places.tolist(), code))

    def _of_list(self, places: Ints) -> Flags:
        codes = self.all["list_code"].take(pa.array(places))
        return np.asarray(pc.equal(codes, self.edition.list_code)).astype(bool)

    def _moment(self) -> pa.Scalar:
        """The moment of knowledge; what came later is not known earlier."""
        newest = pc.max(self.known["known_from"]).as_py()
        moment = max(newest or self.edition.arrived_at, self.edition.arrived_at)
        return pa.scalar(moment, pa.timestamp("us", tz="UTC"))

    def _new_rows(self, places: Ints, moment: pa.Scalar, run_seq: int) -> pa.Table:
        size = len(places)
        rows = self.all.take(pa.array(places))
        rows = with_column(rows, "valid_from", as_dates(self.rows.start[places]))
        rows = with_column(rows, "valid_to", as_dates(self.rows.end[places]))
        hashes = pa.concat_arrays(
            [self.known["_record_hash"].combine_chunks(), self.edition.hashes]
        )
        lake = {
            "known_from": pa.repeat(moment, size),
            "known_until": pa.nulls(size, moment.type),
            "_record_hash": hashes.take(pa.array(places)),
            "_run_seq": pa.repeat(pa.scalar(run_seq), size),
        }
        assert tuple(lake) == LAKE_COLUMNS
        for name, values in lake.items():
            rows = rows.append_column(name, values)
        return rows.select(self.known.column_names)
