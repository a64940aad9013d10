"""Rating rounds: the list, a new one, how far one is, and what came out of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import LARGEST_ID, Database
from backlog.errors import N_, Invalid, Text
from backlog.initiatives import anchors
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.keys import key_of, number_of
from backlog.people.roles import Role
from backlog.rounds import ends, openings, progress, rounds
from backlog.rounds.guests import KIND_LABELS
from web.answers import see_other
from web.forms import typed, version_of
from web.pages import rounds_guests, rounds_raters, rounds_ratings, rounds_shown
from web.pages.rounds_forms import GUEST_ROWS, Wanted
from web.templating import page

Asked = Request[Any, Any, Any]
LISTED = 200
OFFERED = 200
"""Initiatives to choose from with a click; others by their key."""
ROLE = Role.DEPARTMENT_LEAD
"""Who opens rounds, closes them and looks after the invitations."""


@get("/rounds", name="rounds.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    async with database.reading() as session:
        found = (await session.scalars(rounds.listed().limit(LISTED))).all()
        reached = await progress.counts(session, found)
        invited = {each.id for each in await rounds.invitations(session, request.user.actor)}
    may_open = request.user.may(ROLE)
    return page(request, "rounds/index.html", rounds=found, progress=reached, invited=invited, may_open=may_open)


@get("/rounds/new", name="rounds.new", opt={"role": ROLE}, include_in_schema=False)
async def new(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    """``initiative`` in the address names those that are chosen to begin with."""
    keys = request.query_params.getall("initiative", [])
    return await _form(request, database, Wanted(initiatives=keys[: openings.INITIATIVES_MOST]))


@post("/rounds", name="rounds.create", opt={"role": ROLE}, include_in_schema=False)
async def create(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    wanted = Wanted.read(await request.form())
    try:
        async with database.writing() as session:
            found = await openings.open_round(session, wanted.proposal(), by=request.user.actor)
    except Invalid as invalid:
        return await _form(request, database, wanted, status=422, errors=invalid.fields)
    return see_other(request, "rounds.show", toast=N_("The round is open."), round_id=found.id)


async def _form(
    request: Asked, database: Database, wanted: Wanted, *, status: int = 200, errors: Mapping[str, Text] | None = None
) -> Response[str]:
    async with database.reading() as session:
        people = (await session.scalars(openings.raters_to_choose())).all()
        offered = await _offered(session, wanted)
    return page(
        request,
        "rounds/new.html",
        status=status,
        wanted=wanted,
        errors=errors or {},
        people=people,
        offered=offered,
        anchors=anchors,
        kinds=list(KIND_LABELS.items()),
        guest_rows=range(1, GUEST_ROWS + 1),
        today=history.now().date(),
    )


async def _offered(session: AsyncSession, wanted: Wanted) -> list[tuple[str, str]]:
    """Key and title: those chosen, then the first by rank."""
    first = select(Initiative.id, Initiative.title).where(Initiative.is_ranked)
    first = first.order_by(Initiative.points.desc(), Initiative.id).limit(OFFERED)
    ranked = {key_of(row.id): row.title for row in await session.execute(first)}
    others = await _titles(session, [key for key in wanted.initiatives if key not in ranked])
    chosen = {key: ranked.get(key) or others.get(number_of(key) or 0, "") for key in wanted.initiatives}
    return [(key, title) for key, title in (chosen | ranked).items() if title]


async def _titles(session: AsyncSession, keys: Sequence[str]) -> dict[int, str]:
    """By id; of more than a round may have the first ones."""
    sought = [number for key in keys[: openings.INITIATIVES_MOST] if 0 < (number := number_of(key) or 0) <= LARGEST_ID]
    rows = await session.execute(select(Initiative.id, Initiative.title).where(Initiative.id.in_(sought)))
    return {row.id: row.title for row in rows}


@get("/rounds/{round_id:int}", name="rounds.show", opt={"role": Role.VIEWER}, include_in_schema=False)
async def show(request: Asked, database: NamedDependency[Database], round_id: FromPath[int]) -> Response[str]:
    return await rounds_shown.shown(request, database, round_id)


@post("/rounds/{round_id:int}/closing", name="rounds.close", opt={"role": ROLE}, include_in_schema=False)
async def close(request: Asked, database: NamedDependency[Database], round_id: FromPath[int]) -> Response[Any]:
    version = version_of(await typed(request))
    async with database.writing() as session:
        found = await rounds.get(session, round_id, for_change=True)
        await ends.close(session, found, version=version, by=request.user.actor)
    toast = N_("The round is closed; the ratings count from now on.")
    return see_other(request, "rounds.show", toast=toast, round_id=round_id)


ROUTES = [index, new, create, show, close, *rounds_raters.ROUTES, *rounds_ratings.ROUTES, *rounds_guests.ROUTES]
