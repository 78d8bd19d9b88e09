"""Counters and stage histograms in Prometheus text form."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

# Seconds; fine below a millisecond, where decisions live.
_BOUNDS = (
    0.00005, 0.0001, 0.0002, 0.0003, 0.0005, 0.001, 0.002, 0.005,
    0.01, 0.02, 0.05, 0.1, 0.5, 1.0,
)  # fmt: skip
STAGES = ("read", "features", "decide", "record", "fsync", "total")


class Histogram:
    """How long one stage took, in buckets."""

    def __init__(self) -> None:
        """Start empty."""
        self._counts = [0] * (len(_BOUNDS) + 1)
        self._sum = 0.0

    def observe(self, seconds: float) -> None:
        """Count one duration."""
        self._counts[bisect_left(_BOUNDS, seconds)] += 1
        self._sum += seconds

    def lines(self, name: str, labels: str) -> Iterator[str]:
        """Cumulative buckets, sum and count."""
        running = 0
        for bound, count in zip(_BOUNDS, self._counts, strict=False):
            running += count
            yield f'{name}_bucket{{{labels},le="{bound:g}"}} {running}'
        total = running + self._counts[-1]
        yield f'{name}_bucket{{{labels},le="+Inf"}} {total}'
        yield f"{name}_sum{{{labels}}} {self._sum:.6f}"
        yield f"{name}_count{{{labels}}} {total}"


class Metrics:
    """What the service counts."""

    def __init__(self) -> None:
        """Start at zero."""
        self.stages = {stage: Histogram() for stage in STAGES}
        self.decisions: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.repeated = 0
        self.not_evaluated: Counter[str] = Counter()

    def text(self, journal_records: int, snapshot_age_days: int) -> str:
        """All figures, in Prometheus text form."""
        return "\n".join([*self._lines(journal_records, snapshot_age_days), ""])

    def _lines(self, journal_records: int, snapshot_age_days: int) -> Iterator[str]:
        yield "# HELP customs_decide_stage_seconds Time of each stage of a decision."
        yield "# TYPE customs_decide_stage_seconds histogram"
        for stage, histogram in self.stages.items():
            yield from histogram.lines(
                "customs_decide_stage_seconds", f'stage="{stage}"'
            )
        yield from _counter(
            "customs_decide_decisions_total",
            "Decisions made, by channel.",
            "channel",
            self.decisions,
        )
        yield from _counter(
            "customs_decide_refusals_total",
            "Requests refused with 4xx, by rule.",
            "rule",
            self.refusals,
        )
        yield from _counter(
            "customs_decide_not_evaluated_total",
            "Criteria without a verdict, by reason.",
            "reason",
            self.not_evaluated,
        )
        yield "# HELP customs_decide_repeated_total Requests answered from the journal."
        yield "# TYPE customs_decide_repeated_total counter"
        yield f"customs_decide_repeated_total {self.repeated}"
        yield "# HELP customs_decide_journal_records Records in the journal."
        yield "# TYPE customs_decide_journal_records gauge"
        yield f"customs_decide_journal_records {journal_records}"
        yield "# HELP customs_decide_snapshot_age_days Age of the feature snapshot."
        yield "# TYPE customs_decide_snapshot_age_days gauge"
        yield f"customs_decide_snapshot_age_days {snapshot_age_days}"


def _counter(name: str, text: str, label: str, counts: Counter[str]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} counter"
    for value, count in sorted(counts.items()):
        yield f'{name}{{{label}="{value}"}} {count}'
