"""Interaction layers: website, app, portal; across all phases, not touchpoints."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from backlog.database import Database
from backlog.evidence.layers import Layer
from backlog.people.roles import Role
from web.pages import register
from web.pages.register import Asked


@get("/layers", name="layers.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(
    request: Asked, database: NamedDependency[Database], edit: FromQuery[int | None] = None
) -> Response[str]:
    return await register.shown(request, database, Layer, edit=edit)


@post("/layers", name="layers.create", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def create(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    return await register.create(request, database, Layer)


@post("/layers/{entry_id:int}", name="layers.update", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def update(request: Asked, database: NamedDependency[Database], entry_id: FromPath[int]) -> Response[str]:
    return await register.update(request, database, Layer, entry_id)


@post("/layers/{entry_id:int}/removal", name="layers.remove", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def remove(request: Asked, database: NamedDependency[Database], entry_id: FromPath[int]) -> Response[str]:
    return await register.remove(request, database, Layer, entry_id)


@get("/layers/list.csv", name="layers.export", opt={"role": Role.VIEWER}, include_in_schema=False)
async def export(database: NamedDependency[Database]) -> Response[str]:
    return await register.export(database, Layer)


@post("/layers/list", name="layers.import", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def take_in(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    return await register.take_in(request, database, Layer)


ROUTES = [index, create, update, remove, export, take_in]
