"""Errors of the simulator.

CustomsError
└── UsageError
    └── SimulationRefused   exit 2: the options or the data files are wrong
"""

from __future__ import annotations

from lakehouse.errors import UsageError


class SimulationRefused(UsageError):
    """The nation cannot be simulated as asked; the code says why."""
