"""/api/v1/personas."""

from typing import Annotated, Any

import msgspec
from litestar import Request, get, patch, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath
from msgspec import UNSET, UnsetType

from backlog.database import Database
from backlog.evidence.personas import Persona
from backlog.people.roles import Role
from backlog.register import entries
from web.api.entries import changed, listed
from web.api.paging import PAGING, Listing, Page


class PersonaShown(msgspec.Struct):
    id: int
    name: str
    description: str
    version: int


class PersonaGiven(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    description: str = ""


class PersonaChanged(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    version: int | None = None


def shown(entry: entries.Entry) -> PersonaShown:
    assert isinstance(entry, Persona)  # noqa: S101 - tells the type checker what it was asked for
    return PersonaShown(id=entry.id, name=entry.name, description=entry.description, version=entry.version)


@get(
    "/api/v1/personas",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listPersonas",
    summary="Personas by name",
    tags=["personas"],
)
async def index(database: NamedDependency[Database], page: NamedDependency[Page]) -> Listing[PersonaShown]:
    return await listed(database, Persona, page, shown)


@get(
    "/api/v1/personas/{entry_id:int}",
    opt={"role": Role.VIEWER},
    operation_id="getPersona",
    summary="One persona",
    tags=["personas"],
)
async def show(database: NamedDependency[Database], entry_id: FromPath[int]) -> PersonaShown:
    async with database.reading() as session:
        return shown(await entries.get(session, Persona, entry_id))


@post(
    "/api/v1/personas",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="addPersona",
    summary="Add a persona",
    tags=["personas"],
)
async def create(
    request: Request[Any, Any, Any], database: NamedDependency[Database], data: Annotated[PersonaGiven, Body()]
) -> PersonaShown:
    async with database.writing() as session:
        return shown(await entries.add(session, Persona, msgspec.structs.asdict(data), by=request.user.actor))


@patch(
    "/api/v1/personas/{entry_id:int}",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="changePersona",
    summary="Change a persona",
    tags=["personas"],
)
async def update(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    entry_id: FromPath[int],
    data: Annotated[PersonaChanged, Body()],
) -> PersonaShown:
    """Answers 409 with the persona as it is now under ``current`` when somebody else was faster."""
    return await changed(request, database, Persona, entry_id, msgspec.structs.asdict(data), shown)


ROUTES = [index, show, create, update]
