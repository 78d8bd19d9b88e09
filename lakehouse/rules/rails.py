"""A typed condition as Python syntax trees: when it surely holds, when it still may.

A value that is missing makes a comparison neither true nor false. Two expressions say
all there is to say: `certain` is true where the condition is true, `possible` is true
where it is not false. Between them lies "not evaluated". `&&` and `||` absorb a missing
side just as CEL absorbs an error: one false part decides an `&&`, one true an `||`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from lakehouse.rules import syntax
from lakehouse.rules.atoms import (
    Atoms,
    any_of,
    divisors,
    load,
    local,
    none_test,
    opposite,
    true_of,
)
from lakehouse.rules.nodes import (
    And,
    Choice,
    Compare,
    Has,
    Literal,
    Member,
    Node,
    Not,
    Or,
    Variable,
    variables,
)


class Rails(Atoms):
    """Writes conditions of one generated function, on both rails."""

    def certain(self, node: Node, known: frozenset[str] = frozenset()) -> ast.expr:
        """An expression that is true where the condition is true.

        Args:
            known: variables that are there whenever this expression is reached.
        """
        match node:
            case And(parts=parts):
                return true_of(*self._in_turn(parts, known, self.certain))
            case Or(parts=parts):
                return any_of(*(self.certain(part, known) for part in parts))
            case Not(operand=operand):
                return opposite(self.possible(operand, known))
            case Choice(condition=condition, yes=yes, no=no):
                return any_of(
                    true_of(self.certain(condition, known), self.certain(yes, known)),
                    true_of(
                        opposite(self.possible(condition, known)),
                        self.certain(no, known),
                    ),
                )
            case _:
                return self._certain_atom(node, known)

    def possible(self, node: Node, known: frozenset[str] = frozenset()) -> ast.expr:
        """An expression that is true where the condition is not false."""
        match node:
            case And(parts=parts):
                return true_of(*self._in_turn(parts, known, self.possible))
            case Or(parts=parts):
                return any_of(*(self.possible(part, known) for part in parts))
            case Not(operand=operand):
                return opposite(self.certain(operand, known))
            case Choice(condition=condition, yes=yes, no=no):
                return any_of(
                    true_of(
                        self.possible(condition, known),
                        opposite(self.certain(condition, known)),
                    ),
                    true_of(self.certain(condition, known), self.possible(yes, known)),
                    true_of(
                        opposite(self.possible(condition, known)),
                        self.possible(no, known),
                    ),
                )
            case _:
                return self._possible_atom(node, known)

    def _in_turn(
        self,
        parts: tuple[Node, ...],
        known: frozenset[str],
        write: Callable[[Node, frozenset[str]], ast.expr],
    ) -> list[ast.expr]:
        written = []
        for part in parts:
            written.append(write(part, known))
            if isinstance(part, Has):
                known |= {part.variable.name}
        return written

    def _certain_atom(self, node: Node, known: frozenset[str]) -> ast.expr:
        match node:
            case Has(variable=variable):
                return none_test(variable.name, is_none=False)
            case Literal(value=bool(truth)):
                return syntax.Constant(truth)
            case Variable(name=name):
                return syntax.Compare(
                    load(local(name)), [ast.Is()], [syntax.Constant(True)]
                )
        test = self.test(node)
        if _is_false_on_none(node):
            return test
        return true_of(
            *(none_test(name, is_none=False) for name in _needed(node, known)),
            *(self.zero_test(part, is_zero=False) for part in divisors(node)),
            test,
        )

    def _possible_atom(self, node: Node, known: frozenset[str]) -> ast.expr:
        match node:
            case Has() | Literal():
                return self._certain_atom(node, known)
            case Variable(name=name):
                no = syntax.Constant(False)
                return syntax.Compare(load(local(name)), [ast.IsNot()], [no])
        return any_of(
            *(none_test(name, is_none=True) for name in _needed(node, known)),
            *(self.zero_test(part, is_zero=True) for part in divisors(node)),
            self.test(node),
        )


def _needed(node: Node, known: frozenset[str]) -> list[str]:
    """Variables that may be missing when the atom is reached."""
    return [name for name in variables(node) if name not in known]


def _is_false_on_none(node: Node) -> bool:
    """Whether the plain test is already false when its only variable is missing."""
    match node:
        case Compare(operator="==", left=Variable(), right=Literal()):
            return "double" not in (node.left.type.kind, node.right.type.kind)
        case Member(item=Variable()):
            return True
    return False
