"""/api/v1/conflicts: fields that both sides changed, and what could not be delivered."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath, QueryParameter
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.people.roles import Role
from backlog.trackers import conflicts, restoring, undelivered
from backlog.trackers.conflicts import Disagreement, Side
from backlog.trackers.fields import Field
from backlog.trackers.link import Link
from backlog.trackers.undelivered import End, Undelivered
from web import locales
from web.api.paging import PAGING, Listing, Page, part
from web.api.versions import based_on, changing

Asked = Request[Any, Any, Any]
TAGS = ["links"]


class ConflictShown(msgspec.Struct):
    """``base``: [ours, theirs] when both last agreed, null at first. ``decision`` null while it waits; the value that
    lost is kept and can be brought back."""

    id: int
    link: int
    initiative: int
    field: Field
    base: Any
    ours: Any
    ours_by: str
    ours_at: dt.datetime | None
    theirs: Any
    theirs_by: str
    theirs_at: dt.datetime | None
    found_at: dt.datetime
    decision: Side | None
    decided_by: str
    decided_at: dt.datetime | None
    restored_at: dt.datetime | None
    version: int


class DecisionGiven(msgspec.Struct, forbid_unknown_fields=True):
    """``version``: of the conflict that was seen; else in the header ``If-Match``."""

    decision: Side
    version: int | None = None


class UndeliveredShown(msgspec.Struct):
    """``inward``: theirs, which we could not take. ``dropped``: the tracker ignored it without a word. ``end`` null
    while it waits."""

    id: int
    link: int
    initiative: int
    field: Field
    value: Any
    inward: bool
    dropped: bool
    reason: str
    detail: str
    status: int | None
    tries: int
    first_at: dt.datetime
    last_at: dt.datetime
    end: End | None


@get(
    "/api/v1/conflicts",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listConflicts",
    summary="Fields that both sides changed; those that wait unless `decided`",
    tags=TAGS,
)
async def index(
    database: NamedDependency[Database],
    page: NamedDependency[Page],
    decided: Annotated[bool, QueryParameter(description="Those that are decided.")] = False,
) -> Listing[ConflictShown]:
    both: Select[*tuple[Any, ...]] = select(Disagreement, Link.initiative_id.label("initiative_id"))
    found = both.join(Link, Link.id == Disagreement.link_id).where(
        Disagreement.decision.is_not(None) if decided else Disagreement.decision.is_(None)
    )
    async with database.reading() as session:
        rows, total = await part(session, page, found.order_by(Disagreement.id))
        return Listing([shape(row.Disagreement, row.initiative_id) for row in rows], total)


@get(
    "/api/v1/conflicts/{conflict_id:int}",
    opt={"role": Role.VIEWER},
    operation_id="getConflict",
    summary="One conflict",
    tags=TAGS,
)
async def show(database: NamedDependency[Database], conflict_id: FromPath[int]) -> ConflictShown:
    async with database.reading() as session:
        return await one(session, conflict_id)


@post(
    "/api/v1/conflicts/{conflict_id:int}/decision",
    opt={"role": Role.DEPARTMENT_LEAD},
    operation_id="decideConflict",
    summary="Say which side wins; the other value is kept",
    tags=TAGS,
    status_code=200,
)
async def decide(
    request: Asked,
    database: NamedDependency[Database],
    conflict_id: FromPath[int],
    data: Annotated[DecisionGiven, Body()],
) -> ConflictShown:
    async with changing(database, lambda session: one(session, conflict_id)) as session:
        conflict = await conflicts.by_id(session, conflict_id, for_change=True)
        conflict.expect(based_on(request, data.version))
        await conflicts.decide(session, conflict, data.decision, by=request.user.actor)
    async with database.reading() as session:
        return await one(session, conflict_id)


@post(
    "/api/v1/conflicts/{conflict_id:int}/restoration",
    opt={"role": Role.DEPARTMENT_LEAD},
    operation_id="restoreConflict",
    summary="Bring the value that lost back, on both sides",
    tags=TAGS,
    status_code=200,
)
async def restore(request: Asked, database: NamedDependency[Database], conflict_id: FromPath[int]) -> ConflictShown:
    async with changing(database, lambda session: one(session, conflict_id)) as session:
        conflict = await conflicts.by_id(session, conflict_id, for_change=True)
        await restoring.restore(session, conflict, by=request.user.actor)
    async with database.reading() as session:
        return await one(session, conflict_id)


@get(
    "/api/v1/undelivered",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listUndelivered",
    summary="What one side refused, kept until somebody tries again or lets go",
    tags=TAGS,
)
async def refused(
    database: NamedDependency[Database],
    page: NamedDependency[Page],
    end: Annotated[End | None, QueryParameter(description="Those that ended so; left out, those that wait.")] = None,
) -> Listing[UndeliveredShown]:
    both: Select[*tuple[Any, ...]] = select(Undelivered, Link.initiative_id.label("initiative_id"))
    found = both.join(Link, Link.id == Undelivered.link_id)
    async with database.reading() as session:
        rows, total = await part(session, page, found.where(Undelivered.end == end).order_by(Undelivered.id))
        return Listing([shape_undelivered(row.Undelivered, row.initiative_id) for row in rows], total)


@post(
    "/api/v1/undelivered/{item_id:int}/retry",
    opt={"role": Role.DEPARTMENT_LEAD},
    operation_id="retryUndelivered",
    summary="Try to deliver it once more",
    tags=TAGS,
    status_code=204,
)
async def retry(request: Asked, database: NamedDependency[Database], item_id: FromPath[int]) -> None:
    async with database.writing() as session:
        item = await undelivered.by_id(session, item_id, for_change=True)
        await undelivered.retry(session, item, by=request.user.actor)


@post(
    "/api/v1/undelivered/{item_id:int}/discard",
    opt={"role": Role.DEPARTMENT_LEAD},
    operation_id="discardUndelivered",
    summary="Let the two sides differ here until either changes",
    tags=TAGS,
    status_code=204,
)
async def discard(request: Asked, database: NamedDependency[Database], item_id: FromPath[int]) -> None:
    async with database.writing() as session:
        item = await undelivered.by_id(session, item_id, for_change=True)
        await undelivered.discard(session, item, by=request.user.actor)


async def one(session: AsyncSession, conflict_id: int) -> ConflictShown:
    conflict = await conflicts.by_id(session, conflict_id)
    link = await session.get_one(Link, conflict.link_id)
    return shape(conflict, link.initiative_id)


def shape(row: Disagreement, initiative_id: int) -> ConflictShown:
    return ConflictShown(
        id=row.id,
        link=row.link_id,
        initiative=initiative_id,
        field=row.field,
        base=row.base,
        ours=row.ours,
        ours_by=row.ours_by,
        ours_at=row.ours_at,
        theirs=row.theirs,
        theirs_by=row.theirs_by,
        theirs_at=row.theirs_at,
        found_at=row.found_at,
        decision=row.decision,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        restored_at=row.restored_at,
        version=row.version,
    )


def shape_undelivered(row: Undelivered, initiative_id: int) -> UndeliveredShown:
    return UndeliveredShown(
        id=row.id,
        link=row.link_id,
        initiative=initiative_id,
        field=row.field,
        value=row.value,
        inward=row.inward,
        dropped=row.dropped,
        reason=locales.translated(row.reason),
        detail=row.detail,
        status=row.status,
        tries=row.tries,
        first_at=row.first_at,
        last_at=row.last_at,
        end=row.end,
    )


ROUTES = [index, show, decide, restore, refused, retry, discard]
