"""Pushing many initiatives at once: chosen, rehearsed with every write listed, then on their way one after the other."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import Database
from backlog.errors import N_, Invalid, Text, counted
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import STEPS, Stage
from backlog.people.departments import Department
from backlog.people.roles import Role
from backlog.ranking.filters import TEXT_MOST, Filters
from backlog.trackers import budgets, connections
from backlog.trackers.connections import Connection
from backlog.trackers.fields import LABELS
from backlog.trackers.link import Link, LinkState
from integrations import pushing
from integrations.engine import content
from web import asked as addressed
from web.answers import go_to
from web.connections_asking import Trouble, brief, catalogue_of, outside_of
from web.pages.connections_shown import kinds_of
from web.speech import address, voice
from web.templating import page

Asked = Request[Any, Any, Any]
MOST = 500
"""Initiatives that are pushed at once; their writes are all shown first."""
NONE = N_("Choose at least one initiative.")
MANY = N_("Choose at most %(most)s at once.")


@dataclass(frozen=True, slots=True)
class Progress:
    """Of what was pushed since a moment: ``made`` issues, ``troubled`` ones that need a look, out of ``total``.
    ``seconds`` are left at least."""

    total: int
    made: int
    troubled: int
    seconds: float

    @property
    def is_under_way(self) -> bool:
        return self.made + self.troubled < self.total


@get(
    "/connections/{connection_id:int}/pushing",
    name="connections.pushing",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def choose(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Open initiatives without an issue there, by stage, department and words."""
    return await show_choice(request, database, connection_id)


async def show_choice(
    request: Asked, database: Database, connection_id: int, *, status: int = 200, error: Text | None = None
) -> Response[Any]:
    query = request.query_params
    stage, department = addressed.chosen(query, "stage", Stage), addressed.number(query, "department")
    text = query.get("q", "").replace("\0", "").strip()[:TEXT_MOST]
    filters = Filters(stages=(stage,) if stage else (), department=department, text=text)
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
        found, total = await free(session, connection_id, filters)
        departments = (await session.scalars(select(Department).order_by(Department.name))).all()
    return page(
        request, "connections/pushing.html", status=status, connection=connection, found=found, total=total, error=error,
        departments=departments, stages=STEPS, stage=stage, department=department, text=text, most=MOST,
    )  # fmt: skip


async def free(session: AsyncSession, connection_id: int, filters: Filters) -> tuple[Sequence[Initiative], int]:
    """Without an issue of their own there, the first in rank first; how many there are."""
    linked = select(Link.initiative_id).where(Link.connection_id == connection_id, Link.is_main.is_(True))
    holds = [*filters.conditions(by_rank=False), Initiative.id.not_in(linked)]
    found = select(Initiative).where(*holds).order_by(Initiative.points.desc(), Initiative.id).limit(MOST)
    total = await session.scalar(select(func.count()).select_from(Initiative).where(*holds)) or 0
    return (await session.scalars(found)).all(), total


@post(
    "/connections/{connection_id:int}/pushing/rehearsal",
    name="connections.rehearse_push",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def rehearse(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Every issue that would be made, and how long the tracker's limits make it take. Writes nothing."""
    try:
        ids = await chosen(request)
    except Invalid as invalid:
        return await show_choice(request, database, connection_id, status=422, error=invalid.fields["initiative"])
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    where = partial(address, request.app.state.configuration)
    work = pushing.rehearse(outside_of(request), connection, ids, voice(connection.locale), where)
    found = await brief(work)
    if isinstance(found, Trouble):
        return await show_choice(request, database, connection_id, status=409, error=found.text)
    wished, catalogue = connection.maps.issue_type, (await catalogue_of(request, connection)).whole
    lacking = wished if catalogue is not None and catalogue.lacks_type(wished) else ""
    return page(
        request, "connections/rehearsal.html", connection=connection, rehearsal=found, labels=LABELS, lacking=lacking,
        touched=lambda name: [LABELS[each] for each in content.touched(name, connection.maps)],
    )  # fmt: skip


@post(
    "/connections/{connection_id:int}/pushing",
    name="connections.push",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def push(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Each becomes a link that waits for its turn: what is interrupted goes on by itself."""
    try:
        ids = await chosen(request)
    except Invalid as invalid:
        return await show_choice(request, database, connection_id, status=422, error=invalid.fields["initiative"])
    since = history.now()
    async with database.writing() as session:
        connection = await connections.by_id(session, connection_id)
        known = set(await session.scalars(select(Initiative.id).where(Initiative.id.in_(ids))))
        there = [each for each in ids if each in known]
        n = await pushing.push(session, connection, there, by=request.user.actor)
    toast = counted("%(n)s initiative is on its way.", "%(n)s initiatives are on their way.", n)
    where = request.app.route_reverse("connections.progress", connection_id=connection_id)
    return go_to(f"{where}?since={int(since.timestamp())}", toast=toast)


async def chosen(request: Asked) -> list[int]:
    """The numbers of initiatives in the form. Invalid (``initiative``) without any, or with too many."""
    form = await request.form()
    texts = [each for each in form.getall("initiative", []) if isinstance(each, str)]
    ids = list(dict.fromkeys(int(each) for each in texts if each.isascii() and each.isdigit() and len(each) < 10))
    if not ids:
        raise Invalid({"initiative": NONE})
    if len(ids) > MOST:
        raise Invalid({"initiative": Text(MANY, {"most": MOST})})
    return ids


@get(
    "/connections/{connection_id:int}/pushing/progress",
    name="connections.progress",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def progress(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """How far it is; htmx asks for the bar alone."""
    since = _seconds(request)
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
        found = await how_far(session, connection, since, kinds_of(request)[connection.kind].limits)
    part = "connections/_progress.html" if request.headers.get("hx-request") else "connections/progress.html"
    return page(request, part, connection=connection, progress=found, since=since)


def _seconds(request: Asked) -> int:
    """The moment in the address, in seconds since 1970; 0 when it says none."""
    text = request.query_params.get("since", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else 0


async def how_far(
    session: AsyncSession, connection: Connection, since: int, limits: Sequence[budgets.Limit]
) -> Progress:
    """``since``: seconds since 1970."""
    begun = dt.datetime.fromtimestamp(since, dt.UTC)
    mine = [Link.connection_id == connection.id, Link.is_main.is_(True), Link.created_at >= begun]
    made = func.count().filter(Link.external_id.is_not(None))
    stuck = func.count().filter(Link.external_id.is_(None), Link.state.in_((LinkState.FAILED, LinkState.PARKED)))
    total, done, troubled = (await session.execute(select(func.count(), made, stuck).where(*mine))).one()
    return Progress(total, done, troubled, budgets.duration(total - done - troubled, limits))


ROUTES: list[Any] = [choose, rehearse, push, progress]
