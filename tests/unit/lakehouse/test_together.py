"""Pieces of work carried out together give what they give one after another."""

from functools import partial
from threading import Barrier, Event

import pytest

from lakehouse.together import together


def test_what_pieces_give_comes_in_their_order():
    waits = Event()
    assert together(partial(waits.wait, 10), waits.set, int) == [True, None, 0]


def test_pieces_are_under_way_at_the_same_time():
    met = Barrier(2, timeout=10)
    assert sorted(together(met.wait, met.wait)) == [0, 1]


def test_a_failure_is_told_when_the_others_have_ended():
    done = []
    with pytest.raises(ZeroDivisionError):
        together(partial(divmod, 1, 0), partial(done.append, "whole"))
    assert done == ["whole"]
