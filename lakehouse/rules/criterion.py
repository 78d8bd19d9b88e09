"""Risk criteria as rows: read, checked one by one and against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import msgspec
from msgspec import Meta

from lakehouse.rules.errors import CriterionError
from lakehouse.rules.rows import known_columns, read_rows, to_rows

Layer = Literal["score", "exception", "random"]
Scope = Literal["declaration", "line", "consignment"]
Channel = Literal["green", "yellow", "red"]
Status = Literal["draft", "shadow", "active", "retired"]
Classification = Literal["public", "internal", "restricted", "secret"]
Text = Annotated[str, Meta(min_length=1)]
Code = Annotated[str, Meta(pattern=r"^[A-Z]{2,5}-[0-9]{3,5}$")]

CHANNELS: tuple[Channel, ...] = ("green", "yellow", "red")


class Criterion(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={
        "code": "criterion_code",
        "version": "criterion_version",
        "title_vi": "criterion_title_vi",
        "layer": "criterion_layer",
        "scope": "criterion_scope",
        "condition": "criterion_condition",
        "weight": "criterion_weight",
        "floor": "floor_channel",
        "owner": "owner_unit",
        "classification": "criterion_class",
        "status": "criterion_status",
        "author": "author_code",
        "approver": "approver_code",
    },
):
    """One version of one risk criterion; field names are the columns of the table.

    Attributes:
        weight: points that a fired criterion of layer score adds, once a declaration.
        floor: channel that a fired exception forces at least.
        valid_to: last day of validity; None is open.
        daily_quota: selections a day that the criterion may make; None is no limit.
        example_fires: JSON rows by group on which the condition is true.
        example_silent: JSON rows by group on which the condition is false.
    """

    code: Code
    version: Annotated[int, Meta(ge=1)]
    title_vi: Text
    layer: Layer
    scope: Scope
    condition: Text
    weight: Annotated[int, Meta(ge=0, le=1000)] = 0
    floor: Channel | None = None
    needs_scan: bool = False
    needs_seal: bool = False
    needs_sample: bool = False
    notify_unit: str | None = None
    guidance_vi: Text
    legal_basis: Text
    owner: Text
    classification: Classification
    valid_from: date
    valid_to: date | None = None
    status: Status
    author: Text
    approver: str | None = None
    daily_quota: Annotated[int, Meta(ge=1)] | None = None
    example_fires: Text
    example_silent: Text
    is_sample: bool

    def is_valid(self, on: date) -> bool:
        """Whether the day lies within the validity, both ends included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def load_criteria(path: Path) -> list[Criterion]:
    """Read a file of criteria and check it.

    Raises:
        UsageError: the file is not there or is not YAML.
        CriterionError: a row or the set of rows is wrong.
    """
    criteria = read_rows(path, Criterion)
    check_criteria(criteria)
    return criteria


def criteria_from_rows(rows: Sequence[dict[str, Any]]) -> list[Criterion]:
    """Criteria from rows of `ref.risk_criterion`, checked.

    Raises:
        CriterionError: a row or the set of rows is wrong.
    """
    criteria = to_rows(known_columns(rows, Criterion), Criterion, "ref.risk_criterion")
    check_criteria(criteria)
    return criteria


def check_criteria(criteria: Sequence[Criterion]) -> None:
    """Check rows by themselves and versions of one code against each other.

    Raises:
        CriterionError: the first row that is wrong, with what is expected.
    """
    by_code: dict[str, list[Criterion]] = defaultdict(list)
    for criterion in criteria:
        _check_row(criterion)
        by_code[criterion.code].append(criterion)
    for versions in by_code.values():
        _check_versions(sorted(versions, key=lambda row: row.version))


def _check_row(row: Criterion) -> None:
    if row.valid_to is not None and row.valid_to < row.valid_from:
        _refuse(row, "bad_validity", f"it ends on {row.valid_to}, before it begins")
    if row.layer == "score" and row.weight == 0:
        _refuse(row, "no_weight", "a criterion of layer score needs a weight above 0")
    if row.layer == "score" and row.floor is not None:
        _refuse(
            row, "score_with_floor", "a score adds points; a floor is an exception's"
        )
    if row.layer != "score" and row.weight:
        _refuse(row, "weight_without_score", "only layer score has a weight")
    acts = row.needs_scan or row.needs_seal or row.needs_sample or row.notify_unit
    if row.layer == "exception" and row.floor is None and not acts:
        _refuse(
            row, "no_action", "an exception needs a floor, scan, seal, sample or unit"
        )
    if row.layer == "random" and row.scope != "declaration":
        _refuse(row, "random_scope", "a random stratum is a set of declarations")
    if row.status not in ("active", "shadow"):
        return
    if row.status == "active" and not row.approver:
        _refuse(row, "no_approver", "an active criterion needs an approver")
    if row.approver == row.author:
        _refuse(row, "one_person", "author and approver must be two persons")


def _check_versions(versions: list[Criterion]) -> None:
    for one, two in pairwise(versions):
        if one.version == two.version:
            _refuse(two, "double_version", "the version is there twice")
    active = [row for row in versions if row.status == "active"]
    active.sort(key=lambda row: row.valid_from)
    for one, two in pairwise(active):
        if one.valid_to is None or two.valid_from <= one.valid_to:
            _refuse(
                two,
                "overlap",
                f"validity from {two.valid_from} overlaps version {one.version}",
            )


def _refuse(row: Criterion, code: str, reason: str) -> NoReturn:
    raise CriterionError(
        code, f"{row.code} version {row.version}: {reason}", "Correct the row"
    )
