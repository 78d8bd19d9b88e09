"""What Trino needs of the machine, for `customs doctor`."""

from __future__ import annotations

from lakehouse.doctor.health import Health
from lakehouse.doctor.servers import java_health, port_health
from lakehouse.settings import settings
from lakehouse.tables import Lake
from serving.trino import server
from serving.trino.distribution import JAVA


def check_trino(lake: Lake) -> list[Health]:
    """Look at its Java and its port."""
    is_ours = server.status(lake).is_running
    return [
        java_health("java_trino", "Java cho Trino", JAVA),
        port_health("trino", settings().trino_port, is_ours),
    ]
