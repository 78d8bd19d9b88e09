"""A condition's text becomes a tree; what our subset of CEL lacks is refused by name.

The grammar is the one that the `cel-python` package ships; only its file is read, so
that the decision path does not load an interpreter that it never uses.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final, NoReturn

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

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
    children,
)
from lakehouse.rules.types import BOOL, STRING, Type

Branch = Tree[Token]

MAX_LENGTH: Final = 4000
MAX_DEPTH: Final = 40
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


def parse(text: str) -> Node:
    """Parse a condition.

    Raises:
        ConditionError: too long, too deep, not CEL, or CEL that we do not take.
    """
    if len(text) > MAX_LENGTH:
        _refuse(text, 0, "too_long", f"more than {MAX_LENGTH} letters", "quá dài")
    if "\\" in text:
        at = text.index("\\")
        _refuse(
            text, at, "backslash", "no backslash; write [.] in a pattern",
            "không dùng dấu gạch chéo ngược; trong mẫu hãy viết [.]",
        )  # fmt: skip
    try:
        tree = _grammar().parse(text)
    except UnexpectedInput as error:
        _refuse_syntax(text, error)
    try:
        node = _Builder(text).build(tree)
    except RecursionError:
        _refuse_depth(text, 0)
    _check_depth(node, text)
    return node


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    spec = importlib.util.find_spec("celpy")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("the package cel-python is not installed")
    path = Path(spec.submodule_search_locations[0]) / "cel.lark"
    return Lark(
        path.read_text(encoding="utf-8"),
        parser="lalr",
        start="expr",
        g_regex_flags=re.M,
        lexer_callbacks={"IDENT": _truth_words},
        propagate_positions=True,
        maybe_placeholders=False,
        priority="invert",
    )


def _truth_words(token: Token) -> Token:
    # The grammar cannot tell `true` from a name; the same fix as in its own package.
    if token.value in ("true", "false"):
        return Token.new_borrow_pos("BOOL_LIT", token.value, token)
    return token


def _refuse(text: str, at: int, code: str, en: str, vi: str) -> NoReturn:
    raise ConditionError(code, text, at, en, vi)


def _refuse_syntax(text: str, error: UnexpectedInput) -> NoReturn:
    at = error.pos_in_stream if isinstance(error.pos_in_stream, int) else len(text)
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if ended:
        _refuse(
            text, len(text), "syntax", "the condition ends too early",
            "điều kiện kết thúc giữa chừng",
        )  # fmt: skip
    found = text[at : at + 12].split("\n")[0]
    hint_en, hint_vi = "", ""
    if isinstance(error, UnexpectedCharacters) and found.startswith("="):
        hint_en, hint_vi = "; equality is ==", "; so sánh bằng là =="
    _refuse(
        text, at, "syntax", f"`{found}` was not expected here{hint_en}",
        f"không hiểu `{found}` ở đây{hint_vi}",
    )  # fmt: skip


def _check_depth(root: Node, text: str) -> None:
    level: list[Node] = [root]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in children(node)]
        if not level:
            return
    _refuse_depth(text, level[0].at)


def _refuse_depth(text: str, at: int) -> NoReturn:
    reason = f"nested deeper than {MAX_DEPTH} levels"
    _refuse(text, at, "too_deep", reason, f"lồng nhau quá {MAX_DEPTH} lớp")


class _Builder:
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
        # Most levels of the grammar only pass on their single child.
        while len(tree.children) == 1 and isinstance(tree.children[0], Tree):
            if tree.data in ("member_dot_arg", "ident_arg", "list_lit"):
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
        _refuse(
            self.text, at, "unsupported", f"not taken: {en}", f"không hỗ trợ: {vi}"
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
            _refuse(
                self.text, at, "bad_literal", "a text may not hold ' or control letters",
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
