"""The step after a run: publish the features of its date to the decision service."""

from __future__ import annotations

from typing import Any

from lakehouse.tables import Lake
from lakehouse.time import business_date, now
from serving.features.publish import publish


def publish_features(lake: Lake) -> dict[str, Any]:
    """Publish the feature tables of today; returns the snapshot's hash."""
    return {"snapshot": publish(lake, business_date(now())).name[:12]}
