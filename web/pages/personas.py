"""Personas: the typical customers behind answers and journeys."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from backlog.database import Database
from backlog.evidence.personas import Persona
from backlog.people.roles import Role
from web.pages import register
from web.pages.register import Asked


@get("/personas", name="personas.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(
    request: Asked, database: NamedDependency[Database], edit: FromQuery[int | None] = None
) -> Response[str]:
    return await register.shown(request, database, Persona, edit=edit)


@post("/personas", name="personas.create", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def create(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    return await register.create(request, database, Persona)


@post("/personas/{entry_id:int}", name="personas.update", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def update(request: Asked, database: NamedDependency[Database], entry_id: FromPath[int]) -> Response[str]:
    return await register.update(request, database, Persona, entry_id)


@post(
    "/personas/{entry_id:int}/removal",
    name="personas.remove",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def remove(request: Asked, database: NamedDependency[Database], entry_id: FromPath[int]) -> Response[str]:
    return await register.remove(request, database, Persona, entry_id)


@get("/personas/list.csv", name="personas.export", opt={"role": Role.VIEWER}, include_in_schema=False)
async def export(database: NamedDependency[Database]) -> Response[str]:
    return await register.export(database, Persona)


@post("/personas/list", name="personas.import", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def take_in(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    return await register.take_in(request, database, Persona)


ROUTES = [index, create, update, remove, export, take_in]
