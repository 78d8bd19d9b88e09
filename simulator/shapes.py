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


RESULTS = (Stage.CHANNEL, Stage.CORRECTED)
"""Answers that give the content of a version with its channel."""

ANSWERED = (*RESULTS, Stage.CLEARED)
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

UNKEYED = (*ATTACHMENTS, Stage.REVISION_DECLARED)
"""Messages that name no declaration: what they tell shows in those that do."""

RECEIVED = (*ANSWERED, *NOTICES, Stage.ATTACHED, *REVISION_STATES)
"""Messages that the system sends."""

WITHOUT_LINES = (
    Stage.DECLARED,
    Stage.AMENDED,
    Stage.REVISION_DECLARED,
    *NOTICES,
    *ATTACHMENTS,
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
