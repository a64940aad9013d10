"""Journeys: the list of them, each as columns of phases, and as lists."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Text, counted
from backlog.evidence import journeys
from backlog.evidence.journeys import SCENARIO_LABELS, Journey, Scenario
from backlog.evidence.layers import Layer
from backlog.evidence.personas import Persona
from backlog.initiatives import walks
from backlog.people.roles import Role
from backlog.register import journey_sheets
from backlog.register.sheets import RowsWrong
from web.answers import see_other
from web.forms import typed, version_of, whole
from web.pages.files import csv_file, uploaded
from web.templating import page

Asked = Request[Any, Any, Any]


async def names(session: AsyncSession) -> list[tuple[int, str]]:
    """All journeys, for the switch between them."""
    rows = await session.execute(select(Journey.id, Journey.name).order_by(Journey.name))
    return [(number, name) for number, name in rows]


async def personas(session: AsyncSession) -> dict[int, str]:
    rows = await session.execute(select(Persona.id, Persona.name).order_by(Persona.name))
    return dict(rows.all())


@get("/journeys", name="journeys.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    return await listed(request, database)


async def listed(request: Asked, database: Database, *, status: int = 200, **more: Any) -> Response[str]:
    async with database.reading() as session:
        found = (await session.scalars(select(Journey).order_by(Journey.name))).all()
        walked = await walks.walks(session, [journey.id for journey in found])
        known = await personas(session)
    values: dict[str, Any] = {"errors": {}, "row_errors": []} | more
    return page(
        request, "journeys/index.html", status=status, journeys=found, walks=walked, personas=known,
        scenarios=SCENARIO_LABELS, **values,
    )  # fmt: skip


@get("/journeys/{journey_id:int}", name="journeys.show", opt={"role": Role.VIEWER}, include_in_schema=False)
async def show(request: Asked, database: NamedDependency[Database], journey_id: FromPath[int]) -> Response[str]:
    """The whole experience of one journey: phases from left to right, touchpoints in order, the weakest link named."""
    async with database.reading() as session:
        journey = await journeys.get(session, journey_id)
        walked = (await walks.walks(session, [journey_id]))[journey_id]
        layers = (await session.scalars(select(Layer).order_by(Layer.name))).all()
        known = await personas(session)
        others = await names(session)
    return page(
        request, "journeys/show.html", journey=journey, walk=walked, layers=layers, personas=known, others=others,
        scenarios=SCENARIO_LABELS,
    )  # fmt: skip


@get("/journeys/new", name="journeys.new", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def new(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    return await form(request, database)


async def form(request: Asked, database: Database, status: int = 200, **more: Any) -> Response[str]:
    async with database.reading() as session:
        known = await personas(session)
    values: dict[str, Any] = {"values": {}, "errors": {}} | more
    return page(request, "journeys/new.html", status=status, personas=known, scenarios=SCENARIO_LABELS, **values)


def read(values: dict[str, str]) -> dict[str, Any]:
    """The journey as typed."""
    if values.get("scenario") not in set(Scenario):
        raise Invalid({"scenario": N_("Choose a scenario.")})
    return {
        "name": values.get("name", ""),
        "scenario": Scenario(values["scenario"]),
        "persona_id": whole(values, "persona"),
        "description": values.get("description", ""),
    }


@post("/journeys", name="journeys.create", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def create(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    values = await typed(request)
    try:
        async with database.writing() as session:
            journey = await journeys.add(session, read(values), by=request.user.actor)
    except Invalid as invalid:
        return await form(request, database, 422, values=values, errors=invalid.fields)
    return see_other(request, "journeys.edit", journey_id=journey.id)


@post(
    "/journeys/{journey_id:int}/removal",
    name="journeys.remove",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def remove(request: Asked, database: NamedDependency[Database], journey_id: FromPath[int]) -> Response[Any]:
    values = await typed(request)
    async with database.writing() as session:
        journey = await journeys.get(session, journey_id)
        await journeys.remove(session, journey, version=version_of(values), by=request.user.actor)
    said = Text(N_("%(name)s is removed; its touchpoints are still in the register."), {"name": journey.name})
    return see_other(request, "journeys.index", toast=said)


@get("/journeys/list.csv", name="journeys.export", opt={"role": Role.VIEWER}, include_in_schema=False)
async def export(database: NamedDependency[Database]) -> Response[str]:
    async with database.reading() as session:
        return csv_file(await journey_sheets.exported(session), "journeys.csv")


@post("/journeys/list", name="journeys.import", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def take_in(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    """Lay out journeys as a CSV file says; 422 with what is wrong by row and column, then nothing was changed."""
    try:
        data = await uploaded(request)
        async with database.writing() as session:
            n = await journey_sheets.take_in(session, data, by=request.user.actor)
    except RowsWrong as wrong:
        return await listed(request, database, status=422, row_errors=wrong.row_errors)
    except Invalid as invalid:
        return await listed(request, database, status=422, errors=invalid.fields)
    except Conflict as conflict:
        return await listed(request, database, status=409, errors={"file": conflict.text})
    said = counted("%(n)s journey is as the file says.", "%(n)s journeys are as the file says.", n)
    return see_other(request, "journeys.index", toast=said)


ROUTES = [index, new, show, create, remove, export, take_in]
