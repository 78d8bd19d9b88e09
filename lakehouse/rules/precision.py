"""Result types of arithmetic: exact for whole and decimal numbers."""

from __future__ import annotations

from lakehouse.rules.nodes import Node
from lakehouse.rules.types import DOUBLE, DURATION, MAX_PRECISION, Type

Refusal = tuple[str, str]


def arithmetic_type(operator: str, left: Node, right: Node) -> Type | Refusal:
    """Type of `left operator right`, or why it is refused (English, Vietnamese)."""
    one, two = left.type, right.type
    if one.kind == two.kind and one.kind in ("date", "timestamp"):
        if operator == "-":
            return DURATION
        return f"no `{operator}` of two {one}s", "chỉ trừ được hai ngày cho nhau"
    if not (one.is_number and two.is_number):
        return (
            f"no `{operator}` of {one} and {two}",
            f"không tính được `{operator}` ở đây",
        )
    if (one.kind == "whole") != (two.kind == "whole"):
        other = two if one.kind == "whole" else one
        return (
            f"`{operator}` of whole and {other}: write double(x), or 2.0 for 2",
            "số nguyên và số thập phân: hãy viết double(x), hoặc 2.0 thay cho 2",
        )
    if one.kind == "whole":
        return _whole(operator, one, two)
    return _fraction(operator, one, two)


def _whole(operator: str, one: Type, two: Type) -> Type | Refusal:
    if operator == "/":
        return (
            "division of whole numbers drops the fraction: write double(a) / double(b)",
            "chia số nguyên làm mất phần lẻ: hãy viết double(a) / double(b)",
        )
    if operator == "%":
        return _fitting(Type("whole", max(one.precision, two.precision)))
    if operator == "*":
        return _fitting(Type("whole", one.precision + two.precision))
    return _fitting(Type("whole", max(one.precision, two.precision) + 1))


def _fraction(operator: str, one: Type, two: Type) -> Type | Refusal:
    if operator == "%":
        return "`%` takes whole numbers", "`%` chỉ dùng cho số nguyên"
    # Decimals are never divided: scales of quotients differ between the engines.
    if operator == "/" or "double" in (one.kind, two.kind):
        return DOUBLE
    if operator == "*":
        scale = one.scale + two.scale
        return _fitting(Type("fraction", one.precision + two.precision, scale))
    scale = max(one.scale, two.scale)
    before = max(one.precision - one.scale, two.precision - two.scale)
    return _fitting(Type("fraction", before + scale + 1, scale))


def _fitting(result: Type) -> Type | Refusal:
    # One digit more is what the engines reserve for a product.
    if result.precision < MAX_PRECISION:
        return result
    return (
        f"the exact result has more than {MAX_PRECISION - 1} digits: write double(x)",
        f"kết quả quá {MAX_PRECISION - 1} chữ số: hãy viết double(x)",
    )
