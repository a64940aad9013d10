"""What each person chooses: name, language, appearance, password. Strangers keep language and appearance in cookies."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from backlog.database import Database
from backlog.errors import N_, Invalid
from backlog.people import accounts
from backlog.people.persons import THEMES
from backlog.people.roles import Role
from web import chronicle
from web.answers import go_to, see_other
from web.chronicle_names import names_in
from web.forms import typed
from web.identity import PUBLIC
from web.locales import LOCALES
from web.pages.sessions import carrying, safe_address
from web.templating import page

A_YEAR = 365 * 24 * 3600  # seconds


@get("/preferences", name="preferences.show", opt={"role": Role.VIEWER}, include_in_schema=False)
async def show(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[str]:
    return await shown(request, database)


async def shown(
    request: Request[Any, Any, Any], database: Database, *, status: int = 200, **more: Any
) -> Response[str]:
    async with database.reading() as session:
        events = await chronicle.of(session, "person", request.user.id)
        told = chronicle.entries(events, mentioned=await names_in(session, events))
    values: dict[str, Any] = {"values": {}, "errors": {}} | more
    return page(request, "preferences/show.html", status=status, entries=told, **values)


@post("/preferences", name="preferences.update", opt={"role": PUBLIC}, include_in_schema=False)
async def update(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """Keep what was chosen: with the person, and in cookies for the sign-in page."""
    values = await typed(request)
    if request.user:
        try:
            async with database.writing() as session:
                await accounts.prefer(session, await accounts.get(session, request.user.id), known(values))
        except Invalid as invalid:
            return await shown(request, database, status=422, values=values, errors=invalid.fields)
    answer = go_to(safe_address(values.get("back", "/")))
    for name in ("locale", "theme"):
        if name in known(values):
            answer.set_cookie(name, known(values)[name], max_age=A_YEAR, httponly=True, samesite="lax")
    return answer


def known(values: dict[str, str]) -> dict[str, str]:
    """Of what was sent only what can be chosen."""
    choices = {"locale": set(LOCALES), "theme": set(THEMES)}
    kept = {name: values[name] for name, allowed in choices.items() if values.get(name) in allowed}
    return kept | ({"name": values["name"]} if "name" in values else {})


@post("/preferences/password", name="preferences.password", opt={"role": Role.VIEWER}, include_in_schema=False)
async def password(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """The old password for a new one; all other sessions end, this one goes on under a new secret."""
    values = await typed(request)
    try:
        async with database.writing() as session:
            person = await accounts.get(session, request.user.id)
            secret = await accounts.change_own_password(
                session, person, old=values.get("old_password", ""), password=values.get("password", "")
            )
    except Invalid as invalid:
        return await shown(request, database, status=422, errors=invalid.fields)
    answer = see_other(
        request, "preferences.show", toast=N_("Your password is changed; other sessions are signed out.")
    )
    return carrying(answer, secret, secure=request.app.state.configuration.secure)


ROUTES = [show, update, password]
