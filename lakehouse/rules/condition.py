"""One condition from its text to a typed tree that every compiler takes."""

from __future__ import annotations

from collections.abc import Collection

from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.check import ALL_GROUPS, check
from lakehouse.rules.lift import lift
from lakehouse.rules.nodes import Node
from lakehouse.rules.parse import parse

# Groups of names that a criterion of each scope may read.
SCOPE_GROUPS = {
    "declaration": ("declaration", "enterprise"),
    "line": ALL_GROUPS,
    "consignment": ("consignment",),
}


def compile_condition(
    text: str,
    catalogue: Catalogue,
    lists: Collection[str] = (),
    scope: str = "line",
) -> Node:
    """Parse, type-check and lift a condition.

    Args:
        lists: names of the reference lists that it may ask.
        scope: scope of the criterion; it decides which names are readable.

    Raises:
        ConditionError: the condition is refused; the message says where and why.
    """
    typed = check(parse(text), text, catalogue, lists, SCOPE_GROUPS[scope])
    return lift(typed, text)
