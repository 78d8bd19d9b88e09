"""A parsed condition becomes a typed one, or an error that says what was expected."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import replace
from typing import Final, NoReturn

from lakehouse.rules.catalogue import SOURCES, Catalogue
from lakehouse.rules.errors import ConditionError
from lakehouse.rules.functions import FUNCTIONS, literal_call
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
    NamedList,
    Negate,
    Node,
    Not,
    Or,
    Variable,
)
from lakehouse.rules.pattern import problem
from lakehouse.rules.precision import arithmetic_type
from lakehouse.rules.types import BOOL, DOUBLE, KIND_VI, STRING, Type

ALL_GROUPS: Final = tuple(SOURCES)


def check(
    node: Node,
    text: str,
    catalogue: Catalogue,
    lists: Collection[str] = (),
    groups: Collection[str] = ALL_GROUPS,
) -> Node:
    """Give every node its type.

    Args:
        lists: names of the reference lists that a condition may ask.
        groups: groups of names that the scope of the criterion allows.

    Raises:
        ConditionError: an unknown name or function, or types that do not fit.
    """
    typed = _Checker(text, catalogue, lists, groups).check(node)
    if typed.type != BOOL:
        raise ConditionError(
            "not_a_condition",
            text,
            node.at,
            f"a condition must be true or false, this is {typed.type}",
            f"điều kiện phải cho đúng/sai, đây là {KIND_VI[typed.type.kind]}",
        )
    return typed


class _Checker:
    """Checks one condition; holds what the names may be."""

    def __init__(
        self,
        text: str,
        catalogue: Catalogue,
        lists: Collection[str],
        groups: Collection[str],
    ) -> None:
        self.text = text
        self.catalogue = catalogue
        self.lists = lists
        self.groups = groups

    def check(self, node: Node) -> Node:
        match node:
            case Literal():
                return node
            case Variable():
                return self._variable(node)
            case Has(variable=variable):
                return replace(node, variable=self._variable(variable))
            case ListOf() | NamedList():
                self._refuse(node, "a list stands only after `in`", "sau `in`")
            case Negate():
                return self._negate(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Compare():
                return self._compare(node)
            case Member():
                return self._member(node)
            case Call():
                return self._call(node)
            case Choice():
                return self._choice(node)
            case Not(operand=operand):
                return replace(node, operand=self._truth(operand))
            case And(parts=parts) | Or(parts=parts):
                return replace(node, parts=tuple(self._truth(part) for part in parts))

    def _refuse(
        self, node: Node, en: str, vi: str, code: str = "type_mismatch"
    ) -> NoReturn:
        raise ConditionError(code, self.text, node.at, en, vi)

    def _expected(self, node: Node, expected: str, expected_vi: str) -> NoReturn:
        kind = node.type.kind
        self._refuse(
            node,
            f"expected {expected}, found {node.type}",
            f"cần {expected_vi}, đang là {KIND_VI[kind]}",
        )

    def _truth(self, node: Node) -> Node:
        typed = self.check(node)
        if typed.type != BOOL:
            self._expected(typed, "true or false", "đúng/sai")
        return typed

    def _variable(self, node: Variable) -> Variable:
        group, _, column = node.name.partition(".")
        if group == "lists":
            self._refuse(node, "a list stands only after `in`", "danh sách đứng sau in")
        entry = self.catalogue.entries.get(node.name)
        if entry is None or not column:
            near = self.catalogue.nearest(node.name)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            hint_vi = f"; có phải {', '.join(near)}?" if near else ""
            self._refuse(
                node, f"no value is named `{node.name}`{hint}",
                f"không có tên `{node.name}`{hint_vi}", "unknown_name",
            )  # fmt: skip
        if group not in self.groups:
            allowed = ", ".join(self.groups)
            self._refuse(
                node, f"the scope reads only {allowed}; `{node.name}` is not there",
                f"phạm vi này chỉ đọc {allowed}", "out_of_scope",
            )  # fmt: skip
        return replace(node, type=entry.type)

    def _negate(self, node: Negate) -> Node:
        operand = self.check(node.operand)
        if not operand.type.is_number:
            self._expected(operand, "a number", "số")
        if isinstance(operand, Literal) and not isinstance(operand.value, str):
            value = -operand.value  # type: ignore[operator] # numbers only, checked
            return replace(operand, value=value, at=node.at)
        return replace(node, operand=operand, type=operand.type)

    def _arithmetic(self, node: Arithmetic) -> Node:
        left, right = self.check(node.left), self.check(node.right)
        found = arithmetic_type(node.operator, left, right)
        if isinstance(found, Type):
            return replace(node, left=left, right=right, type=found)
        self._refuse(node, *found)

    def _compare(self, node: Compare) -> Node:
        left, right = self.check(node.left), self.check(node.right)
        if left.type.kind != right.type.kind and not (
            left.type.is_number and right.type.is_number
        ):
            kind = left.type.kind
            self._expected(right, f"{left.type} as on the left", KIND_VI[kind])
        if left.type == BOOL:
            if node.operator not in ("==", "!="):
                self._refuse(
                    node, "true and false have no order", "đúng/sai không có thứ tự"
                )
            for side in (left, right):
                if not isinstance(side, Literal | Variable):
                    self._refuse(side, "write it with && || !", "hãy viết bằng && || !")
        return replace(node, left=left, right=right)

    def _member(self, node: Member) -> Node:
        item = self.check(node.item)
        container = node.container
        if isinstance(container, Variable) and container.name.startswith("lists."):
            return replace(node, item=item, container=self._named(container, item))
        if not isinstance(container, ListOf) or not container.items:
            self._refuse(
                container, "expected a list such as ['VN', 'CN'] or lists.<name>",
                "cần danh sách như ['VN', 'CN'] hoặc lists.<tên>",
            )  # fmt: skip
        items = tuple(self.check(part) for part in container.items)
        for part in items:
            if not isinstance(part, Literal) or part.type.kind != item.type.kind:
                self._expected(
                    part, f"a constant {item.type}", f"hằng {KIND_VI[item.type.kind]}"
                )
        if item.type.kind not in ("string", "whole", "date"):
            self._expected(item, "a text, a whole or a date", "chuỗi, số nguyên, ngày")
        kind = Type("list", item=item.type.kind)
        return replace(
            node, item=item, container=replace(container, items=items, type=kind)
        )

    def _named(self, container: Variable, item: Node) -> NamedList:
        name = container.name.removeprefix("lists.")
        if name not in self.lists:
            near = difflib.get_close_matches(name, self.lists, 1)
            hint = f"; did you mean lists.{near[0]}?" if near else ""
            self._refuse(
                container, f"no list is named `{name}`{hint}",
                f"không có danh sách `{name}`", "unknown_name",
            )  # fmt: skip
        if item.type != STRING:
            self._expected(item, "a text", "chuỗi")
        return NamedList(name, container.at, Type("list", item="string"))

    def _call(self, node: Call) -> Node:
        made = literal_call(node, self.text)
        if made is not None:
            return made
        signature = FUNCTIONS.get(node.function)
        if signature is None:
            near = difflib.get_close_matches(node.function, FUNCTIONS, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            known = ", ".join(FUNCTIONS)
            self._refuse(
                node, f"no function `{node.function}`{hint}; known: {known}",
                f"không có hàm `{node.function}`", "unknown_function",
            )  # fmt: skip
        if len(node.arguments) != len(signature.arguments):
            count = len(signature.arguments)
            self._refuse(node, f"expected {count} arguments", f"cần {count} tham số")
        arguments = tuple(self.check(part) for part in node.arguments)
        for part, expected in zip(arguments, signature.arguments, strict=True):
            fits = part.type.is_number if expected == DOUBLE else part.type == expected
            if not fits:
                self._expected(part, str(expected), KIND_VI[expected.kind])
        if node.function == "matches":
            self._pattern(arguments[1])
        return replace(node, arguments=arguments, type=signature.result)

    def _pattern(self, node: Node) -> None:
        if not isinstance(node, Literal):
            self._refuse(node, "a pattern must be a constant", "mẫu phải là hằng")
        found = problem(str(node.value))
        if found is not None:
            self._refuse(
                node, f"pattern: {found[0]}", f"mẫu: {found[1]}", "bad_pattern"
            )

    def _choice(self, node: Choice) -> Node:
        condition = self._truth(node.condition)
        yes, no = self.check(node.yes), self.check(node.no)
        kinds = {yes.type.kind, no.type.kind}
        if kinds == {"fraction", "double"}:
            return replace(node, condition=condition, yes=yes, no=no, type=DOUBLE)
        if len(kinds) > 1:
            self._expected(
                no, f"{yes.type} as before the colon", KIND_VI[yes.type.kind]
            )
        widest = max(yes.type, no.type, key=lambda kind: (kind.precision, kind.scale))
        return replace(node, condition=condition, yes=yes, no=no, type=widest)
