"""The kinds of message that a declaration's life is told in, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from simulator.draws import Ints
from simulator.tables import Columns


class Stage(IntEnum):
    """A step of a life; the messages of both directions and streams."""

    REGISTERED = 0
    DECLARED = 1
    CHANNEL = 2
    AMENDING = 3
    AMENDED = 4
    CLEARED = 5
    CORRECTED = 6
    DESIGNATED = 7
    TAXED = 8
    UNDESIGNATED = 9
    ATTACHING = 10
    ATTACHED = 11
    REVISING = 12
    REVISION_PENDING = 13
    REVISION_DECLARED = 14
    REVISION_REGISTERED = 15
    REVISED = 16
    REVISION_REFUSED = 17
    RELEASE_ASKED = 18
    RELEASED = 19
    INVOICING = 20
    INVOICED = 21
    LISTING = 22
    LISTED = 23
    LENDING = 24
    LENT = 25
    CARRYING = 26
    CARRIAGE_REGISTERED = 27
    CARRIAGE_DECLARED = 28
    CARRIAGE_APPROVED = 29
    CARRIAGE_DEPARTED = 30
    CARRIAGE_ARRIVED = 31


RESULTS = (Stage.CHANNEL, Stage.CORRECTED)
"""Answers that give the content of a version with its channel."""

ANSWERED = (*RESULTS, Stage.CLEARED, Stage.RELEASE_ASKED, Stage.RELEASED)
"""Answers that carry the declaration."""

NOTICES = (Stage.DESIGNATED, Stage.UNDESIGNATED, Stage.TAXED)
"""Answers about a declaration that do not carry it."""

ATTACHMENTS = (Stage.ATTACHING, Stage.ATTACHED)
"""Files sent before a declaration, which then names their number."""

REVISION_STATES = (
    Stage.REVISION_PENDING,
    Stage.REVISION_REGISTERED,
    Stage.REVISED,
    Stage.REVISION_REFUSED,
)
"""Answers about an amendment after clearance, each with its lines before and after."""

REVISIONS = (Stage.REVISING, Stage.REVISION_DECLARED, *REVISION_STATES)

INVOICES = (Stage.INVOICING, Stage.INVOICED)
LISTS = (Stage.LISTING, Stage.LISTED)
LOANS = (Stage.LENDING, Stage.LENT)
CARRIAGE_STATES = (Stage.CARRIAGE_REGISTERED, Stage.CARRIAGE_APPROVED)
CARRIAGE_CALLS = (
    Stage.CARRIAGE_DECLARED,
    Stage.CARRIAGE_DEPARTED,
    Stage.CARRIAGE_ARRIVED,
)
PAPERS = (*INVOICES, *LISTS, *LOANS, Stage.CARRYING, *CARRIAGE_STATES, *CARRIAGE_CALLS)
"""Papers with a life of their own around a declaration."""

CALLED: tuple[tuple[tuple[Stage, ...], tuple[Stage, ...]], ...] = (
    ((Stage.REVISION_DECLARED,), REVISION_STATES),
    (CARRIAGE_CALLS, CARRIAGE_STATES),
)
"""Messages that name a number alone, and those that say whose number it is."""

UNKEYED = (*ATTACHMENTS, *INVOICES, *LISTS)
"""Messages that name no declaration: what they tell shows in those that do."""

RECEIVED = (
    *(*ANSWERED, *NOTICES, Stage.ATTACHED, *REVISION_STATES, *CARRIAGE_STATES),
    *(Stage.INVOICED, Stage.LISTED, Stage.LENT, Stage.CARRIAGE_ARRIVED),
)
"""Messages that the system sends."""

WITHOUT_LINES = (
    Stage.DECLARED,
    Stage.AMENDED,
    Stage.REVISION_DECLARED,
    *NOTICES,
    *ATTACHMENTS,
    *CARRIAGE_CALLS,
)


ORDINARY, PARCEL = 0, 1
# Procedure and output by stream, stage and direction; {c} is the channel.
CODES: dict[int, dict[Stage, tuple[tuple[str, str], tuple[str, str]]]] = {
    ORDINARY: {
        Stage.REGISTERED: (("IDA", ""), ("EDA", "")),
        Stage.DECLARED: (("IDC", ""), ("EDC", "")),
        Stage.CHANNEL: (("IDC", "VAD{c}AC0"), ("EDC", "VAE{c}LD0")),
        Stage.AMENDING: (("IDA01", ""), ("EDA01", "")),
        Stage.AMENDED: (("IDE", ""), ("EDE", "")),
        Stage.CLEARED: (("IDC", "VAD{c}AG0"), ("EDC", "VAE{c}LF0")),
        Stage.CORRECTED: (("IDE", "VAD{c}AE0"), ("EDE", "VAE{c}LE0")),
        Stage.DESIGNATED: (("CKO", "VAD4870"), ("CKO", "VAE4740")),
        Stage.UNDESIGNATED: (("CKO", "VAD4910"), ("CKO", "VAE4780")),
        Stage.TAXED: (("IDC", "VAF8010"), ("EDC", "VAF8010")),
        Stage.ATTACHING: (("HYS", ""), ("HYS", "")),
        Stage.ATTACHED: (("HYS", "VAL0020"), ("HYS", "VAL0020")),
        Stage.REVISING: (("AMA", ""), ("AMA", "")),
        Stage.REVISION_PENDING: (("CAM", "VAL8000"), ("CAM", "VAL8000")),
        Stage.REVISION_DECLARED: (("AMC", ""), ("AMC", "")),
        Stage.REVISION_REGISTERED: (("CAM", "VAL8020"), ("CAM", "VAL8020")),
        Stage.REVISED: (("CAM", "VAL8030"), ("CAM", "VAL8030")),
        Stage.REVISION_REFUSED: (("CAM", "VAL8060"), ("CAM", "VAL8060")),
        # Only imports are released before their permit, or carried on.
        Stage.RELEASE_ASKED: (("IDC", "VAD{c}BK0"), ("IDC", "VAD{c}BK0")),
        Stage.RELEASED: (("IDC", "VAD{c}BJ0"), ("IDC", "VAD{c}BJ0")),
        Stage.INVOICING: (("IVA", ""), ("IVA", "")),
        Stage.INVOICED: (("IVA", "VAL0870"), ("IVA", "VAL0870")),
        Stage.LISTING: (("TEA", ""), ("TEA", "")),
        Stage.LISTED: (("TEA", "VAD8010"), ("TEA", "VAD8010")),
        Stage.LENDING: (("TIA", ""), ("TIA", "")),
        Stage.LENT: (("TIA", "VAL8110"), ("TIA", "VAL8110")),
        Stage.CARRYING: (("OLA", ""), ("OLA", "")),
        Stage.CARRIAGE_REGISTERED: (("OLC", "VAS5010"), ("OLC", "VAS5010")),
        Stage.CARRIAGE_DECLARED: (("OLC", ""), ("OLC", "")),
        Stage.CARRIAGE_APPROVED: (("OLC", "VAS5040"), ("OLC", "VAS5040")),
        Stage.CARRIAGE_DEPARTED: (("BOA", ""), ("BOA", "")),
        Stage.CARRIAGE_ARRIVED: (("BIA", "VAS5160"), ("BIA", "VAS5160")),
    },
    PARCEL: {
        Stage.DECLARED: (("MIC", ""), ("MEC", "")),
        Stage.CHANNEL: (("MIC", "VAD{c}FC0"), ("MEC", "VAE{c}JD0")),
        Stage.CLEARED: (("MIC", "VAD{c}FG0"), ("MEC", "VAE{c}JF0")),
    },
}


@dataclass
class Messages(Columns):
    """Columns over messages; times are local seconds since 1970.

    Attributes:
        subject: row of the declaration or of the parcel.
        content: row of the version; of parcels the row of the parcel.
        stage: a `Stage`.
        amended_at: when the version was made, 0 for version 0.
        serial: number of the message within its day, which seeds its quirk.
        quirk: 0 or 1 + the place in the list of quirks.
        part: 0 a whole message; 1 the first half of a divided one, 2 the second.
    """

    stream: Ints
    subject: Ints
    content: Ints
    direction: Ints
    stage: Ints
    version: Ints
    channel: Ints
    registered_at: Ints
    amended_at: Ints
    business: Ints
    server: Ints
    arrival: Ints
    serial: Ints
    quirk: Ints
    part: Ints


def codes_of(
    stream: int, stage: Stage, direction: int, channel: int
) -> tuple[str, str]:
    """Procedure and output code; a red one clears as a yellow one does."""
    procedure, output = CODES[stream][stage][direction]
    shown = min(channel, 2) if stage is Stage.CLEARED else channel
    return procedure, output.format(c=shown)
