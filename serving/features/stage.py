"""The step after a run: publish features and tax lists to the decision service."""

from __future__ import annotations

from typing import Any

from lakehouse.tables import Lake
from lakehouse.time import business_date, now
from serving.features.publish import publish
from serving.features.taxes import publish_taxes


def publish_features(lake: Lake) -> dict[str, Any]:
    """Publish the feature tables of today and tax lists; returns their hashes."""
    snapshot = publish(lake, business_date(now())).name[:12]
    return {"snapshot": snapshot, "taxes": publish_taxes(lake)[:12]}
