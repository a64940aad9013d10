"""/api/v1/departments."""

from typing import Annotated, Any

import msgspec
from litestar import Request, get, patch, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath
from msgspec import UNSET, UnsetType

from backlog.database import Database
from backlog.people.departments import Department
from backlog.people.roles import Role
from backlog.register import entries
from web.api.entries import changed, listed
from web.api.paging import PAGING, Listing, Page


class DepartmentShown(msgspec.Struct):
    id: int
    code: str
    name: str
    description: str
    version: int


class DepartmentGiven(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    name: str
    description: str = ""


class DepartmentChanged(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays."""

    code: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    version: int | None = None


def shown(entry: entries.Entry) -> DepartmentShown:
    assert isinstance(entry, Department)  # noqa: S101 - tells the type checker what it was asked for
    return DepartmentShown(
        id=entry.id, code=entry.code, name=entry.name, description=entry.description, version=entry.version
    )


@get(
    "/api/v1/departments",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listDepartments",
    summary="Departments by name",
    tags=["departments"],
)
async def index(database: NamedDependency[Database], page: NamedDependency[Page]) -> Listing[DepartmentShown]:
    return await listed(database, Department, page, shown)


@get(
    "/api/v1/departments/{entry_id:int}",
    opt={"role": Role.VIEWER},
    operation_id="getDepartment",
    summary="One department",
    tags=["departments"],
)
async def show(database: NamedDependency[Database], entry_id: FromPath[int]) -> DepartmentShown:
    async with database.reading() as session:
        return shown(await entries.get(session, Department, entry_id))


@post(
    "/api/v1/departments",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="addDepartment",
    summary="Add a department",
    tags=["departments"],
)
async def create(
    request: Request[Any, Any, Any], database: NamedDependency[Database], data: Annotated[DepartmentGiven, Body()]
) -> DepartmentShown:
    async with database.writing() as session:
        return shown(await entries.add(session, Department, msgspec.structs.asdict(data), by=request.user.actor))


@patch(
    "/api/v1/departments/{entry_id:int}",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="changeDepartment",
    summary="Change a department",
    tags=["departments"],
)
async def update(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    entry_id: FromPath[int],
    data: Annotated[DepartmentChanged, Body()],
) -> DepartmentShown:
    """Answers 409 with the department as it is now under ``current`` when somebody else was faster."""
    return await changed(request, database, Department, entry_id, msgspec.structs.asdict(data), shown)


ROUTES = [index, show, create, update]
