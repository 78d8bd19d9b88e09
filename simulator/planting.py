"""A day's messages after quirks were planted: marked, moved, repeated or lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc

from simulator.cohort import Cohort, in_order
from simulator.declarations import LINES_A_DECLARATION
from simulator.disturbances import CHANGES, mark
from simulator.draws import Bools, generator
from simulator.quirks import Quirk, load_quirks
from simulator.shapes import ANSWERED, ORDINARY, PARCEL, Messages, Stage
from simulator.world import World

STREAMS = {"ordinary": ORDINARY, "parcel": PARCEL}
WITH_CONTENT = (Stage.REGISTERED, Stage.AMENDING, *ANSWERED)


def plant_quirks(world: World, cohort: Cohort, rates: Mapping[str, float]) -> Cohort:
    """Plant quirks; a message has at most one, and a rate of 0 plants none.

    What one quirk draws does not depend on the rate of another.
    """
    # A copy: what a change writes into must not be the cohort's own.
    messages = cohort.messages.take(np.arange(len(cohort.messages)))
    for place, quirk in enumerate(load_quirks(), 1):
        rate = rates[quirk.code]
        if quirk.level == "file" or rate == 0:
            continue
        random = generator(world.seed, cohort.day, f"quirk {quirk.code}")
        able = _able(world, cohort, messages, quirk)
        if quirk.level == "declaration":
            able &= _first_choice(random, cohort, messages, rate)
        else:
            able &= random.random(len(messages)) < rate
        rows = np.flatnonzero(able & (messages.quirk == 0))
        change = CHANGES.get(quirk.code, mark)
        messages = change(random, messages, rows, place)
    return replace(cohort, messages=in_order(messages))


def _able(world: World, cohort: Cohort, messages: Messages, quirk: Quirk) -> Bools:
    able = np.isin(messages.stream, [STREAMS[name] for name in quirk.streams])
    if quirk.stages:
        able &= np.isin(messages.stage, _stages(messages, quirk.stages))
        declared = Stage.DECLARED
        if "declared" not in quirk.stages and "registered" in quirk.stages:
            # A parcel is declared at once: that message holds its content.
            able &= (messages.stage != declared) | (messages.stream == PARCEL)
    elif quirk.level == "declaration":
        able &= np.isin(messages.stage, WITH_CONTENT) | (messages.stream == PARCEL)
    if quirk.needs:
        able &= NEEDS[quirk.needs](world, cohort, messages)
    return np.asarray(able)


def _stages(messages: Messages, names: list[str]) -> list[int]:
    stages = [int(Stage[name.upper()]) for name in names]
    if "channel" in names:
        # A correction is answered as a declaration is.
        stages.append(int(Stage.CORRECTED))
    return [*stages, int(Stage.DECLARED)] if "registered" in names else stages


def _first_choice(
    random: np.random.Generator, cohort: Cohort, messages: Messages, rate: float
) -> Bools:
    """All messages of the subjects that are hit."""
    ordinary = random.random(len(cohort.declarations)) < rate
    parcels = random.random(len(cohort.parcels)) < rate
    return np.where(
        messages.stream == ORDINARY,
        ordinary[np.where(messages.stream == ORDINARY, messages.subject, 0)]
        if len(ordinary)
        else False,
        parcels[np.where(messages.stream == PARCEL, messages.subject, 0)]
        if len(parcels)
        else False,
    )


def _per_subject(cohort: Cohort, messages: Messages, flags: Bools) -> Bools:
    """A property of ordinary declarations, for each message; parcels have it not."""
    ordinary = messages.stream == ORDINARY
    found = np.zeros(len(messages), dtype=np.bool_)
    found[ordinary] = flags[messages.subject[ordinary]]
    return found


def _tax_code(world: World, cohort: Cohort, messages: Messages) -> Bools:
    """Firms have one; most who get parcels do not."""
    parcels = messages.stream == PARCEL
    found = ~parcels
    found[parcels] = cohort.parcels.is_firm[messages.subject[parcels]] == 1
    return np.asarray(found)


def _zero_tax_code(world: World, cohort: Cohort, messages: Messages) -> Bools:
    begins = pc.starts_with(world.firms.tax_codes, "0").to_numpy(zero_copy_only=False)
    return _per_subject(cohort, messages, begins[cohort.declarations.firm])


def _by_sea(world: World, cohort: Cohort, messages: Messages) -> Bools:
    return _per_subject(cohort, messages, np.isin(cohort.declarations.mode, (2, 3)))


def _export(world: World, cohort: Cohort, messages: Messages) -> Bools:
    return np.asarray(messages.direction == 1)


def _zero_hs(world: World, cohort: Cohort, messages: Messages) -> Bools:
    """The first line of every version: that is the one whose code is changed."""
    begins = pc.starts_with(world.catalogue.hs_codes, "0")
    zero = begins.to_numpy(zero_copy_only=False)
    firsts = cohort.contents.lines.good[cohort.contents.headers.start]
    per_version = zero[firsts]
    all_of = np.ones(len(cohort.declarations), dtype=np.bool_)
    np.logical_and.at(all_of, cohort.contents.headers.declaration, per_version)
    return _per_subject(cohort, messages, all_of)


def _coded(world: World, cohort: Cohort, messages: Messages) -> Bools:
    headers, lines = cohort.contents.headers, cohort.contents.lines
    first = lines.material[headers.start[: len(cohort.declarations)]]
    return _per_subject(cohort, messages, first >= 0)


def _amended(world: World, cohort: Cohort, messages: Messages) -> Bools:
    last = cohort.contents.last_version(len(cohort.declarations))
    return _per_subject(cohort, messages, last > 0)


def _middle_version(world: World, cohort: Cohort, messages: Messages) -> Bools:
    last = cohort.contents.last_version(len(cohort.declarations))
    able = _per_subject(cohort, messages, last > 1)
    return np.asarray(able & (messages.version == 1))


def _first_channel(world: World, cohort: Cohort, messages: Messages) -> Bools:
    return np.asarray(messages.version == 0)


def _middle_part(world: World, cohort: Cohort, messages: Messages) -> Bools:
    about = cohort.declarations
    return _per_subject(cohort, messages, (about.part > 1) & (about.part < about.parts))


def _old_office(world: World, cohort: Cohort, messages: Messages) -> Bools:
    old = world.nation.old_offices
    renamed = np.array([office.code in old for office in world.nation.offices])
    return _per_subject(cohort, messages, renamed[cohort.declarations.office])


def _full(world: World, cohort: Cohort, messages: Messages) -> Bools:
    full = cohort.contents.headers.count == LINES_A_DECLARATION
    found = messages.stream == ORDINARY
    found[found] = full[messages.content[found]]
    return np.asarray(found)


NEEDS: dict[str, Callable[[World, Cohort, Messages], Bools]] = {
    "tax_code": _tax_code,
    "zero_tax_code": _zero_tax_code,
    "by_sea": _by_sea,
    "export": _export,
    "zero_hs": _zero_hs,
    "coded": _coded,
    "amended": _amended,
    "middle_version": _middle_version,
    "first_channel": _first_channel,
    "middle_part": _middle_part,
    "old_office": _old_office,
    "full": _full,
}
