"""What is known of declarations at a moment: events heard, repeats counted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

EventType = Literal[
    "registered",
    "channel",
    "amended",
    "designated",
    "designation_cancelled",
    "inspection_result",
    "released",
    "cleared",
    "gate_out",
    "audit_decision",
    "cancelled",
]
_KEY = 11


class Event(NamedTuple):
    """One message about a declaration, with the three times kept apart.

    Attributes:
        id: of the message; the same id again is the same message.
        no: twelve digits, the last one counts the amendments.
        payload: what the message says besides, such as content, channel or result.
    """

    id: str
    type: EventType
    no: str
    business_time: datetime
    server_time: datetime
    arrived_at: datetime
    payload: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The first eleven digits, which no amendment changes."""
        return self.no[:_KEY]

    @property
    def amendment(self) -> int:
        """The twelfth digit, which orders the versions."""
        return int(self.no[_KEY])


class Heard(NamedTuple):
    """The events of one declaration that say something new, and how many did not.

    Attributes:
        exact: messages that came again under their own id.
        repeated: outputs that say again what another message said.
    """

    events: list[Event]
    exact: int
    repeated: int


def heard(events: Iterable[Event], known_at: datetime) -> dict[str, Heard]:
    """Events by declaration, as they had arrived at a moment, each thing once.

    What arrived first stands; the order in which the events are given says nothing.
    """
    arrived = sorted(
        (event for event in events if event.arrived_at <= known_at), key=_arrival
    )
    by_key: dict[str, Heard] = {}
    ids: set[str] = set()
    told: set[str] = set()
    for event in arrived:
        before = by_key.setdefault(event.key, Heard([], 0, 0))
        saying = _saying(event)
        if event.id in ids:
            by_key[event.key] = before._replace(exact=before.exact + 1)
        elif saying in told:
            by_key[event.key] = before._replace(repeated=before.repeated + 1)
        else:
            before.events.append(event)
        ids.add(event.id)
        told.add(saying)
    return by_key


def in_business_order(event: Event) -> tuple[datetime, datetime, str]:
    """Sort key: what happened first, whenever it was told."""
    return event.business_time, event.server_time, event.id


def _arrival(event: Event) -> tuple[datetime, datetime, str, str]:
    return event.arrived_at, event.server_time, event.id, _saying(event)


def _saying(event: Event) -> str:
    moment = event.business_time.timestamp()
    payload = json.dumps(event.payload, sort_keys=True, default=str)
    return f"{event.type} {event.no} {moment} {payload}"
