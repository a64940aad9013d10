"""/api/v1/touchpoints: the register with its scores."""

import datetime as dt
from functools import partial
from typing import Annotated, Any, cast

import msgspec
from litestar import Request, get, patch, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath, QueryParameter
from msgspec import UNSET, UnsetType
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import settings
from backlog.database import LARGEST_ID, Database
from backlog.errors import N_, Invalid
from backlog.evidence import touchpoints
from backlog.evidence.listing import Filters, Order, counted, listed
from backlog.evidence.touchpoints import Access, Ownership, Touchpoint, Values
from backlog.people.departments import Department
from backlog.people.roles import Role
from backlog.rescoring import rescore
from web.api.importance import Importances, ImportanceShown, importances
from web.api.paging import PAGING, Listing, Page, part
from web.api.versions import based_on, changing

Asked = Request[Any, Any, Any]
TAGS = ["touchpoints"]


class Named(msgspec.Struct):
    id: int
    name: str


class DepartmentNamed(msgspec.Struct):
    id: int
    code: str
    name: str


class Scored(msgspec.Struct):
    """On 0-10; ``low``..``high`` is the 95 % interval (null below two answers), ``p_below`` (0-1) the probability
    that the true score is below the touchpoint's target, or the threshold. It is of the answers from ``since`` to
    ``until``."""

    value: float
    n: int
    since: dt.date
    until: dt.date
    low: float | None
    high: float | None
    shrunken: float
    p_below: float


class TouchpointShown(msgspec.Struct):
    id: int
    name: str
    phase: Named | None
    channel: str
    ownership: Ownership
    access: Access
    department: DepartmentNamed | None
    expectation: str
    description: str
    target: float | None
    is_signature: bool
    score: Scored | None
    importance: ImportanceShown
    version: int


class TouchpointGiven(msgspec.Struct, forbid_unknown_fields=True):
    """A new touchpoint; ``department`` is an id or a code, ``target`` 0-10 takes the place of the threshold."""

    name: str
    channel: str = ""
    ownership: Ownership = Ownership.OWN
    access: Access = Access.MULTI_ACCESS
    department: int | str | None = None
    expectation: str = ""
    description: str = ""
    target: float | None = None


class TouchpointChanged(msgspec.Struct, forbid_unknown_fields=True):
    """What is left out stays. ``version`` as it was read; or in the header If-Match."""

    name: str | UnsetType = UNSET
    channel: str | UnsetType = UNSET
    ownership: Ownership | UnsetType = UNSET
    access: Access | UnsetType = UNSET
    department: int | str | UnsetType | None = UNSET
    expectation: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    target: float | UnsetType | None = UNSET
    version: int | None = None


def shape(row: Any, known: Importances) -> TouchpointShown:
    """A row of ``listed`` as the API shows it."""
    score = None
    if row.value is not None:
        score = Scored(row.value, row.n, row.since, row.until, row.low, row.high, row.shrunken, row.p_below)
    return TouchpointShown(
        id=row.id,
        name=row.name,
        phase=Named(row.phase_id, row.phase) if row.phase_id is not None else None,
        channel=row.channel,
        ownership=row.ownership,
        access=row.access,
        department=DepartmentNamed(row.department_id, row.department_code, row.department)
        if row.department_id is not None
        else None,
        expectation=row.expectation,
        description=row.description,
        target=row.target,
        is_signature=row.signature_slot is not None,
        score=score,
        importance=known.of(row.id),
        version=row.version,
    )


async def one(session: AsyncSession, touchpoint_id: int) -> TouchpointShown:
    """NotFound when there is none."""
    await touchpoints.get(session, touchpoint_id)
    row = (await session.execute(listed(Filters(), probability=1.0).where(Touchpoint.id == touchpoint_id))).one()
    return shape(row, await importances(session))


Number = Annotated[int | None, QueryParameter(ge=1, le=LARGEST_ID)]


