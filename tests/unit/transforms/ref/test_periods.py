"""Periods of a code follow each other and never overlap."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transforms.ref.periods import (
    OPEN,
    Rows,
    clashes,
    drop_twins,
    last_to_end,
    reopen,
    succeed,
)

_ROWS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 30),
        st.none() | st.integers(0, 6),
        st.integers(0, 2),
    ),
    max_size=14,
)


def _rows(drawn: list[tuple[int, int, int | None, int]]) -> Rows:
    columns = np.array(
        [
            (code, start, OPEN if days is None else start + days, content)
            for code, start, days, content in drawn
        ],
        np.int64,
    ).reshape(-1, 4)
    size = len(columns)
    new, gap = np.ones(size, bool), np.zeros(size, bool)
    return Rows(columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3], new, gap)


def _days(rows: Rows) -> list[tuple[int, int]]:
    """Every (code, day) up to day 60 on which a row holds, as often as one does."""
    return [
        (int(code), day)
        for code, start, end in zip(rows.code, rows.start, rows.end, strict=True)
        for day in range(int(start), min(int(end), 60) + 1)
    ]


@given(drawn=_ROWS)
def test_after_refusal_and_succession_a_code_holds_once_a_day(
    drawn: list[tuple[int, int, int | None, int]],
) -> None:
    rows = _rows(drawn)
    rows = rows.take(drop_twins(rows)[0])
    rows = succeed(rows.take(~clashes(rows)))
    days = _days(rows)
    assert len(days) == len(set(days))


@given(drawn=_ROWS)
def test_nothing_is_refused_where_no_two_rows_overlap(
    drawn: list[tuple[int, int, int | None, int]],
) -> None:
    once = {(code, start // 10): (code, start, 0, 0) for code, start, *_ in drawn}
    apart = [(code, place * 10, 5, 0) for code, place in once]
    assert not clashes(_rows(apart)).any()


@given(drawn=_ROWS)
def test_an_end_that_follows_from_the_next_start_is_found_again(
    drawn: list[tuple[int, int, int | None, int]],
) -> None:
    rows = _rows(drawn)
    rows = rows.take(drop_twins(rows)[0])
    settled = succeed(rows.take(~clashes(rows)))
    again = succeed(settled._replace(end=reopen(settled)))
    assert again.end.tolist() == settled.end.tolist()


def test_the_row_that_ends_last_stands_for_its_code() -> None:
    rows = _rows([(0, 0, 5, 1), (0, 0, None, 2), (0, 0, 6, 3), (1, 0, 3, 1)])
    stands, told, torn = last_to_end(rows)
    assert (sorted(stands), sorted(told), len(torn)) == ([1, 3], [0, 2], 0)


def test_two_rows_that_end_together_and_differ_are_not_chosen_between() -> None:
    rows = _rows([(0, 0, 5, 1), (0, 0, 5, 2), (1, 0, 5, 1), (1, 0, 5, 1)])
    stands, told, torn = last_to_end(rows)
    assert sorted(torn) == [0, 1]
    assert len(stands) == len(told) == 1
