"""`customs spark` and `customs airflow`: servers started, asked how they are, ended."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from lakehouse import console
from lakehouse.servers.airflow import airflow_plan, airflow_server
from lakehouse.servers.process import Running, ServerProcess
from lakehouse.servers.spark import spark_plan, spark_server
from lakehouse.settings import settings

spark = typer.Typer(
    help="Apache Spark behind Spark Connect.",
    no_args_is_help=True,
    add_completion=False,
)
airflow = typer.Typer(
    help="Airflow with our schedules.", no_args_is_help=True, add_completion=False
)
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@spark.command("up")
def spark_up(as_json: Json = False) -> None:
    """Start Apache Spark with Delta; the engine takes it by SPARK_REMOTE."""
    server = spark_server(settings().lake)
    running = server.start(partial(spark_plan, server.home))
    _show_up(server, running, f"export SPARK_REMOTE={running.url}", as_json)


@spark.command("down")
def spark_down(as_json: Json = False) -> None:
    """End the Spark that `up` has started, and no other."""
    _show_down(spark_server(settings().lake), as_json)


@spark.command("status")
def spark_status(as_json: Json = False) -> None:
    """Say whether Spark runs, and where."""
    _show_status(spark_server(settings().lake), as_json)


@airflow.command("up")
def airflow_up(as_json: Json = False) -> None:
    """Start Airflow with the schedules of dags/; a new schedule is paused."""
    lake = settings().lake
    server = airflow_server(lake)
    running = server.start(partial(airflow_plan, lake))
    hint = f"Mật khẩu lần đầu nằm trong {server.home}"
    _show_up(server, running, hint, as_json)


@airflow.command("down")
def airflow_down(as_json: Json = False) -> None:
    """End the Airflow that `up` has started, and no other."""
    _show_down(airflow_server(settings().lake), as_json)


@airflow.command("status")
def airflow_status(as_json: Json = False) -> None:
    """Say whether Airflow runs, and where."""
    _show_status(airflow_server(settings().lake), as_json)


def _show_up(server: ServerProcess, running: Running, hint: str, as_json: bool) -> None:
    if as_json:
        console.show_json(running)
        return
    state = "đã khởi động" if running.is_new else "đang chạy sẵn"
    console.people.print(f"{server.name} {state}: {running.url}", soft_wrap=True)
    console.people.print(hint, soft_wrap=True)


def _show_down(server: ServerProcess, as_json: bool) -> None:
    ended = server.stop()
    if as_json:
        console.show_json({"ended": ended})
    else:
        state = "đã dừng" if ended else "không chạy"
        console.people.print(f"{server.name} {state}.")


def _show_status(server: ServerProcess, as_json: bool) -> None:
    running = server.running()
    if as_json:
        console.show_json(running or {"pid": None})
    elif running is None:
        console.people.print(f"{server.name} không chạy.")
    else:
        console.people.print(
            f"{server.name} đang chạy: {running.url} (tiến trình {running.pid})",
            soft_wrap=True,
        )
