"""The dashboard over HTTP: typed, read-only questions, and the page that asks them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from lakehouse.errors import CustomsError
from lakehouse.status import source_states
from serving.dashboards import overview
from serving.dashboards.access import COOKIE, Door
from serving.dashboards.answers import (
    ChannelsAnswer,
    CutAnswer,
    DayAnswer,
    FreshnessAnswer,
    IntakeAnswer,
    Problem,
    TrendAnswer,
)
from serving.dashboards.cut import Cut, Cuts
from serving.dashboards.errors import UnknownCut

_ZIPPED_FROM = 1024
_HEADERS = {
    # Nothing is loaded from outside, nothing runs that did not come as a file.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_REFUSALS: dict[int | str, dict[str, type[BaseModel]]] = {
    401: {"model": Problem},
    404: {"model": Problem},
    503: {"model": Problem},
}


class Credentials(BaseModel):
    """What a person types in once, on a service that asks for it."""

    token: str


def make_app(
    cuts: Cuts,
    bundle: Path,
    *,
    token: str | None = None,
    hosts: list[str] | None = None,
) -> FastAPI:
    """The application over one lake.

    Args:
        bundle: folder with the built page.
        token: what every question must carry, none on this machine alone.
        hosts: names by which the service may be called; a page of another name must
            not reach it through this machine's browser.
    """
    app = FastAPI(
        title="Customs dashboard",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.cuts = cuts
    app.state.door = Door(token)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts or ["*"])
    app.add_middleware(GZipMiddleware, minimum_size=_ZIPPED_FROM)
    app.middleware("http")(_protect)
    app.add_exception_handler(CustomsError, _refuse)
    app.include_router(sessions)
    app.include_router(questions)
    app.mount("/", StaticFiles(directory=bundle, html=True, check_dir=False))
    return app


class NotLetIn(CustomsError):
    """The question carries no token, or a wrong one."""

    def __init__(self) -> None:
        super().__init__(
            "no_token", "this question needs the token", "Sign in with the token"
        )


def _let_in(request: Request) -> None:
    door: Door = request.app.state.door
    carried = request.headers.get("authorization")
    if not door.lets_in(carried, request.cookies.get(COOKIE)):
        raise NotLetIn


def _chosen_cut(request: Request, run: int | None = None) -> Cut:
    cuts: Cuts = request.app.state.cuts
    return cuts.cut(run)


ChosenCut = Annotated[Cut, Depends(_chosen_cut)]
Day = Annotated[date, Query(description="Date of registration in Viet Nam.")]
Days = Annotated[int, Query(ge=2, le=366, description="Number of days.")]

sessions = APIRouter(prefix="/api/v1", responses=_REFUSALS)
questions = APIRouter(
    prefix="/api/v1", dependencies=[Depends(_let_in)], responses=_REFUSALS
)


@sessions.post("/session", status_code=204)
def open_session(given: Credentials, request: Request) -> Response:
    """Open a session of a browser with the token."""
    door: Door = request.app.state.door
    session = door.open_session(given.token)
    if session is None:
        raise NotLetIn
    answer = Response(status_code=204)
    answer.set_cookie(COOKIE, session, httponly=True, samesite="strict")
    return answer


@questions.get("/cut")
def get_cut(cut: ChosenCut) -> CutAnswer:
    """The newest cut, its days, and what it lacks."""
    return overview.show_cut(cut)


@questions.get("/day")
def get_day(cut: ChosenCut, day: Day) -> DayAnswer:
    """Declarations, value and tax of a day."""
    return overview.show_day(cut, day)


@questions.get("/channels")
def get_channels(cut: ChosenCut, day: Day) -> ChannelsAnswer:
    """Channel shares of a day against the caps that hold on it."""
    return overview.show_channels(cut, day)


@questions.get("/trend")
def get_trend(
    cut: ChosenCut, until: Day, days: Days = overview.TREND_DAYS
) -> TrendAnswer:
    """Days up to a day."""
    return overview.show_trend(cut, until, days)


@questions.get("/freshness")
def get_freshness(cut: ChosenCut, request: Request) -> FreshnessAnswer:
    """Sources and tables against the delay that contracts promise."""
    cuts: Cuts = request.app.state.cuts
    return overview.show_freshness(cut, source_states(cuts.lake), cut.table_states())


@questions.get("/intake")
def get_intake(cut: ChosenCut) -> IntakeAnswer:
    """Messages that came, were refused, and wait."""
    return overview.show_intake(cut)


async def _protect(
    request: Request, answer: Callable[[Request], Awaitable[Response]]
) -> Response:
    response = await answer(request)
    response.headers.update(_HEADERS)
    if request.url.path.startswith("/api/"):
        response.headers["cache-control"] = "no-store"
    return response


def _refuse(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CustomsError)
    status = 503
    if isinstance(error, NotLetIn):
        status = 401
    elif isinstance(error, UnknownCut):
        status = 404
    problem = Problem(code=error.code, detail=error.message, remedy=error.remedy)
    return JSONResponse(problem.model_dump(), status_code=status)
