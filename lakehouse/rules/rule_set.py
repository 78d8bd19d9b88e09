"""All criteria of one day compiled together: evaluated fast, saved by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from lakehouse.rules.catalogue import Catalogue, Entry
from lakehouse.rules.closure import EMPTY, Closure, Row, to_closure
from lakehouse.rules.condition import compile_condition
from lakehouse.rules.criterion import Criterion
from lakehouse.rules.errors import ConditionError, CriterionError
from lakehouse.rules.fuse import Found
from lakehouse.rules.nodes import Node, list_names, read_names
from lakehouse.rules.reading import collect, reading_of
from lakehouse.rules.variants import Variants
from lakehouse.rules.verdicts import Verdicts
from lakehouse.whole import write_whole

FORMAT: Final = 1
CURRENT: Final = "current"
# What a value of the wrong type can raise inside a compiled condition.
_BAD_VALUE: Final = (TypeError, ValueError, AttributeError, ArithmeticError)


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule set is made of; its canonical JSON is what the hash covers.

    Attributes:
        catalogue: the entries that the conditions read, so that a saved set means the
            same after a contract has changed.
    """

    format: int
    on: date
    criteria: list[Criterion]
    lists: dict[str, list[str]]
    catalogue: list[Entry]


class Compiled(msgspec.Struct, frozen=True):
    """A criterion with its condition compiled."""

    criterion: Criterion
    node: Node
    closure: Closure

    @property
    def is_active(self) -> bool:
        """Whether it counts; a shadow of the same code does not."""
        return self.criterion.status == "active"


