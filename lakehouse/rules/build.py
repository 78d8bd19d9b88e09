"""The tree of the CEL grammar becomes our nodes; what our subset lacks is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final, NoReturn

from lark import Token, Tree

from lakehouse.rules.errors import ConditionError
from lakehouse.rules.nodes import (
    And,
    Arithmetic,
    Call,
    Choice,
    Compare,
    Has,
    ListOf,
    Literal,
    Member,
    Negate,
    Node,
    Not,
    Or,
    Value,
    Variable,
)
from lakehouse.rules.types import BOOL, STRING, Type

Branch = Tree[Token]

_COMPARISONS: Final = {
    "relation_eq": "==",
    "relation_ne": "!=",
    "relation_lt": "<",
    "relation_le": "<=",
    "relation_gt": ">",
    "relation_ge": ">=",
}
_OPERATORS: Final = {
    "addition_add": "+",
    "addition_sub": "-",
    "multiplication_mul": "*",
    "multiplication_div": "/",
    "multiplication_mod": "%",
}
_UNSUPPORTED: Final = {
    "member_index": ("an index `[ ]`", "chỉ số `[ ]`"),
    "member_object": ("an object `{ }`", "đối tượng `{ }`"),
    "map_lit": ("a map `{ }`", "bảng tra `{ }`"),
    "dot_ident": ("a name that starts with a dot", "tên bắt đầu bằng dấu chấm"),
    "dot_ident_arg": ("a name that starts with a dot", "tên bắt đầu bằng dấu chấm"),
    "UINT_LIT": ("an unsigned number", "số không dấu"),
    "BYTES_LIT": ("a byte string", "chuỗi byte"),
    "NULL_LIT": ("null; ask has(name) instead", "null; hãy dùng has(tên)"),
}
# Rules that mean something even around a single child.
_KEPT: Final = {"member_dot_arg", "ident_arg", "list_lit", *_UNSUPPORTED}


class TreeBuilder:
    """Turns one parse tree into nodes; holds the text for the place of errors."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._by_rule: dict[str, Callable[[Branch], Node]] = {
            "expr": self._choice,
            "conditionalor": self._or,
            "conditionaland": self._and,
            "relation": self._relation,
            "addition": self._arithmetic,
            "multiplication": self._arithmetic,
            "unary": self._unary,
            "member_dot": self._variable,
            "member_dot_arg": self._method,
            "ident_arg": self._function,
            "ident": self._lonely_name,
            "list_lit": self._list,
            "literal": self._literal,
        }

    def build(self, tree: Branch) -> Node:
        """The nodes of a parse tree."""
        # Most levels of the grammar only pass on their single child.
        while len(tree.children) == 1 and isinstance(tree.children[0], Tree):
            if tree.data in _KEPT:
                break
            tree = tree.children[0]
        rule = str(tree.data)
        if rule in _UNSUPPORTED:
            self._unsupported(rule, self._at(tree))
        if rule not in self._by_rule:
            self._unsupported_text(self._at(tree), rule, rule)
        return self._by_rule[rule](tree)

    def _at(self, tree: Branch) -> int:
        return int(getattr(tree.meta, "start_pos", 0) or 0)

    def _unsupported(self, rule: str, at: int) -> NoReturn:
        en, vi = _UNSUPPORTED[rule]
        self._unsupported_text(at, en, vi)

    def _unsupported_text(self, at: int, en: str, vi: str) -> NoReturn:
        raise ConditionError(
            "unsupported", self.text, at, f"not taken: {en}", f"không hỗ trợ: {vi}"
        )

    def _parts(self, tree: Branch) -> list[Branch]:
        return [part for part in tree.children if isinstance(part, Tree)]

    def _choice(self, tree: Branch) -> Node:
        condition, yes, no = (self.build(part) for part in self._parts(tree))
        return Choice(condition, yes, no, self._at(tree))

    def _chain(self, tree: Branch, rule: str) -> tuple[Node, ...]:
        # Left recursion of the grammar, unrolled so that long chains stay flat.
        parts: list[Branch] = []
        while tree.data == rule and len(tree.children) == 2:
            left, right = self._parts(tree)
            parts.append(right)
            tree = left
        return tuple(self.build(part) for part in [tree, *reversed(parts)])

    def _or(self, tree: Branch) -> Node:
        return Or(self._chain(tree, "conditionalor"), self._at(tree))

    def _and(self, tree: Branch) -> Node:
        return And(self._chain(tree, "conditionaland"), self._at(tree))

    def _relation(self, tree: Branch) -> Node:
        head, right = self._parts(tree)
        left = self.build(self._parts(head)[0])
        at = self._at(tree)
        if head.data == "relation_in":
            return Member(left, self.build(right), at)
        return Compare(_COMPARISONS[str(head.data)], left, self.build(right), at)

    def _arithmetic(self, tree: Branch) -> Node:
        head, right = self._parts(tree)
        left = self.build(self._parts(head)[0])
        operator = _OPERATORS[str(head.data)]
        return Arithmetic(operator, left, self.build(right), self._at(tree))

    def _unary(self, tree: Branch) -> Node:
        sign, operand = self._parts(tree)
        inner = self.build(operand)
        if sign.data == "unary_not":
            return Not(inner, self._at(tree))
        return Negate(inner, self._at(tree))

    def _variable(self, tree: Branch) -> Node:
        owner, name = tree.children
        while isinstance(owner, Tree) and len(owner.children) == 1:
            if owner.data == "ident":
                return Variable(f"{owner.children[0]}.{name}", self._at(tree))
            owner = owner.children[0]
        self._unsupported_text(
            self._at(tree), "a name of more than two parts", "tên có hơn hai phần"
        )

    def _method(self, tree: Branch) -> Node:
        receiver, name, *rest = tree.children
        if not isinstance(receiver, Tree):
            raise AssertionError
        arguments = (self.build(receiver), *self._arguments(rest))
        return Call(str(name), arguments, self._at(tree))

    def _function(self, tree: Branch) -> Node:
        name, *rest = tree.children
        arguments = self._arguments(rest)
        at = self._at(tree)
        if name != "has":
            return Call(str(name), arguments, at)
        if len(arguments) == 1 and isinstance(arguments[0], Variable):
            return Has(arguments[0], at)
        self._unsupported_text(
            at, "has() of anything but one name", "has() chỉ nhận một tên"
        )

    def _arguments(self, rest: list[Branch | Token]) -> tuple[Node, ...]:
        if not rest or not isinstance(rest[0], Tree):
            return ()
        return tuple(self.build(part) for part in self._parts(rest[0]))

    def _lonely_name(self, tree: Branch) -> Node:
        return Variable(str(tree.children[0]), self._at(tree))

    def _list(self, tree: Branch) -> Node:
        return ListOf(self._arguments(list(tree.children)), self._at(tree))

    def _literal(self, tree: Branch) -> Node:
        token = tree.children[0]
        if not isinstance(token, Token):
            raise AssertionError
        at = self._at(tree)
        if token.type in _UNSUPPORTED:
            self._unsupported(token.type, at)
        if token.type == "BOOL_LIT":
            return Literal(token.value == "true", at, BOOL)
        if token.type in ("INT_LIT", "FLOAT_LIT"):
            return number(token.value, at)
        return Literal(self._string(token.value, at), at, STRING)

    def _string(self, raw: str, at: int) -> str:
        body = raw[1:] if raw[0] in "rR" else raw
        quote = 3 if body.startswith(('"""', "'''")) else 1
        value = body[quote:-quote]
        # One quoting rule on every engine: such letters never reach SQL.
        if "'" in value or not value.isprintable():
            raise ConditionError(
                "bad_literal", self.text, at, "a text holds no ' or control letters",
                "chuỗi không được chứa dấu ' hoặc ký tự điều khiển",
            )  # fmt: skip
        return value


def number(text: str, at: int) -> Literal:
    """A number literal with the digits that it was written with."""
    value: Value
    if re.fullmatch(r"-?0x[0-9a-fA-F]+", text):
        value = int(text, 16)
        return Literal(value, at, Type("whole", len(str(abs(value)))))
    if re.fullmatch(r"-?[0-9]+", text):
        value = int(text)
        return Literal(value, at, Type("whole", len(str(abs(value)))))
    exact = Decimal(text)
    _, digits, exponent = exact.as_tuple()
    scale = max(0, -int(exponent))
    precision = max(len(digits) + max(0, int(exponent)), scale + 1)
    return Literal(exact, at, Type("fraction", precision, scale))
