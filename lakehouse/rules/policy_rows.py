"""The dated rows that decisions rest on beside the criteria, published under a hash."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.criterion import Channel
from lakehouse.rules.errors import CriterionError
from lakehouse.rules.rows import known_columns, to_rows
from lakehouse.rules.threshold import (
    ChannelThreshold,
    RandomSelection,
    Streams,
    check_thresholds,
    in_force,
)
from lakehouse.whole import write_whole

CURRENT = "current"
TABLES = ("channel_threshold", "random_selection", "feature_use")
"""Reference tables that a policy is made of."""


class FeatureUse(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={
        "feature": "feature_name",
        "history": "history_column_name",
        "min_history": "min_history_count",
        "fallback_floor": "fallback_floor_channel",
    },
):
    """When a feature may be used, and what its absence does.

    Attributes:
        max_age_days: a snapshot older than this makes the feature stale.
        history: column of the same record that counts its history, and the least
            that it must hold; below, the history is too short.
        fallback_floor: channel that its absence forces at least; None adds no points.
        valid_to: last day of validity; None is open.
    """

    feature: str
    max_age_days: Annotated[int, Meta(ge=0)]
    history: str | None = None
    min_history: Annotated[int, Meta(ge=0)] = 0
    fallback_floor: Channel | None = None
    valid_from: date
    valid_to: date | None = None
    legal_basis: str
    is_sample: bool

    def holds_on(self, day: date) -> bool:
        """Whether the day lies within the validity, both ends included."""
        return self.valid_from <= day and (
            self.valid_to is None or day <= self.valid_to
        )


class PolicyRows(msgspec.Struct, frozen=True, kw_only=True):
    """All rows of a policy, as hashed; lists are named as their tables."""

    channel_threshold: list[ChannelThreshold]
    random_selection: list[RandomSelection]
    feature_use: list[FeatureUse]


def rows_of_tables(tables: Mapping[str, Sequence[dict[str, Any]]]) -> PolicyRows:
    """The policy that rows of the reference tables write.

    Args:
        tables: rows that are known now, by the names of `TABLES`.

    Raises:
        CriterionError: a row does not fit.
    """
    thresholds = _typed(tables, "channel_threshold", ChannelThreshold)
    check_thresholds(thresholds)
    return PolicyRows(
        channel_threshold=thresholds,
        random_selection=_typed(tables, "random_selection", RandomSelection),
        feature_use=_typed(tables, "feature_use", FeatureUse),
    )


def check_policy(
    rows: PolicyRows, catalogue: Catalogue, features: Iterable[str], day: date
) -> None:
    """Make sure that a policy can decide on a day by a set of rules.

    Args:
        features: names of the features that a criterion reads.

    Raises:
        CriterionError: rows overlap, no threshold holds, or a feature has no rule of
            use, so that its absence would be silent.
    """
    Streams(rows.channel_threshold, catalogue, day)
    in_force(rows.random_selection, day)
    held = Counter(use.feature for use in rows.feature_use if use.holds_on(day))
    twice = sorted(name for name, count in held.items() if count > 1)
    if twice:
        raise CriterionError(
            "overlap",
            f"{', '.join(twice)} has two rows of use on {day}",
            "End one before the other",
        )
    without = sorted(set(features) - set(held))
    if without:
        raise CriterionError(
            "no_feature_use",
            f"no row of use on {day} for {', '.join(without)}",
            "Add it: customs ref load feature_use FILE",
        )


def hash_of(rows: PolicyRows) -> str:
    """SHA-256 of the canonical JSON of the rows."""
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()


def publish_rows(rows: PolicyRows, folder: Path) -> Path:
    """Save a policy under its hash and make it current, in one step for readers."""
    folder.mkdir(parents=True, exist_ok=True)
    name = hash_of(rows)
    path = folder / f"{name}.json"
    write_whole(path, msgspec.json.encode(rows))
    write_whole(folder / CURRENT, name.encode())
    return path


def _typed(
    tables: Mapping[str, Sequence[dict[str, Any]]], name: str, into: type[Any]
) -> list[Any]:
    """Rows in an order that does not depend on the table's files."""
    known = known_columns(tables[name], into)
    # An empty cell of a table is a key that a file leaves out.
    told = [
        {key: cell for key, cell in row.items() if cell is not None} for row in known
    ]
    rows = to_rows(told, into, f"ref.{name}")
    return sorted(rows, key=msgspec.json.encode)
