"""/api/v1/initiatives/{id}: moving it, its comments and its history."""

import datetime as dt
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath
from sqlalchemy import select

from backlog.database import Database
from backlog.history import Event
from backlog.initiatives import comments, initiatives, moves
from backlog.initiatives.comments import Comment
from backlog.initiatives.stages import Verb
from backlog.people.roles import Role
from backlog.rounds import blindness, rounds
from web.api.initiative_shapes import InitiativeShown, answer, one
from web.api.paging import PAGING, Listing, Page, part
from web.api.versions import based_on, changing


class StageMoved(msgspec.Struct, forbid_unknown_fields=True):
    """park, drop and send_back need a reason; finish, drop and reopen the role product_owner."""

    verb: Verb
    reason: str = ""
    version: int | None = None


class CommentGiven(msgspec.Struct, forbid_unknown_fields=True):
    text: str


class CommentShown(msgspec.Struct):
    id: int
    author: str
    written_at: dt.datetime
    text: str


class EventShown(msgspec.Struct):
    """``changes`` maps fields to [before, after], and whatever else explains the event."""

    id: int
    at: dt.datetime
    actor: str
    verb: str
    changes: dict[str, Any]


@post(
    "/api/v1/initiatives/{key:str}/stage",
    opt={"role": Role.DEPARTMENT_LEAD},
    operation_id="moveInitiative",
    summary="Move an initiative to another stage",
    tags=["initiatives"],
    status_code=200,
)
async def move(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    key: FromPath[str],
    data: Annotated[StageMoved, Body()],
) -> Response[InitiativeShown]:
    moves.require(data.verb, request.user.role)
    async with changing(database, partial(one, key=key)) as session:
        initiative = await initiatives.by_key(session, key, for_change=True)
        initiative.expect(based_on(request, data.version))
        await moves.move(session, initiative, data.verb, reason=data.reason, by=request.user.actor)
    return await answer(database, key)


def shown(comment: Comment) -> CommentShown:
    return CommentShown(comment.id, comment.author, comment.written_at, comment.text)


@get(
    "/api/v1/initiatives/{key:str}/comments",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listComments",
    summary="Comments, newest first",
    tags=["initiatives"],
)
async def list_comments(
    database: NamedDependency[Database], page: NamedDependency[Page], key: FromPath[str]
) -> Listing[CommentShown]:
    async with database.reading() as session:
        initiative = await initiatives.by_key(session, key)
        rows, total = await part(session, page, comments.of(initiative.id))
        return Listing([shown(comment) for comment in rows.scalars()], total)


@post(
    "/api/v1/initiatives/{key:str}/comments",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="writeComment",
    summary="Write a comment",
    tags=["initiatives"],
)
async def write_comment(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    key: FromPath[str],
    data: Annotated[CommentGiven, Body()],
) -> CommentShown:
    async with database.writing() as session:
        initiative = await initiatives.by_key(session, key)
        return shown(await comments.write(session, initiative, data.text, by=request.user.actor))


@get(
    "/api/v1/initiatives/{key:str}/history",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listInitiativeHistory",
    summary="Everything that was done, newest first",
    tags=["initiatives"],
)
async def list_history(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    page: NamedDependency[Page],
    key: FromPath[str],
) -> Listing[EventShown]:
    """While an open round asks the caller for an input, what others have rated of it is not listed."""
    actor = request.user.actor
    async with database.reading() as session:
        initiative = await initiatives.by_key(session, key)
        about = (Event.subject == "initiative") & (Event.subject_id == initiative.id)
        about &= blindness.may_read(actor, await rounds.asked_of(session, actor, initiative.id))
        rows, total = await part(session, page, select(Event).where(about).order_by(Event.id.desc()))
        events = rows.scalars()
        return Listing([EventShown(each.id, each.at, each.actor, each.verb, each.changes) for each in events], total)


ROUTES = [move, list_comments, write_comment, list_history]
