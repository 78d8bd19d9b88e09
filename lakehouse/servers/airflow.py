"""Apache Airflow with our schedules, in its own environment, on this machine."""

from __future__ import annotations

import http.client
import json
import sys
from functools import partial
from pathlib import Path

from lakehouse.errors import EnvironmentFault
from lakehouse.servers.process import Plan, ServerProcess, loopback_port
from lakehouse.settings import PROJECT_ROOT, settings

_PROGRAM = PROJECT_ROOT / ".venv-airflow" / "bin" / "airflow"
_SERVE = PROJECT_ROOT / "deploy" / "airflow" / "serve.sh"


def airflow_server(lake: Path) -> ServerProcess:
    """The Airflow that belongs to a lake."""
    return ServerProcess("Airflow", airflow_home(lake))


def airflow_home(lake: Path) -> Path:
    """Where Airflow of a lake keeps its database, settings and logs."""
    return lake.resolve() / "ops" / "_airflow"


def airflow_program() -> Path:
    """The program in the environment of Airflow's own.

    Raises:
        EnvironmentFault: that environment has not been made.
    """
    if not _PROGRAM.exists():
        raise EnvironmentFault(
            "no_airflow",
            "Airflow is not installed; it lives in an environment of its own",
            "Run `make setup-airflow`",
        )
    return _PROGRAM


def airflow_environment(lake: Path, port: int) -> dict[str, str]:
    """Variables that make an Airflow of this lake; it reads no others of ours."""
    home = airflow_home(lake)
    # Tasks find `customs` and the programs of Airflow itself.
    folders = [Path(sys.executable).parent, _PROGRAM.parent]
    return {
        "AIRFLOW_HOME": str(home),
        "CUSTOMS_LAKE": str(lake.resolve()),
        "PATH": ":".join([*map(str, folders), "/usr/local/bin", "/usr/bin", "/bin"]),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT_ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": (
            f"http://127.0.0.1:{port}/execution/"
        ),
    }


def airflow_plan(lake: Path) -> Plan:
    """How it is started.

    Raises:
        EnvironmentFault: its environment or the port is missing.
    """
    airflow_program()
    port = loopback_port(settings().airflow_port, "CUSTOMS_AIRFLOW_PORT")
    return Plan(
        command=["bash", str(_SERVE), str(port)],
        url=f"http://127.0.0.1:{port}",
        environment=airflow_environment(lake, port),
        is_ready=partial(_is_healthy, port),
    )


def _is_healthy(port: int) -> bool:
    """Whether the interface answers and says that the scheduler lives."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/api/v2/monitor/health")
        told = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return all(
        told.get(part, {}).get("status") == "healthy"
        for part in ("metadatabase", "scheduler", "dag_processor")
    )
