"""Departments: who leads, contributes, and answers for touchpoints."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from backlog.database import Database
from backlog.people.departments import Department
from backlog.people.roles import Role
from web.pages import register
from web.pages.register import Asked


@get("/departments", name="departments.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(
    request: Asked, database: NamedDependency[Database], edit: FromQuery[int | None] = None
) -> Response[str]:
    return await register.shown(request, database, Department, edit=edit)


@post("/departments", name="departments.create", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def create(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    return await register.create(request, database, Department)


@post(
    "/departments/{entry_id:int}", name="departments.update", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False
)
async def update(request: Asked, database: NamedDependency[Database], entry_id: FromPath[int]) -> Response[str]:
    return await register.update(request, database, Department, entry_id)


@post(
    "/departments/{entry_id:int}/removal",
    name="departments.remove",
    opt={"role": Role.PRODUCT_OWNER},
    include_in_schema=False,
)
async def remove(request: Asked, database: NamedDependency[Database], entry_id: FromPath[int]) -> Response[str]:
    return await register.remove(request, database, Department, entry_id)


@get("/departments/list.csv", name="departments.export", opt={"role": Role.VIEWER}, include_in_schema=False)
async def export(database: NamedDependency[Database]) -> Response[str]:
    return await register.export(database, Department)


@post("/departments/list", name="departments.import", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def take_in(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    return await register.take_in(request, database, Department)


ROUTES = [index, create, update, remove, export, take_in]
