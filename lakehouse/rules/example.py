"""Rows of an example, given as JSON, with the types of the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.closure import GROUPS, to_closure
from lakehouse.rules.condition import compile_condition
from lakehouse.rules.criterion import Criterion
from lakehouse.rules.errors import CriterionError
from lakehouse.rules.types import Kind

_PYTHON_TYPES: dict[Kind, Any] = {
    "bool": bool,
    "string": str,
    "whole": int,
    "fraction": Decimal,
    "double": float,
    "date": date,
    "timestamp": datetime,
}
Rows = dict[str, dict[str, Any]]


def read_example(text: str, catalogue: Catalogue) -> Rows:
    """Rows by group from JSON such as `{"line": {"hs_code": "8517"}}`.

    Raises:
        CriterionError: it is not JSON, names no known value, or has a value of
            another type.
    """
    try:
        groups = msgspec.json.decode(text, type=dict[str, dict[str, Any]])
        rows: Rows = {group: {} for group in GROUPS}
        for group, row in groups.items():
            for column, value in row.items():
                kind = catalogue.entries[f"{group}.{column}"].type.kind
                typed = msgspec.convert(value, _PYTHON_TYPES[kind], strict=False)
                rows[group][column] = typed
    except KeyError as error:
        raise CriterionError(
            "bad_example", f"no value is named {error}", "Correct the example"
        ) from None
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise CriterionError(
            "bad_example", f"{text}: {error}", "Correct the example"
        ) from None
    return rows


def check_examples(
    criterion: Criterion,
    catalogue: Catalogue,
    lists: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Hold a criterion to its own examples.

    Raises:
        CriterionError: an example does not have the verdict that it stands for.
    """
    members = {name: frozenset(values) for name, values in (lists or {}).items()}
    node = compile_condition(criterion.condition, catalogue, members, criterion.scope)
    closure = to_closure(node, members)
    expectations = ((criterion.example_fires, True), (criterion.example_silent, False))
    for text, expected in expectations:
        rows = read_example(text, catalogue)
        verdict = closure.verdict(
            rows["declaration"], rows["enterprise"], rows["line"], rows["price"]
        )
        if verdict is not expected:
            raise CriterionError(
                "example_departs",
                f"{criterion.code}: {text} gives {verdict}, expected {expected}",
                "Correct the condition or the example",
            )
