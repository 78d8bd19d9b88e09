"""Raw results of a program become verdicts with the values that each condition read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lakehouse.rules.closure import Closure, Missing, Row
from lakehouse.rules.criterion import CHANNELS, Channel, Criterion
from lakehouse.rules.fuse import Found
from lakehouse.rules.nodes import Node, read_names
from lakehouse.rules.verdicts import Fired, NotEvaluated, Verdicts


class Reading:
    """How one criterion reports.

    Attributes:
        criterion: the row itself.
        names: what its condition reads, in the order of the values that it reports.
    """

    __slots__ = ("_missing", "_on_line", "_open", "criterion", "names")

    def __init__(
        self, criterion: Criterion, names: tuple[str, ...], missing: Missing
    ) -> None:
        """Take a criterion and what keeps its condition from a verdict."""
        self.criterion = criterion
        self.names = names
        # Which of the names have a value for each line.
        self._on_line = tuple(name.startswith(("line.", "price.")) for name in names)
        self._missing = missing
        # What lacks the same names on the whole declaration is the same verdict.
        self._open: dict[tuple[str, ...], NotEvaluated] = {}

    def fired(self, entries: list[Found], numbers: Sequence[int]) -> Fired:
        """The verdict of a condition that holds here."""
        criterion = self.criterion
        first = entries[0]
        on_lines: tuple[int, ...] = ()
        values: dict[str, Any] = dict(zip(self.names, first[3], strict=True))
        if first[1] >= 0:
            on_lines = tuple([numbers[entry[1]] for entry in entries])
            columns = zip(*[entry[3] for entry in entries], strict=True)
            for name, on_line, column in zip(
                self.names, self._on_line, columns, strict=True
            ):
                if on_line:
                    values[name] = column
        return Fired(
            criterion.code,
            criterion.version,
            criterion.layer,
            criterion.weight,
            criterion.floor,
            on_lines,
            values,
        )

    def not_evaluated(
        self, entries: list[Found], bad: Sequence[int], numbers: Sequence[int]
    ) -> NotEvaluated:
        """The verdict of a condition that could not be asked here."""
        if not bad and entries[0][1] < 0:
            return self._of_declaration(tuple(self._missing(entries[0][3])))
        missing: set[str] = set()
        for entry in entries:
            missing.update(self._missing(entry[3]))
        if bad:
            missing.update(f"{name}: bad value" for name in self.names)
        at = sorted({*bad, *(entry[1] for entry in entries)})
        return self._lacking(missing, tuple([numbers[i] for i in at if i >= 0]))

    def _of_declaration(self, missing: tuple[str, ...]) -> NotEvaluated:
        found = self._open.get(missing)
        if found is None:
            found = self._open[missing] = self._lacking(set(missing), ())
        return found

    def _lacking(self, missing: set[str], on_lines: tuple[int, ...]) -> NotEvaluated:
        code, version = self.criterion.code, self.criterion.version
        return NotEvaluated(code, version, on_lines, tuple(sorted(missing)))


def reading_of(criterion: Criterion, node: Node, closure: Closure) -> Reading:
    """How a criterion reports, from what its condition reads."""
    return Reading(criterion, read_names(node), closure.missing)


def collect(
    readings: Sequence[Reading],
    found: list[Found],
    bad: Mapping[int, Sequence[int]],
    lines: Sequence[Row],
) -> Verdicts:
    """Verdicts in order of criterion code, whatever the order of `found`.

    Args:
        found: what a program reports, for each criterion in the order of lines.
        bad: for a criterion the lines on which it met a value of a wrong type.
    """
    numbers = [line.get("line_no") or i for i, line in enumerate(lines, 1)]
    holding: dict[int, list[Found]] = {}
    open_ones: dict[int, list[Found]] = {ordinal: [] for ordinal in bad}
    for entry in found:
        ordinal = entry[0]
        group = holding if entry[2] else open_ones
        if ordinal in group:
            group[ordinal].append(entry)
        else:
            group[ordinal] = [entry]
    tally = Tally()
    for ordinal in sorted(holding):
        tally.add(readings[ordinal], holding[ordinal], numbers)
    return tally.verdicts(
        [
            readings[ordinal].not_evaluated(
                open_ones[ordinal], bad.get(ordinal, ()), numbers
            )
            for ordinal in sorted(open_ones)
        ]
    )


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
