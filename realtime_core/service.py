"""The decision service without HTTP: read, look up, decide, record, answer once."""

from __future__ import annotations

from datetime import date
from time import perf_counter
from typing import NamedTuple

import msgspec

from lakehouse.journal import Journal, Record
from lakehouse.rules.errors import CriterionError
from lakehouse.time import business_date, now
from realtime_core.basis import Basis
from realtime_core.decide import State, decide
from realtime_core.decision import Decision
from realtime_core.errors import PolicyRefused
from realtime_core.features import Features, Snapshot
from realtime_core.metrics import Metrics
from realtime_core.refusals import refused
from realtime_core.requests import RequestReader, Submission
from realtime_core.sample import sample_body
from realtime_core.schemas import DECISION, Declaration, Entry
from realtime_core.tax import compare_tax

_encode = msgspec.json.Encoder().encode
_read_entry = msgspec.json.Decoder(Entry).decode


class Answer(NamedTuple):
    """What goes out once the record of this sequence is on disk.

    Attributes:
        repeated: the answer was given before; nothing new was decided.
    """

    number: str
    sequence: int
    body: bytes
    repeated: bool


class _DrawOf(msgspec.Struct, frozen=True):
    draw_date: date


class _Earlier(msgspec.Struct, frozen=True):
    """The part of a journalled decision that an amendment inherits."""

    draw: _DrawOf


_read_earlier = msgspec.json.Decoder(_Earlier).decode


class DecisionService:
    """One journal, one basis, one decision per declaration version.

    Attributes:
        journal: where decisions stand before they are answered.
        metrics: what was counted and timed.
    """

    def __init__(self, reader: RequestReader, basis: Basis, journal: Journal) -> None:
        """Serve decisions on a basis."""
        self.journal = journal
        self.metrics = Metrics()
        self._reader = reader
        self._basis = basis

    def submit(self, body: bytes) -> Answer:
        """Decide a request, or find the answer that it already has.

        The record is appended, not yet on disk: the caller waits for its sequence.

        Raises:
            RequestRefused: not a request, or other content under a decided number.
        """
        started = perf_counter()
        submission = self._reader.read(body)
        number = submission.declaration.number
        read = perf_counter()
        self.metrics.stages["read"].observe(read - started)
        earlier = self.journal.find(int(number))
        if earlier is not None:
            return self._repeat(submission, earlier)
        features = features_of(submission.declaration, self._basis.snapshot)
        found = perf_counter()
        self.metrics.stages["features"].observe(found - read)
        inherited = self._inherited_draw(submission.declaration)
        decision = decide_on(submission.declaration, features, self._basis, inherited)
        decided = perf_counter()
        self.metrics.stages["decide"].observe(decided - found)
        answer = _encode(decision)
        sequence = self.journal.append(
            DECISION, int(number), record_of(submission, answer)
        )
        self.metrics.stages["record"].observe(perf_counter() - decided)
        self._count(decision)
        return Answer(number, sequence, answer, repeated=False)

    def find(self, number: str) -> Answer:
        """The answer that a number was given.

        Raises:
            RequestRefused: it was not decided.
        """
        record = self.journal.find(int(number))
        if record is None:
            raise refused(404, "not_found", "", number)
        answer = bytes(_read_entry(record.payload).answer)
        return Answer(number, record.sequence, answer, repeated=True)

    def warm_up(self) -> None:
        """Run whole decisions on a made-up declaration; they are not recorded."""
        day = business_date(now())
        for lines in (1, 2, 50):
            submission = self._reader.read(sample_body(day, lines))
            declaration = submission.declaration
            features = features_of(declaration, self._basis.snapshot)
            decision = decide_on(declaration, features, self._basis, None)
            record_of(submission, _encode(decision))

    def commit_draws(self) -> None:
        """Publish the commitments to the draw keys of today and the coming days."""
        self._basis.keys.commit_ahead(business_date(now()))

    def metrics_text(self) -> str:
        """Figures in Prometheus text form."""
        age = business_date(now()) - self._basis.snapshot.as_of_date
        return self.metrics.text(self.journal.sequence, age.days)

    def close(self) -> None:
        """Put on disk what waits and let the journal go."""
        self.journal.close()

    def _inherited_draw(self, declaration: Declaration) -> date | None:
        if declaration.version == 0:
            return None
        # The version is the last digit of the number.
        record = self.journal.find(int(declaration.number) - 1)
        return draw_date_of(_read_entry(record.payload).answer) if record else None

    def _repeat(self, submission: Submission, earlier: Record) -> Answer:
        entry = _read_entry(earlier.payload)
        number = submission.declaration.number
        if entry.content_hash != submission.content_hash:
            raise refused(409, "other_content", "", number)
        self.metrics.repeated += 1
        return Answer(number, earlier.sequence, bytes(entry.answer), repeated=True)

    def _count(self, decision: Decision) -> None:
        self.metrics.decisions[decision.channel] += 1
        for absent in decision.not_evaluated:
            self.metrics.not_evaluated[absent.reason] += len(absent.criteria)


def features_of(declaration: Declaration, snapshot: Snapshot) -> Features:
    """Features of the local party and of the goods of each line."""
    header = declaration.header
    party = "importer" if header["direction_code"] == "import" else "exporter"
    goods = [
        (
            line["hs_code"],
            line["origin_country_code"],
            line["first_quantity_unit_code"],
        )
        for line in declaration.lines
    ]
    return snapshot.read(header[f"{party}_tax_code"], goods)


def draw_date_of(answer: bytes | msgspec.Raw) -> date:
    """The date whose key drew a journalled decision."""
    return _read_earlier(answer).draw.draw_date


def decide_on(
    declaration: Declaration,
    features: Features,
    basis: Basis,
    inherited_draw: date | None,
) -> Decision:
    """Gather the state that a decision depends on, and decide.

    Args:
        inherited_draw: draw date of the decision on the version before this one.

    Raises:
        RequestRefused: no thresholds hold on the date of receipt.
    """
    day = declaration.received_date
    try:
        policy = basis.policy.on(day)
    except (PolicyRefused, CriterionError):
        raise refused(422, "no_rules_that_day", "/received_at", str(day)) from None
    draw_date = inherited_draw or declaration.header["registered_date"]
    key, commitment = basis.keys.key(draw_date)
    state = State(
        policy=policy,
        policy_hash=basis.policy.hash,
        draw_date=draw_date,
        draw_key=key,
        draw_commitment=commitment,
        predecessor_missing=declaration.version > 0 and inherited_draw is None,
    )
    decision = decide(declaration, features, basis.rule_set, state)
    tax = compare_tax(declaration, basis.taxes)
    return decision if tax is None else msgspec.structs.replace(decision, tax=tax)


def record_of(submission: Submission, answer: bytes) -> bytes:
    """The journal payload of a decision."""
    return _encode(
        Entry(
            submission.declaration.received_at,
            submission.content_hash,
            msgspec.Raw(submission.content),
            msgspec.Raw(answer),
        )
    )
