"""`customs trino`: SQL for analysts over the lake, started and ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from lakehouse import console
from lakehouse.settings import settings
from lakehouse.tables import Lake
from serving.trino import server

app = typer.Typer(
    help="Trino over the lake, for analysts.",
    no_args_is_help=True,
    add_completion=False,
)
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@app.command()
def up(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    sign_in: Annotated[
        bool, typer.Option("--sign-in", help="HTTPS, and a token for each person.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Start Trino and register the tables of the lake; again takes in new tables."""
    answer = server.up(Lake(settings().lake), host, signs_in=sign_in)
    if as_json:
        console.show_json(answer)
        return
    state = "đã khởi động" if answer.is_new else "đang chạy sẵn"
    count = console.number(len(answer.tables or []))
    console.people.print(f"Trino {state}: {answer.url} ({count} bảng, chỉ đọc)")
    if answer.certificate:
        console.people.print(f"Chứng thư mà máy khách phải tin: {answer.certificate}")
        console.people.print("Mã đăng nhập của từng người: `customs trino token TÊN`.")
    console.people.print("Danh mục lakehouse; dừng bằng `customs trino down`.")


@app.command()
def token(
    name: Annotated[str, typer.Argument(help="Name of the person.")],
    hours: Annotated[float, typer.Option(help="How long it lets in.", min=0.1)] = 12,
) -> None:
    """Write a token that lets a person in, to standard output and nowhere else."""
    keys = server.sign_in_of(Lake(settings().lake))
    typer.echo(keys.token(name, hours, datetime.now(UTC)))


@app.command()
def down(as_json: Json = False) -> None:
    """End the Trino that `up` has started, and no other."""
    ended = server.down(Lake(settings().lake))
    if as_json:
        console.show_json({"ended": ended})
    else:
        console.people.print("Trino đã dừng." if ended else "Trino không chạy.")


@app.command()
def status(as_json: Json = False) -> None:
    """Say whether Trino of the lake runs, and where."""
    answer = server.status(Lake(settings().lake))
    if as_json:
        console.show_json(answer)
    elif answer.is_running:
        console.people.print(f"Trino đang chạy: {answer.url} (tiến trình {answer.pid})")
    else:
        console.people.print("Trino không chạy.")
