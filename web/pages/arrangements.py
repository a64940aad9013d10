"""Changing a journey: its name, persona and scenario, its phases, and what stands in them. Plain forms and buttons."""

from collections.abc import Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select

from backlog.database import Database
from backlog.errors import N_, Invalid, Stale, Text
from backlog.evidence import journeys
from backlog.evidence.arrangement import Arrangement
from backlog.evidence.journeys import SCENARIO_LABELS, Journey
from backlog.evidence.touchpoints import Touchpoint
from backlog.initiatives import walks
from backlog.people.roles import Role
from web import chronicle, meanwhile
from web.answers import see_other
from web.chronicle_names import names_in
from web.forms import typed, version_of, whole
from web.pages.journeys import Asked, personas, read
from web.templating import page


@get("/journeys/{journey_id:int}/edit", name="journeys.edit", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def edit(request: Asked, database: NamedDependency[Database], journey_id: FromPath[int]) -> Response[str]:
    return await form(request, database, journey_id)


async def form(request: Asked, database: Database, journey_id: int, *, status: int = 200, **more: Any) -> Response[str]:
    """The forms, with what was typed and what is wrong with it, if anything."""
    async with database.reading() as session:
        journey = await journeys.get(session, journey_id)
        walked = (await walks.walks(session, [journey_id]))[journey_id]
        known = await personas(session)
        rows = await session.execute(select(Touchpoint.id, Touchpoint.name).order_by(Touchpoint.name))
        touchpoints = [(number, name) for number, name in rows]
        events = await chronicle.of(session, "journey", journey_id)
        told = chronicle.entries(events, mentioned=await names_in(session, events))
    values: dict[str, Any] = {"values": {}, "errors": {}, "names": {}, "message": None, "clash": meanwhile.NONE} | more
    return page(
        request, "journeys/edit.html", status=status, journey=journey, kept=kept(journey), walk=walked, personas=known,
        touchpoints=touchpoints, scenarios=SCENARIO_LABELS, entries=told, **values,
    )  # fmt: skip


@post("/journeys/{journey_id:int}", name="journeys.update", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def update(request: Asked, database: NamedDependency[Database], journey_id: FromPath[int]) -> Response[Any]:
    values = meanwhile.settled(await typed(request))
    now: dict[str, Any] = {}
    try:
        async with database.writing() as session:
            journey = await journeys.get(session, journey_id)
            now = kept(journey)
            await journeys.change(session, journey, read(values), version=version_of(values), by=request.user.actor)
    except Invalid as invalid:
        return await form(request, database, journey_id, status=422, values=values, errors=invalid.fields)
    except Stale as stale:
        clash = meanwhile.clash(meanwhile.began_in(values), values, now)
        again: dict[str, Any] = {"values": clash.values, "clash": clash, "message": stale.text}
        return await form(request, database, journey_id, status=409, **again)
    return see_other(
        request, "journeys.edit", journey_id=journey_id, toast=Text(N_("%(name)s is changed."), {"name": journey.name})
    )


@post(
    "/journeys/{journey_id:int}/arrangement",
    name="journeys.arrange",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def arrange(request: Asked, database: NamedDependency[Database], journey_id: FromPath[int]) -> Response[Any]:
    """One press of a button in the form of phases; names typed beside it are kept with it."""
    values = meanwhile.settled(await typed(request))
    now: dict[str, Any] = {}
    try:
        async with database.writing() as session:
            journey = await journeys.get(session, journey_id)
            before = await journeys.arrangement_of(session, journey_id)
            now = named(before)
            journey.expect(version_of(values))
            wanted = acted(renamed(before, values), values)
            await journeys.arrange(session, journey, wanted, version=journey.version, by=request.user.actor)
    except Invalid as invalid:
        return await form(request, database, journey_id, status=422, names=values, errors=invalid.fields)
    except Stale as stale:
        clash = meanwhile.clash(meanwhile.began_in(values), values, now)
        names: dict[str, Any] = {"names": clash.values, "clash": clash, "message": stale.text}
        return await form(request, database, journey_id, status=409, **names)
    return see_other(request, "journeys.edit", journey_id=journey_id, anchor=anchor_of(values))


def kept(journey: Journey) -> dict[str, Any]:
    """The journey itself as the form has it."""
    return {
        "name": journey.name,
        "scenario": journey.scenario.value,
        "persona": journey.persona_id,
        "description": journey.description,
    }


def named(arrangement: Arrangement) -> dict[str, str]:
    """The names of the phases as the form has them."""
    return {f"phase-{part.id}": part.name for part in arrangement.parts}


def renamed(arrangement: Arrangement, values: dict[str, str]) -> Arrangement:
    """With the names in the fields ``phase-ID``."""
    for at, part in enumerate(arrangement.parts):
        arrangement = arrangement.rename(at, values.get(f"phase-{part.id}", part.name))
    return arrangement


def acted(arrangement: Arrangement, values: dict[str, str]) -> Arrangement:
    """What the pressed button says: ``act`` is a verb and the places it is about, such as ``shift 2 0 -1``."""
    verb, *places = values.get("act", "").split() or ["keep"]
    try:
        numbers = [int(place) for place in places]
        if verb == "place":
            return placed(arrangement, values, *numbers)
        if verb == "add":
            return arrangement.add(values.get("phase", ""))
        verbs: dict[str, Callable[..., Arrangement]] = {
            "keep": lambda: arrangement,
            "move": arrangement.move,
            "remove": arrangement.remove,
            "shift": arrangement.shift,
            "unplace": arrangement.unplace,
        }
        return verbs[verb](*numbers)
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid({"act": N_("Waymark does not know this button.")}) from error


def placed(arrangement: Arrangement, values: dict[str, str], at: int) -> Arrangement:
    """With the touchpoint chosen below a phase."""
    field = f"touchpoint-{at}"
    touchpoint_id = whole(values, field)
    if touchpoint_id is None:
        raise Invalid({field: N_("Choose a touchpoint.")})
    try:
        return arrangement.place(at, touchpoint_id)
    except Invalid as invalid:
        raise Invalid({field: invalid.fields["touchpoint"]}) from invalid


def anchor_of(values: dict[str, str]) -> str:
    """Back to the phase the button stood in."""
    places = values.get("act", "").split()[1:2]
    return f"#p{places[0]}" if places and places[0].isdigit() else "#phases"


ROUTES = [edit, update, arrange]
