"""Errors of feature publication.

DataRefused
└── NothingToPublish   no feature has values for the asked date
"""

from __future__ import annotations

from lakehouse.errors import DataRefused


class NothingToPublish(DataRefused):
    """The feature tables hold no row for the asked date."""
