"""Papers around declarations: invoice and exemption lists, loans, journeys."""

from __future__ import annotations

import numpy as np

from simulator.contents import Contents
from simulator.declarations import Declarations
from simulator.draws import Bools, Ints, stable_pick
from simulator.shapes import Messages, Stage
from simulator.world import World

PER_MILLE = 1_000
BY_SEA_OR_AIR = (1, 2, 3)
HOUR = 3_600
GREEN = 1


def draw_papers(
    world: World, declarations: Declarations, contents: Contents, life: Messages
) -> Messages:
    """The messages about papers of a day's declarations.

    Args:
        life: the messages of the declarations themselves, without quirks.
    """
    told = _by_declaration(life, Stage.CHANNEL)
    begun = _by_declaration(life, Stage.REGISTERED)
    midnight = declarations.registered // 86_400 * 86_400
    before = np.maximum(begun.business - 300, midnight + 1)
    announced = told.business
    left = (announced + HOUR) // 60 * 60
    arrived = (announced + (5 + stable_pick(declarations.serial, 20)) * HOUR) // 60 * 60
    imported = declarations.direction == 0
    invoiced, listed = has_invoice(world, declarations), has_list(world, declarations)
    lent = is_temporary(world, declarations)
    carried = has_journey(world, declarations)
    asked, released = announced + 45, announced + 240
    early = imported & _is_released(world, declarations, contents, life, told.channel)
    steps: list[tuple[Stage, Bools, Ints]] = [
        (Stage.INVOICING, invoiced, before),
        (Stage.INVOICED, invoiced, before + 2),
        (Stage.LISTING, listed, before),
        (Stage.LISTED, listed, before + 3),
        (Stage.LENDING, lent, announced + 120),
        (Stage.LENT, lent, announced + 124),
        (Stage.CARRYING, carried, announced + 30),
        (Stage.CARRIAGE_REGISTERED, carried, announced + 33),
        (Stage.CARRIAGE_DECLARED, carried, announced + 90),
        (Stage.CARRIAGE_APPROVED, carried, announced + 100),
        (Stage.CARRIAGE_DEPARTED, carried, left),
        (Stage.CARRIAGE_ARRIVED, carried, arrived),
        (Stage.RELEASE_ASKED, early, asked),
        (Stage.RELEASED, early, released),
    ]
    return Messages.together([_step(told, *step) for step in steps])


def has_invoice(world: World, about: Declarations) -> Bools:
    """Whether an invoice list was registered before the declaration."""
    return _share(about, 13, world.nation.papers.invoices)


def has_list(world: World, about: Declarations) -> Bools:
    """Whether the first line is exempt by a list."""
    named = _share(about, 17, world.nation.papers.lists)
    return np.asarray(named & (about.direction == 0))


def has_journey(world: World, about: Declarations) -> Bools:
    """Whether the goods go on under supervision."""
    goes = np.isin(about.mode, BY_SEA_OR_AIR) & (about.direction == 0)
    return np.asarray(_share(about, 19, world.nation.papers.journeys) & goes)


def is_temporary(world: World, about: Declarations) -> Bools:
    """Whether the kind is one of temporary import or export."""
    nation = world.nation
    wanted = nation.papers.temporary_kinds
    lists = (nation.import_kinds, nation.export_kinds)
    found = np.zeros(len(about), dtype=np.bool_)
    for direction, kinds in enumerate(lists):
        places = [n for n, kind in enumerate(kinds) if kind.code in wanted]
        found |= (about.direction == direction) & np.isin(about.kind, places)
    return found


def _share(about: Declarations, salt: int, share: float) -> Bools:
    drawn = stable_pick(about.serial * salt + 5, PER_MILLE)
    return np.asarray(drawn < share * PER_MILLE)


def _is_released(
    world: World,
    about: Declarations,
    contents: Contents,
    life: Messages,
    channel: Ints,
) -> Bools:
    """Goods that leave before a paper is there; nothing is amended on the way."""
    unchanged = contents.last_version(len(about)) == 0
    cleared = np.zeros(len(about), dtype=np.bool_)
    cleared[life.subject[life.stage == Stage.CLEARED]] = True
    share = _share(about, 23, world.nation.papers.releases)
    return np.asarray(share & unchanged & cleared & (channel != GREEN))


def _by_declaration(life: Messages, stage: Stage) -> Messages:
    """The one message of a stage of each declaration, in their order."""
    rows = np.flatnonzero(life.stage == stage)
    return life.take(rows[np.argsort(life.subject[rows], kind="stable")])


def _step(told: Messages, stage: Stage, there: Bools, times: Ints) -> Messages:
    rows = np.flatnonzero(there)
    lag = (told.arrival - told.server)[rows]
    some = told.take(rows)
    some.stage[:] = stage
    some.business, some.server = times[rows], times[rows].copy()
    some.arrival = times[rows] + lag
    return some