class RuleSet:
    """Criteria that are in force on one day, compiled, with the hash of their content.

    Attributes:
        hash: sha256 of the canonical JSON of the content.
        on: day for which the set was built.
        criteria: active and shadow criteria in order of code.
    """

    def __init__(self, content: Content, nodes: Sequence[Node] | None = None) -> None:
        """Compile a content; `nodes` are its conditions where they are at hand."""
        self.content = content
        self.on = content.on
        self.hash = hashlib.sha256(_canonical(content)).hexdigest()
        self.criteria = tuple(content.criteria)
        catalogue = Catalogue({entry.name: entry for entry in content.catalogue})
        lists = {name: frozenset(values) for name, values in content.lists.items()}
        if nodes is None:
            nodes = [_condition(row, catalogue, lists) for row in self.criteria]
        self._compiled = tuple(
            Compiled(criterion, node, to_closure(node, lists))
            for criterion, node in zip(self.criteria, nodes, strict=True)
        )
        ordered = sorted(self._compiled, key=lambda part: part.is_active)
        # Where a shadow has the code of an active criterion, the active one is last.
        self._by_code = {part.criterion.code: part for part in ordered}
        self._readings = tuple(
            reading_of(part.criterion, part.node, part.closure)
            for part in self._compiled
        )
        self._program = Variants(
            [(compiled.criterion.scope, compiled.node) for compiled in self._compiled],
            lists,
        )

    @classmethod
    def build(
        cls,
        criteria: Sequence[Criterion],
        catalogue: Catalogue,
        lists: Mapping[str, Collection[str]],
        on: date,
    ) -> RuleSet:
        """Compile the criteria that are active or in the shadow on a day.

        Raises:
            CriterionError: a condition does not compile; the message names criterion,
                line and column.
        """
        in_force = [
            row
            for row in criteria
            if row.status in ("active", "shadow") and row.is_valid(on)
        ]
        in_force.sort(key=lambda row: (row.code, row.version))
        nodes = [_condition(row, catalogue, lists) for row in in_force]
        names = {name for node in nodes for name in read_names(node)}
        asked = {name for node in nodes for name in list_names(node)}
        content = Content(
            format=FORMAT,
            on=on,
            criteria=in_force,
            lists={name: sorted(set(lists[name])) for name in sorted(asked)},
            catalogue=[catalogue.entries[name] for name in sorted(names)],
        )
        return cls(content, nodes)

    def criterion(self, code: str) -> Criterion:
        """The criterion in force under a code: its title, guidance and legal basis."""
        return self._by_code[code].criterion

    def condition(self, code: str) -> Node:
        """The typed condition of a criterion."""
        return self._by_code[code].node

    def evaluate(
        self,
        declaration: Row,
        lines: Sequence[Row],
        enterprise: Row | None = None,
        prices: Sequence[Row | None] = (),
    ) -> Verdicts:
        """Evaluate every criterion in force; depends on nothing but the arguments.

        Args:
            enterprise: activity features of the declarant; None where there are none.
            prices: price features of each line, None where there are none.
        """
        known = EMPTY if enterprise is None else enterprise
        if len(prices) < len(lines):
            prices = [*prices, *[None] * (len(lines) - len(prices))]
        rows = (declaration, known, lines, prices)
        bad: dict[int, list[int]] = {}
        try:
            found = self._program.run(*rows)
        except _BAD_VALUE:
            found, bad = self._carefully(*rows)
        return collect(self._readings, found, bad, lines)

    def _carefully(
        self,
        declaration: Row,
        enterprise: Row,
        lines: Sequence[Row],
        prices: Sequence[Row | None],
    ) -> tuple[list[Found], dict[int, list[int]]]:
        """Each criterion by itself: a bad value stops only those that read it."""
        found: list[Found] = []
        bad: dict[int, list[int]] = {}
        for ordinal, compiled in enumerate(self._compiled):
            on_line = compiled.criterion.scope == "line"
            for i in range(len(lines)) if on_line else (-1,):
                rows_of = {
                    "declaration": declaration,
                    "enterprise": enterprise,
                    "line": lines[i] if on_line else EMPTY,
                    "price": (prices[i] or EMPTY) if on_line else EMPTY,
                }
                try:
                    verdict = compiled.closure.verdict(**rows_of)
                except _BAD_VALUE:
                    bad.setdefault(ordinal, []).append(i)
                    continue
                if verdict is not False:
                    values = _values(self._readings[ordinal].names, rows_of)
                    found.append((ordinal, i, verdict is True, values))
        return found, bad

    def save(self, folder: Path) -> Path:
        """Write the set as `<hash>.json`; an existing file is left as it is."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.hash}.json"
        if not path.exists():
            write_whole(path, _canonical(self.content))
        return path

    @classmethod
    def load(cls, path: Path) -> RuleSet:
        """Read a saved set and compile it again.

        Raises:
            CriterionError: not there, of another format, or changed since it was saved.
        """
        try:
            raw = path.read_bytes()
            rule_set = cls(msgspec.json.decode(raw, type=Content))
        except (OSError, msgspec.DecodeError) as error:
            raise CriterionError(
                "bad_rule_set", f"{path.name}: {error}", "Publish the rule set again"
            ) from None
        if rule_set.content.format != FORMAT or path.stem != rule_set.hash:
            raise CriterionError(
                "bad_rule_set",
                f"{path.name} was changed or has another format",
                "Publish the rule set again",
            )
        return rule_set


def _values(names: Sequence[str], rows: Mapping[str, Row]) -> tuple[Any, ...]:
    parts = (name.split(".", 1) for name in names)
    return tuple(rows[group].get(column) for group, column in parts)


def _condition(
    criterion: Criterion, catalogue: Catalogue, lists: Collection[str]
) -> Node:
    try:
        return compile_condition(criterion.condition, catalogue, lists, criterion.scope)
    except ConditionError as error:
        raise CriterionError(
            error.code,
            f"{criterion.code} version {criterion.version}, {error.message}",
            error.remedy,
        ) from None


def publish(rule_set: RuleSet, folder: Path) -> Path:
    """Save a set and make it the current one, in one step for readers."""
    path = rule_set.save(folder)
    write_whole(folder / CURRENT, rule_set.hash.encode())
    return path


def load_current(folder: Path) -> RuleSet:
    """The published set of a folder.

    Raises:
        CriterionError: nothing is published, or the file is damaged.
    """
    pointer = folder / CURRENT
    if not pointer.is_file():
        raise CriterionError(
            "no_rule_set", "no rule set is published", "Run `customs rules publish`"
        )
    return RuleSet.load(folder / f"{pointer.read_text(encoding='ascii').strip()}.json")


def _canonical(content: Content) -> bytes:
    return msgspec.json.encode(content, order="sorted")
