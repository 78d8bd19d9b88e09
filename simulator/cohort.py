"""Everything that the declarations registered on one day will ever say, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from simulator.contents import Contents, draw_contents
from simulator.declarations import Declarations, draw_declarations
from simulator.draws import Bools, Ints
from simulator.life import live
from simulator.papers import draw_papers
from simulator.parcels import Parcels, draw_parcels, live_parcels
from simulator.revisions import Revisions, draw_revisions
from simulator.shapes import (
    ANSWERED,
    ORDINARY,
    PAPERS,
    REVISIONS,
    WITHOUT_LINES,
    Messages,
)
from simulator.world import World

# Bytes of a message, about: its fixed part and each goods line.
HEAD_BYTES, SENT_LINE_BYTES, ANSWER_LINE_BYTES = 1_200, 220, 390


@dataclass(frozen=True)
class Cohort:
    """A day's declarations with their messages, in order of arrival."""

    day: date
    declarations: Declarations
    contents: Contents
    parcels: Parcels
    revisions: Revisions
    messages: Messages

    def line_counts(self, rows: Ints) -> Ints:
        """How many goods lines messages carry."""
        messages = self.messages
        carries = (messages.stream[rows] == ORDINARY) & ~np.isin(
            messages.stage[rows], WITHOUT_LINES
        )
        content = np.where(carries, messages.content[rows], 0)
        counts = np.where(carries, self.contents.headers.count[content], 0)
        # An amendment after clearance names only the line that changes.
        revised = carries & np.isin(messages.stage[rows], REVISIONS)
        papers = carries & np.isin(messages.stage[rows], PAPERS)
        return np.where(revised | papers, 1, counts)

    def sizes(self, rows: Ints) -> Ints:
        """About how many bytes messages will have."""
        answered = np.isin(self.messages.stage[rows], ANSWERED)
        per_line = np.where(answered, ANSWER_LINE_BYTES, SENT_LINE_BYTES)
        return HEAD_BYTES + per_line * self.line_counts(rows)


def draw_cohort(world: World, day: date) -> Cohort:
    """Draw a day whole, without quirks."""
    declarations = draw_declarations(world, day)
    contents = draw_contents(world, day, declarations)
    parcels = draw_parcels(world, day)
    life = live(world, day, declarations, contents)
    revisions, revising = draw_revisions(world, day, contents, life)
    papers = draw_papers(world, declarations, contents, life)
    messages = Messages.together(
        [life, live_parcels(world, day, parcels), revising, papers]
    )
    messages.serial = np.arange(len(messages))
    return Cohort(day, declarations, contents, parcels, revisions, in_order(messages))


def in_order(messages: Messages) -> Messages:
    """Messages as they arrive; of one moment as they were sent."""
    return messages.take(
        np.lexsort((messages.serial, messages.server, messages.arrival))
    )


def message_keys(cohort: Cohort) -> Ints:
    """The key of the declaration that each message speaks of."""
    messages = cohort.messages
    ordinary: Bools = messages.stream == ORDINARY
    keys = np.empty(len(messages), dtype=np.int64)
    keys[ordinary] = cohort.declarations.key[messages.subject[ordinary]]
    keys[~ordinary] = cohort.parcels.key[messages.subject[~ordinary]]
    return keys
