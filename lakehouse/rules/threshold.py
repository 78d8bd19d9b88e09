"""Thresholds of each stream of declarations, and the random strata, as dated rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.closure import EMPTY, Closure, Row, to_closure
from lakehouse.rules.condition import compile_condition
from lakehouse.rules.criterion import Code, Text
from lakehouse.rules.errors import CriterionError
from lakehouse.rules.rows import read_rows


class ChannelThreshold(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Scores from which a declaration of one stream is yellow or red.

    Attributes:
        population_condition: CEL over the declaration; it says who is in the stream.
        stream_order: streams are asked in this order, the first that fits holds.
    """

    stream_code: Text
    stream_title_vi: Text
    stream_order: int
    population_condition: Text
    yellow_from_score: Annotated[int, Meta(ge=1)]
    red_from_score: Annotated[int, Meta(ge=2)]
    valid_from: date
    valid_to: date | None = None
    legal_basis: Text
    is_sample: bool


class RandomSelection(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Share of a random stratum that is drawn.

    Attributes:
        criterion_code: criterion of layer random; its condition is the stratum.
        random_share: probability of being drawn, 0 to 1.
    """

    criterion_code: Code
    random_share: Annotated[float, Meta(ge=0, le=1)]
    drawn_channel: Literal["yellow", "red"]
    valid_from: date
    valid_to: date | None = None
    legal_basis: Text
    is_sample: bool


Dated = TypeVar("Dated", ChannelThreshold, RandomSelection)


def load_thresholds(path: Path) -> list[ChannelThreshold]:
    """Read a file of thresholds.

    Raises:
        UsageError: the file is not there or is not YAML.
        CriterionError: a row does not fit, or red does not lie above yellow.
    """
    rows = read_rows(path, ChannelThreshold)
    check_thresholds(rows)
    return rows


def check_thresholds(rows: Sequence[ChannelThreshold]) -> None:
    """Make sure that red lies above yellow in every stream.

    Raises:
        CriterionError: it does not.
    """
    for row in rows:
        if row.red_from_score <= row.yellow_from_score:
            raise CriterionError(
                "bad_threshold",
                f"{row.stream_code}: red begins at {row.red_from_score}, "
                f"yellow at {row.yellow_from_score}",
                "Let red begin above yellow",
            )


def load_random_selection(path: Path) -> list[RandomSelection]:
    """Read a file of random shares.

    Raises:
        UsageError: the file is not there or is not YAML.
        CriterionError: a row does not fit.
    """
    return read_rows(path, RandomSelection)


def in_force(rows: Sequence[Dated], on: date) -> list[Dated]:
    """Rows whose validity holds on the day, both ends included.

    Raises:
        CriterionError: two rows of one stream or stratum hold on the same day.
    """
    held: dict[str, Dated] = {}
    for row in rows:
        if on < row.valid_from or (row.valid_to is not None and row.valid_to < on):
            continue
        name = (
            row.stream_code if isinstance(row, ChannelThreshold) else row.criterion_code
        )
        if name in held:
            raise CriterionError(
                "overlap", f"{name} has two rows on {on}", "End one before the other"
            )
        held[name] = row
    return list(held.values())


class Streams:
    """The streams of one day; says to which of them a declaration belongs."""

    def __init__(
        self, rows: Sequence[ChannelThreshold], catalogue: Catalogue, on: date
    ) -> None:
        """Compile the populations of the rows that hold on the day.

        Raises:
            CriterionError: no row holds on the day.
            ConditionError: a population does not compile.
        """
        held = sorted(in_force(rows, on), key=lambda row: row.stream_order)
        if not held:
            raise CriterionError(
                "no_threshold",
                f"no threshold holds on {on}",
                "Load ref.channel_threshold",
            )
        self._streams: list[tuple[ChannelThreshold, Closure]] = []
        for row in held:
            node = compile_condition(
                row.population_condition, catalogue, scope="declaration"
            )
            self._streams.append((row, to_closure(node)))

    def of(
        self, declaration: Row, enterprise: Mapping[str, object] | None = None
    ) -> ChannelThreshold:
        """The first stream whose population holds; the last one takes what is left."""
        known = EMPTY if enterprise is None else enterprise
        for row, closure in self._streams:
            if closure.verdict(declaration, known, EMPTY, EMPTY):
                return row
        return self._streams[-1][0]
