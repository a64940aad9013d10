"""What the organisation decides once: its name, thresholds, caps and windows."""

from dataclasses import asdict
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from backlog import settings
from backlog.database import Database
from backlog.errors import N_, Invalid, Stale
from backlog.people.roles import Role
from backlog.rescoring import rescore
from web import chronicle, meanwhile
from web.answers import see_other
from web.forms import decimal, typed, version_of
from web.templating import page

NUMBERS = tuple(name for name, _, _ in settings.RANGES)


@get("/settings", name="settings.show", opt={"role": Role.VIEWER}, include_in_schema=False)
async def show(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[str]:
    async with database.reading() as session:
        known, version = await settings.load(session), await settings.version(session)
        events = await chronicle.of(session, "settings", None)
    return page(
        request,
        "settings/show.html",
        values=asdict(known),
        version=version,
        errors={},
        stale=None,
        kept=kept(asdict(known)),
        clash=meanwhile.NONE,
        entries=chronicle.entries(events),
    )


@post("/settings", name="settings.update", opt={"role": Role.ADMINISTRATOR}, include_in_schema=False)
async def update(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """Keep the settings; scores, candidates and suggestions follow in the same transaction."""
    values = meanwhile.settled(await typed(request))
    try:
        async with database.writing() as session:
            await settings.save(session, read(values), by=request.user.actor, based_on=version_of(values) or 0)
            await rescore(session)
    except (Invalid, Stale) as wrong:
        return await refused(request, database, values, wrong)
    return see_other(request, "settings.show", toast=N_("Settings are kept; scores and candidates follow them."))


async def refused(
    request: Request[Any, Any, Any], database: Database, values: dict[str, str], wrong: Invalid | Stale
) -> Response[str]:
    """The form with what was typed. After somebody else's change it is based on that one: theirs where only they
    changed a field, and both where both did."""
    async with database.reading() as session:
        known, version = asdict(await settings.load(session)), await settings.version(session)
        events = await chronicle.of(session, "settings", None)
    clash = meanwhile.NONE
    if isinstance(wrong, Stale):
        clash = meanwhile.clash(meanwhile.began_in(values), values, kept(known))
        values = dict(clash.values)
    return page(
        request,
        "settings/show.html",
        status=409 if isinstance(wrong, Stale) else 422,
        values=known | values,
        version=version,
        errors=wrong.fields if isinstance(wrong, Invalid) else {},
        stale=wrong.text if isinstance(wrong, Stale) else None,
        kept=kept(known),
        clash=clash,
        entries=chronicle.entries(events),
    )


def kept(known: dict[str, Any]) -> dict[str, Any]:
    """The settings as the form has them."""
    return known | {"derived_importance": "yes" if known["derived_importance"] else "no"}


def read(values: dict[str, str]) -> dict[str, Any]:
    """The settings as typed; what is no number stays text, which the domain refuses by its range."""
    found: dict[str, Any] = {"organisation": values.get("organisation", "").strip()}
    for name in NUMBERS:
        if name in values:
            found[name] = number(values[name])
    if "derived_importance" in values:
        found["derived_importance"] = {"yes": True, "no": False}.get(values["derived_importance"])
    return found


def number(text: str) -> float | int | str:
    """``7.2`` and ``7,2``; a whole number as int."""
    try:
        value = decimal(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


ROUTES = [show, update]
