"""A journal decided again with what it was decided with: the same bytes, or a fault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from lakehouse.contracts import Contracts
from lakehouse.journal import Record, read_journal
from lakehouse.law.tax_lists import load_tax_lists
from lakehouse.rules.catalogue import Catalogue
from lakehouse.rules.rule_set import RuleSet
from realtime_core.basis import Basis, Places, draw_keys
from realtime_core.decision import Decision, MadeWith
from realtime_core.errors import ReplayDiffers
from realtime_core.features import Snapshot
from realtime_core.policy import load_policy
from realtime_core.requests import RequestReader
from realtime_core.schemas import DECISION, Entry
from realtime_core.service import decide_on, draw_date_of, features_of

_encode = msgspec.json.Encoder().encode
_read_entry = msgspec.json.Decoder(Entry).decode


class _TaxOf(msgspec.Struct, frozen=True):
    """The part of its tax that names the lists."""

    lists: str | None = None


class _Answer(msgspec.Struct, frozen=True):
    """The part of a journalled decision that says what it was made with."""

    made_with: MadeWith
    tax: _TaxOf | None = None


_read_answer = msgspec.json.Decoder(_Answer).decode


class Replay:
    """Decides journalled requests again.

    Attributes:
        decisions: how many came out equal so far.
    """

    def __init__(self, places: Places, contracts: Contracts) -> None:
        """Replay with the published rules, policies, snapshots and keys of a lake."""
        self.decisions = 0
        self._places = places
        self._contracts = contracts
        self._catalogue = Catalogue.from_contracts(contracts)
        self._reader = RequestReader(contracts)
        self._keys = draw_keys(places)
        self._bases: dict[tuple[MadeWith, str | None], Basis] = {}
        self._draw_dates: dict[str, date] = {}

    def run(self) -> int:
        """Decide the whole journal again; the number of decisions comes back.

        Raises:
            ReplayDiffers: a decision does not come out byte for byte.
        """
        try:
            for record in read_journal(self._places.journal):
                if record.kind == DECISION:
                    self._check(record)
        finally:
            for basis in self._bases.values():
                basis.snapshot.close()
        return self.decisions

    def _check(self, record: Record) -> None:
        entry = _read_entry(record.payload)
        decision = self._decide(entry)
        if _encode(decision) != bytes(entry.answer):
            raise ReplayDiffers(
                "replay_differs",
                f"record {record.sequence}, declaration {decision.declaration_no}: "
                "the decision does not come out again",
                "Replay with the version of the software that made it; if that "
                "differs too, a published file was changed",
            )
        self.decisions += 1

    def _decide(self, entry: Entry) -> Decision:
        basis = self._basis(_read_answer(entry.answer))
        declaration = self._reader.read_content(entry.content, entry.received_at)
        features = features_of(declaration, basis.snapshot)
        inherited = None
        if declaration.version > 0:
            before = f"{int(declaration.number) - 1:012d}"
            inherited = self._draw_dates.get(before)
        self._draw_dates[declaration.number] = draw_date_of(entry.answer)
        return decide_on(declaration, features, basis, inherited)

    def _basis(self, answer: _Answer) -> Basis:
        made_with = answer.made_with
        lists = answer.tax.lists if answer.tax else None
        if (made_with, lists) not in self._bases:
            self._bases[made_with, lists] = Basis(
                RuleSet.load(self._places.rules / f"{made_with.rule_set}.json"),
                load_policy(self._places.policies, self._catalogue, made_with.policy),
                Snapshot(self._places.snapshots / made_with.snapshot, self._contracts),
                self._keys,
                load_tax_lists(self._places.taxes, lists) if lists else None,
            )
        return self._bases[made_with, lists]


def decisions_of(records: Iterator[Record]) -> Iterator[Decision]:
    """The decisions among journal records."""
    decoder = msgspec.json.Decoder(Decision)
    for record in records:
        if record.kind == DECISION:
            yield decoder.decode(_read_entry(record.payload).answer)
