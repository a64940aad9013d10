"""/api/v1/links: which initiative is kept in step with which issue, and how that goes."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath, QueryParameter
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import wording
from backlog.database import LARGEST_ID, Database
from backlog.errors import N_, Invalid, Text, checked
from backlog.initiatives import initiatives
from backlog.initiatives.initiative import TITLE_MOST
from backlog.people.roles import Role
from backlog.trackers import answering, connections, links, turns, undelivered
from backlog.trackers.answering import Answer
from backlog.trackers.connections import Connection
from backlog.trackers.link import Link, LinkState, Question
from backlog.trackers.undelivered import Undelivered
from integrations import linking
from integrations.opening import Outside
from web import locales
from web.api.paging import PAGING, Listing, Page, part

Asked = Request[Any, Any, Any]
TAGS = ["links"]
FACTS = frozenset(
    {
        "title", "status", "category", "type", "assignees", "labels", "milestone", "parent", "children", "done",
        "nesting", "comments", "moved", "shortened", "untyped",
    }
)  # fmt: skip
"""What readers are told of an issue; what else is kept with a link is the bookkeeping of keeping it in step."""
Number = Annotated[int | None, QueryParameter(ge=1, le=LARGEST_ID)]


class LinkGiven(msgspec.Struct, forbid_unknown_fields=True):
    """``issue``: the address, key or number of one that is there; left out, a new one is made. ``title``: of a further
    new issue beside the main one. ``settles``: the link of which nobody knows whether its issue was made; it is ``issue``."""

    connection: int
    issue: str = ""
    title: str = ""
    settles: int | None = None


class LinkShown(msgspec.Struct):
    """``fields``: field -> [ours, theirs] as they last were in step. ``facts``: what else is known of the issue.
    ``question``: what a person has to decide where it is parked; ``facts.moved`` says where it went. ``is_main``: kept in
    step; else it counts as a part."""

    id: int
    initiative: int
    connection: int
    external_id: str | None
    external_key: str | None
    url: str
    state: LinkState
    question: Question | None
    is_main: bool
    is_done: bool
    fields: dict[str, Any]
    facts: dict[str, Any]
    last_error: str | None
    detail: str
    attempts: int
    next_attempt_at: dt.datetime | None
    synced_at: dt.datetime | None


class AnswerGiven(msgspec.Struct, forbid_unknown_fields=True):
    """``retry``: look again now. ``anew``: have the issue made anew. ``follow``: keep in step where it was moved to."""

    answer: Answer


@get(
    "/api/v1/links",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listLinks",
    summary="Links, the oldest first",
    tags=TAGS,
)
async def index(
    database: NamedDependency[Database],
    page: NamedDependency[Page],
    states: Annotated[list[LinkState] | None, QueryParameter(name="state", description="Repeat for several.")] = None,
    connection: Number = None,
    initiative: Number = None,
) -> Listing[LinkShown]:
    async with database.reading() as session:
        rows, total = await part(session, page, wanted(states or (), connection, initiative))
        return Listing([await shape(session, row) for row in rows.scalars()], total)


def wanted(states: Sequence[LinkState], connection: int | None, initiative: int | None) -> Select[Link]:
    found = select(Link).order_by(Link.id)
    if states:
        found = found.where(Link.state_now.in_(states))
    if connection is not None:
        found = found.where(Link.connection_id == connection)
    return found if initiative is None else found.where(Link.initiative_id == initiative)


@get(
    "/api/v1/links/{link_id:int}",
    opt={"role": Role.VIEWER},
    operation_id="getLink",
    summary="One link",
    tags=TAGS,
)
async def show(database: NamedDependency[Database], link_id: FromPath[int]) -> LinkShown:
    async with database.reading() as session:
        return await shape(session, await links.by_id(session, link_id))


@get(
    "/api/v1/initiatives/{key:str}/links",
    opt={"role": Role.VIEWER},
    operation_id="listLinksOfInitiative",
    summary="The issues of an initiative, the main ones first",
    tags=TAGS,
)
async def of_initiative(database: NamedDependency[Database], key: FromPath[str]) -> Listing[LinkShown]:
    async with database.reading() as session:
        initiative = await initiatives.by_key(session, key)
        found = [await shape(session, row) for row in await session.scalars(links.of(initiative.id))]
        return Listing(found, len(found))


@post(
    "/api/v1/initiatives/{key:str}/links",
    opt={"role": Role.DEPARTMENT_LEAD},
    operation_id="linkInitiative",
    summary="Push an initiative as a new issue, or link one that is there",
    description="A new issue is made soon afterwards: `state` tells. 409 when the initiative has its issue there already.",
    tags=TAGS,
)
async def create(
    request: Asked,
    database: NamedDependency[Database],
    key: FromPath[str],
    data: Annotated[LinkGiven, Body()],
) -> Response[LinkShown]:
    outside: Outside = request.app.state.outside
    issue, title = None, wording.one_line(data.title)
    checked(title=wording.wrong(title, TITLE_MOST, required=bool(data.title)))
    if data.settles is not None and not data.issue.strip():
        raise Invalid({"issue": N_("Paste the address of an issue, or its key.")})
    if data.issue.strip():
        async with database.reading() as session:
            connection = await connections.by_id(session, data.connection)
        issue = await linking.looked_up(outside, connection, data.issue)
    async with database.writing() as session:
        initiative = await initiatives.by_key(session, key)
        connection = await connections.by_id(session, data.connection)
        if issue is None:
            link = await links.push(session, initiative.id, connection, title=title, by=request.user.actor)
        else:
            found, by = linking.found(issue), request.user.actor
            link = await links.tie(session, initiative.id, connection, found, settles=data.settles, by=by)
        await session.refresh(link)
        shown = await shape(session, link)
    return Response(shown, status_code=201, headers={"Location": f"/api/v1/links/{shown.id}"})


@post(
    "/api/v1/links/{link_id:int}/answer",
    opt={"role": Role.DEPARTMENT_LEAD},
    operation_id="answerLink",
    summary="Say how a link that failed or is parked goes on",
    tags=TAGS,
    status_code=200,
)
async def answer(
    request: Asked,
    database: NamedDependency[Database],
    link_id: FromPath[int],
    data: Annotated[AnswerGiven, Body()],
) -> LinkShown:
    async with database.writing() as session:
        link = await links.by_id(session, link_id, for_change=True)
        await answering.answer(session, link, data.answer, by=request.user.actor)
    async with database.reading() as session:
        return await shape(session, await links.by_id(session, link_id))


@delete(
    "/api/v1/links/{link_id:int}",
    opt={"role": Role.DEPARTMENT_LEAD},
    operation_id="unlink",
    summary="Let initiative and issue go their own ways; the issue stays as it is",
    tags=TAGS,
)
async def remove(request: Asked, database: NamedDependency[Database], link_id: FromPath[int]) -> None:
    async with database.writing() as session:
        link = await links.by_id(session, link_id, for_change=True)
        connection = await connections.by_id(session, link.connection_id)
        await links.unlink(session, link, connection, by=request.user.actor)


async def shape(session: AsyncSession, row: Link) -> LinkShown:
    connection = await connections.by_id(session, row.connection_id)
    error, detail = await trouble(session, row, connection)
    return LinkShown(
        id=row.id,
        initiative=row.initiative_id,
        connection=row.connection_id,
        external_id=row.external_id,
        external_key=row.external_key,
        url=row.url,
        state=row.state_now,
        question=row.question,
        is_main=row.is_main,
        is_done=row.is_done,
        fields=row.base,
        facts={name: value for name, value in row.facts.items() if name in FACTS},
        last_error=None if error is None else locales.translated(error),
        detail=detail,
        attempts=row.attempts,
        next_attempt_at=turns.next_attempt(row, connection),
        synced_at=row.synced_at,
    )


async def trouble(session: AsyncSession, row: Link, connection: Connection) -> tuple[Text | None, str]:
    """What is in its way, with the tracker's own words: else the first of what one side refused, else what holds up the
    whole connection while the link waits."""
    if row.last_error is None and row.state is LinkState.FAILED:
        held = await session.scalar(undelivered.waiting(row.id).order_by(Undelivered.id).limit(1))
        if held is not None:
            return held.reason, held.detail
    if row.last_error is None and row.due_at is not None and connection.hindrance is not None:
        return connection.hindrance, connection.detail
    return row.last_error, row.detail


ROUTES = [index, show, of_initiative, create, answer, remove]
