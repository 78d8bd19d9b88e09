"""What all lines of a declaration say together: conditions that none of them can meet.

A text that no goods name contains, or a value above that of every line, is then asked
once a declaration and not once a line.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Final

from lakehouse.rules import syntax
from lakehouse.rules.atoms import Atoms, any_of, compare, load, local, true_of
from lakehouse.rules.nodes import And, Call, Compare, Literal, Node, Or, Variable

# The value of a column that decides a comparison with a constant.
_EXTREMES: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "<": ("least", min),
    "<=": ("least", min),
    ">": ("most", max),
    ">=": ("most", max),
}
# What holds of a text only if it contains the constant.
_TEXT: Final = frozenset({"contains", "startsWith", "endsWith"})
_APART: Final = "\n"
# A double may be no number, which has no extreme.
_ORDERED: Final = frozenset({"whole", "fraction"})


class Columns:
    """Writes what is computed of whole columns in one generated function, and tests."""

    def __init__(self, atoms: Atoms) -> None:
        """Write with the constants of a function."""
        self._atoms = atoms
        self._summaries: dict[str, tuple[str, Callable[..., Any]]] = {}

    def possible(self, node: Node) -> ast.expr | None:
        """A test that fails only where no line can meet the condition.

        None where whole columns tell nothing of it.
        """
        match node:
            case And(parts=parts):
                told = [test for part in parts if (test := self.possible(part))]
                return true_of(*told) if told else None
            case Or(parts=parts):
                told = [test for part in parts if (test := self.possible(part))]
                return any_of(*told) if len(told) == len(parts) else None
            case Call(
                function=function, arguments=(Variable(name=name), Literal() as part)
            ) if function in _TEXT and name.startswith("line."):
                text = self._summary(name, "text", _APART.join)
                test = syntax.Compare(self._atoms.value(part), [ast.In()], [load(text)])
                return _or_missing(text, test)
            case Compare(operator=operator, left=Variable() as left, right=right) if (
                operator in _EXTREMES and _is_ordered(left, right)
            ):
                extreme = self._summary(left.name, *_EXTREMES[operator])
                test = compare(load(extreme), operator, self._atoms.value(right))
                return _or_missing(extreme, test)
        return None

    @property
    def names(self) -> list[str]:
        """Variables of which whole columns are read."""
        return list(dict.fromkeys(name for name, _ in self._summaries.values()))

    def statements(self) -> list[ast.stmt]:
        """Statements that compute what the tests read, from columns."""
        made: list[ast.stmt] = []
        for summary, (name, function) in self._summaries.items():
            values = load(column(name))
            value = syntax.IfExp(
                self._lacks_some(values),
                syntax.Constant(None),
                syntax.Call(self._atoms.constants.add(function), [values], []),
            )
            made.append(syntax.Assign([syntax.Name(summary, ast.Store())], value))
        return made

    def _lacks_some(self, values: ast.expr) -> ast.expr:
        """Whether a column lacks a value.

        By the types of its values: to compare a decimal number with None takes longer
        than all else that is done with it.
        """
        constant = self._atoms.constants.add
        types = syntax.Call(constant(map), [constant(type), values], [])
        found = syntax.Call(constant(set), [types], [])
        return syntax.Compare(constant(type(None)), [ast.In()], [found])

    def _summary(self, name: str, word: str, function: Callable[..., Any]) -> str:
        summary = f"{word}_{local(name)}"
        self._summaries[summary] = (name, function)
        return summary


def column(name: str) -> str:
    """Name of the local that holds a variable's values on all lines."""
    return f"all_{local(name)}"


def _is_ordered(left: Variable, right: Node) -> bool:
    kinds = {left.type.kind, right.type.kind}
    constant = isinstance(right, Literal)
    return constant and kinds <= _ORDERED and left.name.startswith("line.")


def _or_missing(summary: str, test: ast.expr) -> ast.expr:
    """The test, or a line that lacks the value: there the condition is open."""
    missing = syntax.Compare(load(summary), [ast.Is()], [syntax.Constant(None)])
    return any_of(missing, test)
