"""When things happen to a day's declarations: channel, amendments, clearance."""

from __future__ import annotations

from datetime import date

import numpy as np

from simulator.contents import Contents
from simulator.declarations import Declarations
from simulator.draws import Bools, Floats, Ints, generator
from simulator.frauds import YOUNG_DAYS
from simulator.links import has_attachment
from simulator.nation import Shares
from simulator.shapes import ORDINARY, Messages, Stage
from simulator.world import World

GREEN, YELLOW, RED = 1, 2, 3
NEVER_CLEARED_SHARE = 0.004
LONGEST_WAIT_DAYS = 9
YOUNG_FIRM_WEIGHT, SWINDLE_WEIGHT = 2.5, 2.0


def live(
    world: World, day: date, declarations: Declarations, contents: Contents
) -> Messages:
    """The messages of the day's declarations, unsorted; no quirk yet."""
    random = generator(world.seed, day, "life")
    count = len(declarations)
    channel = _channels(random, world, declarations)
    registered = declarations.registered
    first = np.maximum(
        registered - waits(random, world.nation.delays.declare, count),
        registered // 86_400 * 86_400 + 5,
    )
    announced = registered + random.integers(2, 9, count)
    cleared = announced + _clearance_waits(random, world, channel)
    lag = waits(random, world.nation.delays.delivery, count)
    never = random.random(count) < NEVER_CLEARED_SHARE
    headers = contents.headers
    made = _amendment_times(
        random, headers.declaration, headers.version, announced, cleared
    )
    first_rows = np.arange(count)
    last = contents.last_version(count)
    last_content = _last_contents(contents, last)
    parts = [
        (Stage.REGISTERED, first_rows, first, first),
        (Stage.DECLARED, first_rows, registered, registered),
        (Stage.CHANNEL, first_rows, announced, announced),
    ]
    later = np.flatnonzero(headers.version > 0)
    for stage, delay in (
        (Stage.AMENDING, 0),
        (Stage.AMENDED, 60),
        (Stage.CORRECTED, 65),
    ):
        parts.append((stage, later, made[later] + delay, made[later] + delay))
    parts += _notices(declarations, contents, channel, announced)
    parts += _attachments(world, declarations, first)
    done = last_content[~never]
    parts.append((Stage.CLEARED, done, cleared[~never], cleared[~never]))
    return _messages(declarations, contents, channel, made, lag, parts)


def _attachments(
    world: World, declarations: Declarations, sent: Ints
) -> list[tuple[Stage, Ints, Ints, Ints]]:
    """Files go before the declaration that names them, on its day."""
    rows = np.flatnonzero(has_attachment(world, declarations))
    midnight = declarations.registered[rows] // 86_400 * 86_400
    before = np.maximum(sent[rows] - 180, midnight + 1)
    return [
        (Stage.ATTACHING, rows, before, before),
        (Stage.ATTACHED, rows, before + 2, before + 2),
    ]


def _notices(
    declarations: Declarations, contents: Contents, channel: Ints, announced: Ints
) -> list[tuple[Stage, Ints, Ints, Ints]]:
    """What customs says of a declaration soon after its channel."""
    red = np.flatnonzero(channel == RED)
    is_import: Bools = declarations.direction == 0
    taxed = np.flatnonzero(is_import & (contents.totals.tax[: len(channel)] > 0))
    return [
        (Stage.DESIGNATED, red, announced[red] + 60, announced[red] + 60),
        (Stage.TAXED, taxed, announced[taxed] + 30, announced[taxed] + 30),
    ]


def waits(random: np.random.Generator, minutes: tuple[float, float], size: int) -> Ints:
    """Seconds to wait: median minutes and sigma of their log, at least one second."""
    median, sigma = minutes
    drawn = median * 60 * np.exp(sigma * random.standard_normal(size))
    return np.clip(drawn, 1, LONGEST_WAIT_DAYS * 86_400).astype(np.int64)


def draw_channels(
    random: np.random.Generator, shares: Shares, suspicion: Floats
) -> Ints:
    """Channels with the given shares; suspicion raises the chance of red."""
    if not len(suspicion):
        return np.zeros(0, dtype=np.int64)
    red = shares.red * suspicion / suspicion.mean()
    draw = random.random(len(suspicion))
    return np.where(
        draw < red, RED, np.where(draw < red + shares.yellow, YELLOW, GREEN)
    )


def _channels(
    random: np.random.Generator, world: World, declarations: Declarations
) -> Ints:
    """What customs gave: it looks harder at young firms, and sees some swindles."""
    firms, firm = world.firms, declarations.firm
    age = declarations.registered // 86_400 - firms.founded[firm]
    young: Bools = age < YOUNG_DAYS
    swindle: Bools = firms.honesty[firm] == 2
    suspicion = np.where(young, YOUNG_FIRM_WEIGHT, 1.0) * np.where(
        swindle, SWINDLE_WEIGHT, 1.0
    )
    return draw_channels(random, world.nation.channels.ordinary, suspicion)


def _clearance_waits(random: np.random.Generator, world: World, channel: Ints) -> Ints:
    delays, count = world.nation.delays, len(channel)
    return (
        np.choose(
            channel - 1,
            [
                waits(random, minutes, count)
                for minutes in (delays.green, delays.yellow, delays.red)
            ],
        )
        + 600
    )


def _amendment_times(
    random: np.random.Generator,
    declaration: Ints,
    version: Ints,
    announced: Ints,
    cleared: Ints,
) -> Ints:
    """Amendments come between channel and clearance, each after the one before.

    A clearance waits at least ten minutes, which leaves room for nine of them.
    """
    room = cleared[declaration] - announced[declaration] - 80
    share = (version + random.random(len(version)) * 0.8) / 10
    return np.where(
        version > 0, announced[declaration] + 5 + (room * share).astype(np.int64), 0
    )


def _last_contents(contents: Contents, last: Ints) -> Ints:
    headers = contents.headers
    rows = np.flatnonzero(headers.version == last[headers.declaration])
    found = np.zeros(len(last), dtype=np.int64)
    found[headers.declaration[rows]] = rows
    return found


def _messages(
    declarations: Declarations,
    contents: Contents,
    channel: Ints,
    made: Ints,
    lag: Ints,
    parts: list[tuple[Stage, Ints, Ints, Ints]],
) -> Messages:
    content = np.concatenate([rows for _, rows, _, _ in parts])
    stage = np.concatenate([np.full(len(rows), step) for step, rows, _, _ in parts])
    business = np.concatenate([times for _, _, times, _ in parts])
    server = np.concatenate([times for _, _, _, times in parts])
    subject = contents.headers.declaration[content]
    return Messages(
        stream=np.full(len(content), ORDINARY),
        subject=subject,
        content=content,
        direction=declarations.direction[subject],
        stage=stage,
        version=contents.headers.version[content],
        channel=channel[subject],
        registered_at=declarations.registered[subject],
        amended_at=made[content],
        business=business,
        server=server,
        arrival=server + lag[subject],
        serial=np.zeros(len(content), dtype=np.int64),
        quirk=np.zeros(len(content), dtype=np.int64),
        part=np.zeros(len(content), dtype=np.int64),
    )
