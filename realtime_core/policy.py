"""Thresholds, random shares and rules of feature use: effective-dated rows, by hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.policy_rows import (
    CURRENT,
    FeatureUse,
    PolicyRows,
    hash_of,
    publish_rows,
)
from lakehouse.rules.rows import read_rows
from lakehouse.rules.threshold import (
    RandomSelection,
    Streams,
    in_force,
    load_random_selection,
    load_thresholds,
)
from realtime_core.errors import PolicyRefused


class Limits(NamedTuple):
    """What to leave out of records of one group, for a snapshot of some age.

    Attributes:
        stale: columns for which the snapshot is too old.
        short: (column that counts the history, least that it must hold, columns that
            rest on it).
    """

    stale: tuple[str, ...]
    short: tuple[tuple[str, int, tuple[str, ...]], ...]


class PolicyOfDay:
    """The rows that hold on one day.

    Attributes:
        shares: by random stratum.
        features: rules of use, by feature.
    """

    def __init__(
        self,
        streams: Streams,
        shares: Mapping[str, RandomSelection],
        features: Mapping[str, FeatureUse],
    ) -> None:
        self.streams = streams
        self.shares = shares
        self.features = features
        self.limits = lru_cache(maxsize=256)(self._limits)

    def _limits(self, group: str, age_days: int) -> Limits:
        """What a snapshot of this age does not say of records of a group."""
        stale: list[str] = []
        short: dict[tuple[str, int], list[str]] = {}
        for name, use in self.features.items():
            owner, _, column = name.partition(".")
            if owner != group:
                continue
            if age_days > use.max_age_days:
                stale.append(column)
            elif use.history is not None:
                short.setdefault((use.history, use.min_history), []).append(column)
        return Limits(
            tuple(stale), tuple((*rule, tuple(names)) for rule, names in short.items())
        )


class Policy:
    """A policy with the hash of its content.

    Attributes:
        hash: SHA-256 of the canonical JSON of the rows.
    """

    def __init__(self, rows: PolicyRows, catalogue: Catalogue) -> None:
        """Take rows; `on` refuses what does not fit together on a day."""
        self.rows = rows
        self.hash = hash_of(rows)
        self._catalogue = catalogue
        self.on = lru_cache(maxsize=64)(self._on)

    def require(self, features: Sequence[str], day: date) -> None:
        """Make sure that every feature has its rules on a day.

        Raises:
            PolicyRefused: a feature has none, so its absence would be silent.
        """
        held = self.on(day).features
        without = [name for name in features if name not in held]
        if without:
            raise _refused(f"no feature_use row on {day} for {', '.join(without)}")

    def _on(self, day: date) -> PolicyOfDay:
        """The rows that hold on a day; see `Streams` and `in_force` for errors."""
        uses = [use for use in self.rows.feature_use if use.holds_on(day)]
        features = {use.feature: use for use in uses}
        if len(features) != len(uses):
            raise _refused(f"a feature has two feature_use rows on {day}")
        shares = in_force(self.rows.random_selection, day)
        return PolicyOfDay(
            Streams(self.rows.channel_threshold, self._catalogue, day),
            {row.criterion_code: row for row in shares},
            features,
        )


def read_policy(
    thresholds: Path, shares: Path, uses: Path, catalogue: Catalogue
) -> Policy:
    """The policy that three list files write.

    Raises:
        UsageError: a file is not there or is not YAML.
        CriterionError: a row does not fit.
    """
    rows = PolicyRows(
        channel_threshold=load_thresholds(thresholds),
        random_selection=load_random_selection(shares),
        feature_use=read_rows(uses, FeatureUse),
    )
    return Policy(rows, catalogue)


def publish_policy(policy: Policy, folder: Path) -> Path:
    """Save a policy under its hash and make it current, in one step for readers."""
    return publish_rows(policy.rows, folder)


def load_policy(
    folder: Path, catalogue: Catalogue, content_hash: str | None = None
) -> Policy:
    """A published policy: the current one, or that of a hash.

    Raises:
        PolicyRefused: it is not there, or was changed.
    """
    try:
        name = content_hash or (folder / CURRENT).read_text(encoding="ascii").strip()
        raw = (folder / f"{name}.json").read_bytes()
        policy = Policy(msgspec.json.decode(raw, type=PolicyRows), catalogue)
    except OSError:
        raise _refused("it is not published") from None
    except msgspec.MsgspecError as error:
        raise _refused(str(error)) from None
    if policy.hash != name:
        raise _refused(f"{name[:12]} was changed since it was published")
    return policy


def _refused(why: str) -> PolicyRefused:
    return PolicyRefused(
        "bad_policy",
        f"the decision policy is refused: {why}",
        "Publish a corrected one",
    )
