"""A small app around the templates: routes by their names, no database, whoever is wanted signed in."""

import datetime as dt
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader
from litestar import Litestar, Request, Response, get, post
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp, Receive, Scope, Send

from backlog.errors import Text
from backlog.history import Actor
from backlog.people.roles import Role
from backlog.urgency.urgency import Deadline
from web.courses import Course
from web.identity import Viewer
from web.templating import Pages, page

ROOT = Path(__file__).parents[2]
KATHARINA = Viewer(
    "Katharina Wiedenhöft",
    Role.PRODUCT_OWNER,
    Actor("Katharina Wiedenhöft", person_id=1),
    "k.wiedenhoeft@nordhafen.example",
)
GIVEN = {
    "importance": {"value": 9.2, "origin": "rated"},
    "urgency": {"value": 8.8, "origin": "rated"},
    "maturity": {"value": 7.4, "origin": "rated"},
    "effort_benefit": {"value": 5.0, "origin": "rated"},
}
SAMPLES: dict[str, Any] = {
    "weights": {"importance": 35, "urgency": 25, "maturity": 15, "effort_benefit": 25},
    "rated": GIVEN,
    "partly": GIVEN
    | {"urgency": {"value": 8.1, "origin": "suggested"}, "maturity": {"value": None, "origin": "missing"}},
    "contributions": {"importance": 322, "urgency": 203, "maturity": 75, "effort_benefit": 125},
    "course": Course(
        Deadline(dt.date(2027, 3, 1), 90, 2.0),
        peak=9.0,
        value=1.8,
        first=dt.date(2026, 9, 21),
        last=dt.date(2027, 9, 21),
        today=dt.date(2026, 11, 20),
        path="M0 38.1L72 38.1L161 6.4L365 6.4",
    ),
    "departments": [("BVD", "Bodenverkehrsdienste"), ("DIG", "Digital services")],
    "lead": [
        {"code": "BVD", "name": "Bodenverkehrsdienste", "lead": True},
        {"code": "DIG", "name": "Digital services", "lead": False},
        {"code": "FGK", "name": "Fluggastkommunikation", "lead": False},
    ],
    "now": dt.datetime(2026, 11, 20, 9, 41, tzinfo=dt.UTC),
    "months": [
        {"month": f"2026-{n:02}", "value": 5 - n / 8, "low": 4.6 - n / 8, "high": 5.4 - n / 8, "n": 20 * n}
        for n in range(1, 12)
    ],
    "bins": [{"label": str(n), "n": (n * 37) % 90} for n in range(11)],
    "errors": {"benefit": Text("Enter a number from %(low)s to %(high)s.", {"low": 0, "high": 10})},
    "entries": [
        {
            "who": "Jan-Erik Thomsen",
            "icon": None,
            "what": "changed the stage",
            "when": dt.datetime(2026, 11, 19, 11, 47, tzinfo=dt.UTC),
            "said": "Pier A first.",
        },
        {
            "who": None,
            "icon": "refresh",
            "what": "Scores were computed again",
            "when": dt.datetime(2026, 11, 18, tzinfo=dt.UTC),
            "said": None,
        },
    ],
    "people": [
        {"code": "BVD", "name": "Bodenverkehrsdienste", "lead": True, "note": "leads · M. Dietz", "tag": "late"},
        {"code": "DIG", "name": "Digital services", "lead": False, "note": "", "tag": None},
    ],
}


def stage(*handlers: Any, viewer: Any = KATHARINA, nav: Any = None) -> Litestar:
    """An app that shows ``/samples`` and whatever else is given, to the viewer given."""
    pages = Pages()
    environment = pages.environment
    environment.loader = ChoiceLoader([FileSystemLoader(ROOT / "tests/web"), environment.loader])  # type: ignore[list-item]
    shown = {"waiting": 12, "organisation": "Flughafen Nordhafen", "scores_to": dt.date(2026, 11, 20)}

    def signed_in(app: ASGIApp) -> ASGIApp:
        async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
            scope["user"] = viewer
            scope.setdefault("state", {})["nav"] = shown if nav is None else nav
            await app(scope, receive, send)

        return middleware

    static = create_static_files_router(path="/static", directories=[ROOT / "web/static"])
    return Litestar(
        [samples, *places(), static, *handlers],
        state=State({"pages": pages}),
        middleware=[signed_in],
        csrf_config=CSRFConfig(secret="a secret of the stage, long enough"),
    )


@get("/samples")
async def samples(request: Request[Any, Any, Any]) -> Response[str]:
    return page(request, "samples.html", **SAMPLES)


def places() -> list[Any]:
    """Routes with the names that the frame links to; they answer nothing worth looking at."""
    here = {
        "/backlog": "backlog.index",
        "/triage": "triage.index",
        "/touchpoints": "touchpoints.index",
        "/journeys": "journeys.index",
        "/settings": "settings.show",
        "/sign-in": "sessions.new",
        "/import": "imports.new",
        "/new": "initiatives.new",
    }
    there = {
        "/sign-out": "sessions.delete",
        "/in": "sessions.create",
        "/preferences": "preferences.update",
        "/first": "welcome.create",
        "/demo": "demo.create",
    }
    return [get(path, name=name)(_answer_nothing) for path, name in here.items()] + [
        post(path, name=name)(_answer_nothing) for path, name in there.items()
    ]


async def _answer_nothing() -> str:
    return ""
