"""Raw results of a program become verdicts with the values that each condition read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from lakehouse.rules.closure import Closure, Missing, Row
from lakehouse.rules.criterion import CHANNELS, Channel, Criterion
from lakehouse.rules.fuse import Found
from lakehouse.rules.nodes import Node, read_names
from lakehouse.rules.verdicts import Fired, NotEvaluated, Verdicts

_INDEX = itemgetter(1)


class Reading(msgspec.Struct, frozen=True):
    """How one criterion reports.

    Attributes:
        missing: what kept it from a verdict.
        names: what its condition reads, in the order of the values that it reports.
        declaration_names: those of them that have one value for all lines.
    """

    criterion: Criterion
    missing: Missing
    names: tuple[str, ...]
    declaration_names: tuple[str, ...]

    def fired(self, entries: list[Found], numbers: Sequence[int]) -> Fired:
        """The verdict of a condition that holds here."""
        criterion = self.criterion
        columns = zip(*[entry[3] for entry in entries], strict=True)
        values: dict[str, Any] = dict(zip(self.names, columns, strict=True))
        for name in self.declaration_names:
            values[name] = values[name][0]
        on_lines = () if entries[0][1] < 0 else [numbers[entry[1]] for entry in entries]
        return Fired(
            criterion.code,
            criterion.version,
            criterion.layer,
            criterion.weight,
            criterion.floor,
            tuple(on_lines),
            values,
        )

    def not_evaluated(
        self, entries: list[Found], bad: Sequence[int], numbers: Sequence[int]
    ) -> NotEvaluated:
        """The verdict of a condition that could not be asked here."""
        missing: set[str] = set()
        for entry in entries:
            missing.update(self.missing(entry[3]))
        if bad:
            missing.update(f"{name}: bad value" for name in self.names)
        at = sorted({*bad, *(entry[1] for entry in entries)})
        criterion = self.criterion
        return NotEvaluated(
            criterion.code,
            criterion.version,
            tuple([numbers[i] for i in at if i >= 0]),
            tuple(sorted(missing)),
        )


def reading_of(criterion: Criterion, node: Node, closure: Closure) -> Reading:
    """How a criterion reports, from what its condition reads."""
    names = read_names(node)
    heads = tuple(name for name in names if not name.startswith(("line.", "price.")))
    return Reading(criterion, closure.missing, names, heads)


def collect(
    readings: Sequence[Reading],
    found: list[Found],
    bad: Mapping[int, Sequence[int]],
    lines: Sequence[Row],
) -> Verdicts:
    """Verdicts in order of criterion code, whatever the order of `found`.

    Args:
        found: what a program reports.
        bad: for a criterion the lines on which it met a value of a wrong type.
    """
    numbers = [line.get("line_no") or i for i, line in enumerate(lines, 1)]
    by_ordinal: dict[int, list[Found]] = {ordinal: [] for ordinal in bad}
    for entry in found:
        ordinal = entry[0]
        if ordinal in by_ordinal:
            by_ordinal[ordinal].append(entry)
        else:
            by_ordinal[ordinal] = [entry]
    tally = Tally()
    not_evaluated: list[NotEvaluated] = []
    for ordinal in sorted(by_ordinal):
        entries = by_ordinal[ordinal]
        reading = readings[ordinal]
        if len(entries) > 1:
            entries.sort(key=_INDEX)
        holds = [entry for entry in entries if entry[2]]
        if holds:
            tally.add(reading, holds, numbers)
        if len(holds) < len(entries) or ordinal in bad:
            open_ones = [entry for entry in entries if not entry[2]]
            not_evaluated.append(
                reading.not_evaluated(open_ones, bad.get(ordinal, ()), numbers)
            )
    return tally.verdicts(not_evaluated)


class Tally:
    """Adds up what fired, by layer and status."""

    def __init__(self) -> None:
        self._fired: list[Fired] = []
        self._shadow: list[Fired] = []
        self._strata: list[str] = []
        self._score = 0
        self._floor = -1

    def add(
        self, reading: Reading, entries: list[Found], numbers: Sequence[int]
    ) -> None:
        """Count a criterion that holds."""
        criterion = reading.criterion
        if criterion.status == "shadow":
            self._shadow.append(reading.fired(entries, numbers))
        elif criterion.layer == "random":
            self._strata.append(criterion.code)
        else:
            self._fired.append(reading.fired(entries, numbers))
            self._score += criterion.weight
            if criterion.floor is not None:
                self._floor = max(self._floor, CHANNELS.index(criterion.floor))

    def verdicts(self, not_evaluated: list[NotEvaluated]) -> Verdicts:
        """The sum."""
        floor: Channel | None = CHANNELS[self._floor] if self._floor >= 0 else None
        return Verdicts(
            tuple(self._fired),
            tuple(not_evaluated),
            self._score,
            floor,
            tuple(self._strata),
            tuple(self._shadow),
        )
