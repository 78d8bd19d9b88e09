"""A condition as a Vietnamese sentence, from the labels of the data elements."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from lakehouse.rules.catalogue import Catalogue
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
    Value,
    Variable,
)
from lakehouse.rules.pattern import literal_prefixes
from lakehouse.time import BUSINESS_ZONE

_GROUPS: Final = {
    "declaration": "của tờ khai",
    "line": "của dòng hàng",
    "enterprise": "của doanh nghiệp",
    "price": "của mặt hàng",
}
_SIGNS: Final = {"+": "+", "-": "−", "*": "×", "/": "÷", "%": "chia lấy dư cho"}
_WORDS: Final = {
    "==": "bằng",
    "!=": "khác",
    "<": "nhỏ hơn",
    "<=": "không quá",
    ">": "lớn hơn",
    ">=": "không nhỏ hơn",
}
_DATE_WORDS: Final = {
    "==": "là",
    "!=": "khác",
    "<": "trước",
    "<=": "không sau",
    ">": "sau",
    ">=": "không trước",
}
_OPPOSITE: Final = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
}
# Codes that the lake itself gives.
_OWN_WORDS: Final = {"import": "nhập khẩu", "export": "xuất khẩu"}
_ON_TEXT: Final = {
    "startsWith": "bắt đầu bằng",
    "endsWith": "kết thúc bằng",
    "contains": "chứa",
    "matches": "khớp mẫu",
}


def to_vietnamese(node: Node, catalogue: Catalogue) -> str:
    """A sentence that says when the condition holds."""
    text = _Writer(catalogue).condition(node)
    return f"{text[0].upper()}{text[1:]}."


class _Writer:
    """Writes one sentence; holds the labels."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        groups: dict[str, set[str]] = {}
        for entry in catalogue.entries.values():
            groups.setdefault(entry.label_vi, set()).add(entry.group)
        self._shared = {label for label, found in groups.items() if len(found) > 1}

    def condition(self, node: Node) -> str:
        match node:
            case And(parts=parts):
                return " và ".join(self._part(part, Or) for part in parts)
            case Or(parts=parts):
                return " hoặc ".join(self._part(part, And) for part in parts)
            case Not(operand=operand):
                return self._opposite(operand)
            case Choice(condition=asked, yes=yes, no=no):
                return (
                    f"nếu {self._part(asked)} thì {self._part(yes)}, "
                    f"nếu không thì {self._part(no)}"
                )
        return self._atom(node, negative=False)

    def _part(self, node: Node, *grouped: type) -> str:
        text = self.condition(node)
        return f"({text})" if isinstance(node, (*grouped, Choice)) else text

    def _opposite(self, node: Node) -> str:
        if isinstance(node, Not):
            return self.condition(node.operand)
        if isinstance(node, And | Or | Choice):
            return f"không đúng là ({self.condition(node)})"
        return self._atom(node, negative=True)

    def _atom(self, node: Node, *, negative: bool) -> str:
        no = "không " if negative else ""
        match node:
            case Has(variable=variable):
                return f"{no}có {self._name(variable)}"
            case Literal(value=value):
                return "luôn đúng" if value is not negative else "không bao giờ đúng"
            case Variable():
                return self._truth(node, negative=negative)
            case Compare():
                return self._compare(node, negative=negative)
            case Member(item=item, container=container):
                return f"{self.value(item)} {no}{self._among(container)}"
            case Call(function=function, arguments=(receiver, part)):
                return f"{self.value(receiver)} {no}{self._on_text(function, part)}"
        raise AssertionError(f"no condition: {node}")

    def _truth(self, node: Variable, *, negative: bool) -> str:
        label = self._name(node)
        if label.startswith("là "):
            return f"không phải {label}" if negative else label
        return f"{label} là {'sai' if negative else 'đúng'}"

    def _compare(self, node: Compare, *, negative: bool) -> str:
        operator = _OPPOSITE[node.operator] if negative else node.operator
        kind = node.left.type.kind
        words = _DATE_WORDS if kind in ("date", "timestamp") else _WORDS
        word = (
            "là" if operator == "==" and kind in ("string", "bool") else words[operator]
        )
        return f"{self.value(node.left)} {word} {self.value(node.right)}"

    def _among(self, container: Node) -> str:
        if isinstance(container, NamedList):
            return f'thuộc danh sách "{container.name}"'
        if not isinstance(container, ListOf):
            raise AssertionError("the type check lets only lists through")
        items = [self.value(item) for item in container.items]
        return f"là {items[0]}" if len(items) == 1 else f"thuộc {', '.join(items)}"

    def _on_text(self, function: str, part: Node) -> str:
        if function == "matches" and isinstance(part, Literal):
            prefixes = literal_prefixes(str(part.value))
            if prefixes:
                return f"bắt đầu bằng {' hoặc '.join(prefixes)}"
        text = self.value(part)
        quoted = f'"{text}"' if function in ("contains", "matches") else text
        return f"{_ON_TEXT[function]} {quoted}"

    def value(self, node: Node) -> str:
        match node:
            case Literal(value=value):
                return shown(value)
            case Variable():
                return self._name(node)
            case Negate(operand=operand):
                return f"−{self.value(operand)}"
            case Arithmetic(operator="-", left=left, right=right) if (
                node.type.kind == "duration"
            ):
                return f"thời gian từ {self.value(right)} đến {self.value(left)}"
            case Arithmetic(operator=operator, left=left, right=right):
                return f"{self._term(left)} {_SIGNS[operator]} {self._term(right)}"
            case Call(function="size", arguments=(text,)):
                return f"số ký tự của {self.value(text)}"
            case Call(function="double", arguments=(number,)):
                return self.value(number)
        raise AssertionError(f"no value: {node}")

    def _term(self, node: Node) -> str:
        text = self.value(node)
        return f"({text})" if isinstance(node, Arithmetic) else text

    def _name(self, node: Variable) -> str:
        entry = self._catalogue.entries[node.name]
        label = entry.label_vi
        # A word is written small inside a sentence, an abbreviation stays as it is.
        if len(label) > 1 and not label[1].isupper():
            label = label[0].lower() + label[1:]
        if entry.label_vi in self._shared:
            label = f"{label} {_GROUPS[entry.group]}"
        return label


def shown(value: Value) -> str:
    """A value as Vietnamese readers write it: 1.000.000, 0,5, 31/01/2026."""
    match value:
        case bool():
            return "đúng" if value else "sai"
        case int() | Decimal():
            number = Decimal(value)
            whole = number == int(number)
            text = f"{int(number) if whole else number.normalize():,}"
            return text.translate(str.maketrans(",.", ".,"))
        case datetime():
            return f"{value.astimezone(BUSINESS_ZONE):%H:%M ngày %d/%m/%Y}"
        case date():
            return f"ngày {value:%d/%m/%Y}"
        case timedelta():
            return _length(value)
        case _:
            return _OWN_WORDS.get(value, value)


def _length(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    if seconds % 86400 == 0:
        return f"{seconds // 86400} ngày"
    if seconds % 3600 == 0:
        return f"{seconds // 3600} giờ"
    return f"{seconds} giây"