@get(
    "/api/v1/touchpoints",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listTouchpoints",
    summary="Touchpoints with their scores",
    tags=TAGS,
)
async def index(
    database: NamedDependency[Database],
    page: NamedDependency[Page],
    order: Annotated[Order, QueryParameter(description="What they are ordered by, ascending.")] = Order.NAME,
    phase: Number = None,
    department: Number = None,
    ownership: Annotated[Ownership | None, QueryParameter()] = None,
    access: Annotated[Access | None, QueryParameter()] = None,
    signature: Annotated[bool, QueryParameter(description="Only signature touchpoints.")] = False,
    below: Annotated[bool, QueryParameter(description="Only those probably below their threshold.")] = False,
    q: Annotated[str, QueryParameter(max_length=200, description="Words in name, channel, expectation.")] = "",
) -> Listing[TouchpointShown]:
    filters = Filters(
        phase_id=phase,
        department_id=department,
        ownership=ownership,
        access=access,
        signature=signature,
        below=below,
        words=q.replace("\0", ""),
    )
    async with database.reading() as session:
        probability = (await settings.load(session)).probability
        wanted = listed(filters, probability=probability, order=order)
        rows, total = await part(session, page, wanted, counted(filters, probability=probability))
        known = await importances(session)
        return Listing([shape(row, known) for row in rows], total)


@get(
    "/api/v1/touchpoints/{touchpoint_id:int}",
    opt={"role": Role.VIEWER},
    operation_id="getTouchpoint",
    summary="One touchpoint",
    tags=TAGS,
)
async def show(database: NamedDependency[Database], touchpoint_id: FromPath[int]) -> TouchpointShown:
    async with database.reading() as session:
        return await one(session, touchpoint_id)


@post(
    "/api/v1/touchpoints",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="addTouchpoint",
    summary="Add a touchpoint",
    tags=TAGS,
)
async def create(
    request: Asked, database: NamedDependency[Database], data: Annotated[TouchpointGiven, Body()]
) -> TouchpointShown:
    async with database.writing() as session:
        touchpoint = await touchpoints.add(session, await values_of(session, data), by=request.user.actor)
        return await one(session, touchpoint.id)


@patch(
    "/api/v1/touchpoints/{touchpoint_id:int}",
    opt={"role": Role.PRODUCT_OWNER},
    operation_id="changeTouchpoint",
    summary="Change a touchpoint",
    tags=TAGS,
)
async def change(
    request: Asked,
    database: NamedDependency[Database],
    touchpoint_id: FromPath[int],
    data: Annotated[TouchpointChanged, Body()],
) -> TouchpointShown:
    """Answers 409 with the touchpoint as it is now when the version is an older one."""
    async with changing(database, partial(one, touchpoint_id=touchpoint_id)) as session:
        touchpoint = await touchpoints.get(session, touchpoint_id)
        version = based_on(request, data.version)
        values, by = await values_of(session, data), request.user.actor
        changes = await touchpoints.change(session, touchpoint, values, version=version, by=by)
        if "target" in changes:
            await rescore(session)
        return await one(session, touchpoint_id)


async def values_of(session: AsyncSession, data: TouchpointGiven | TouchpointChanged) -> Values:
    """What was given, in the domain's words. Invalid when there is no such department."""
    names = [name for name in data.__struct_fields__ if name not in ("version", "department")]
    given = {name: getattr(data, name) for name in names}
    if data.department is not UNSET:
        given["department_id"] = await _department(session, data.department)
    return cast(Values, {name: value for name, value in given.items() if value is not UNSET})


async def _department(session: AsyncSession, named: int | str | UnsetType | None) -> int | None:
    if not isinstance(named, str):
        return named if isinstance(named, int) else None
    wanted = select(Department.id).where(func.lower(Department.code) == named.strip().lower().replace("\0", ""))
    found = await session.scalar(wanted)
    if found is None:
        raise Invalid({"department": N_("There is no such department.")})
    return found


ROUTES = [index, show, create, change]
