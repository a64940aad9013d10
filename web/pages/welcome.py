"""The first run: the administrator is created, then the ways into an empty backlog are shown."""

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from backlog import settings
from backlog.database import Database
from backlog.demo import seeding
from backlog.errors import N_, Invalid
from backlog.people import accounts, passwords, sessions
from backlog.people.roles import Role
from web.answers import see_other
from web.forms import typed
from web.identity import PUBLIC, is_first_run
from web.locales import LOCALES
from web.pages.sessions import carrying
from web.templating import page

ONE_DEMO = asyncio.Lock()
"""A second press on the button waits for the first and then finds the backlog filled."""


@get("/welcome", name="welcome", opt={"role": PUBLIC}, include_in_schema=False)
async def show(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """The first-run form; for those signed in, the ways into an empty backlog; afterwards gone."""
    if await is_first_run(request):
        return form(request)
    async with database.reading() as session:
        empty = await seeding.may_begin(session)
    if request.user and empty:
        return page(request, "welcome/show.html")
    return see_other(request, "backlog.index" if request.user else "sessions.new")


def form(request: Request[Any, Any, Any], status: int = 200, **more: Any) -> Response[str]:
    known: dict[str, Any] = {"values": {}, "errors": {}} | more
    return page(request, "welcome/new.html", status=status, shortest=passwords.SHORTEST, **known)


@post("/welcome", name="welcome.create", opt={"role": PUBLIC}, include_in_schema=False)
async def create(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """The administrator, signed in at once. Conflict (409) when there is somebody already."""
    values = await typed(request)
    locale = values.get("locale") if values.get("locale") in LOCALES else None
    try:
        async with database.writing() as session:
            person = await accounts.add_first_person(
                session,
                email=values.get("email", ""),
                name=values.get("name", ""),
                password=values.get("password", ""),
                locale=locale,
            )
            await settings.save(session, {"organisation": values.get("organisation", "").strip()}, by=person.actor)
            secret = await sessions.start(session, person, request.headers.get("user-agent", ""))
    except Invalid as invalid:
        return form(request, 422, values=values, errors=invalid.fields)
    answer = see_other(request, "welcome")
    return carrying(answer, secret, secure=request.app.state.configuration.secure)


@post("/welcome/demo", name="demo.create", opt={"role": Role.ADMINISTRATOR}, include_in_schema=False)
async def load_demo(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """Fill the empty backlog with the SFO demo, or go on where that broke off. Conflict when it is not empty."""
    async with ONE_DEMO:
        await seeding.seed(database)
    return see_other(request, "backlog.index", toast=N_("The sample data of San Francisco airport is loaded."))


ROUTES = [show, create, load_demo]
