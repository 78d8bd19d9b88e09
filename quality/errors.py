"""Errors of the quality package.

DataRefused
└── GateClosed   a check of severity `block` fails; nothing may be written
"""

from __future__ import annotations

from lakehouse.errors import DataRefused


class GateClosed(DataRefused):
    """Rows fail a check that stops the table."""
