"""What amendments after clearance truly changed, and by which message it is known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from simulator.cohort import Cohort
from simulator.columns import digits
from simulator.declared_truth import utc_times
from simulator.event_truth import event_codes
from simulator.revision_wording import amendment_numbers
from simulator.shapes import REVISION_STATES, Stage
from simulator.told import Told, best_of


def revision_truth(cohort: Cohort, found: Told) -> pa.Table:
    """One row a state of an amendment, which each names all of it."""
    messages, revisions = cohort.messages, cohort.revisions
    tells = np.isin(messages.stage, REVISION_STATES)
    place = np.searchsorted(revisions.declaration, messages.subject[tells])
    fact = np.zeros(len(messages), dtype=np.int64)
    fact[tells] = place * len(Stage) + messages.stage[tells]
    count = len(revisions) * len(Stage)
    best = best_of(fact, count, found, tells)
    there = np.flatnonzero(best.other >= 0)
    about = revisions.take(there // len(Stage))
    told, lost_to = messages.take(best.other[there]), best.lost_to(messages)
    keys = cohort.declarations.key[about.declaration]
    before = cohort.contents.amounts.take(about.line)
    return pa.table(
        {
            "declaration_key": digits(keys, 11),
            "declaration_version": told.version.astype(np.int32),
            "amendment_no": amendment_numbers(keys),
            "event_code": pa.array(event_codes(told).tolist(), pa.string()),
            "server_at": utc_times(told.business),
            "line_no": cohort.contents.lines.number[about.line],
            "before_tax_vnd": before.duty + before.special + before.vat,
            "after_tax_vnd": about.duty + about.special + about.vat,
            "lost_to": lost_to.take(pa.array(there)),
        }
    )
