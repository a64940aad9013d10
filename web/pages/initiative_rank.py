"""Why an initiative moved between two simulations of the backlog."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from backlog.database import Database
from backlog.errors import N_, Text
from backlog.initiatives import initiatives
from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.ranking.attribution import CAUSES, Move, moved
from backlog.simulation.choices import Choice, a_week_before, choices
from backlog.simulation.runs import Run, RunState
from web.asked import number
from web.templating import page


@dataclass(frozen=True)
class Moved:
    """``then`` and ``now`` are the ids of the runs compared, without a choice that of a week ago and the last;
    ``problem`` says why these cannot be compared. ``move`` is None where it had no rank in one of them."""

    initiative: Initiative
    offered: list[Choice]
    then: int | None = None
    now: int | None = None
    move: Move | None = None
    problem: Text | None = None


@get("/initiatives/{key:str}/rank", name="initiatives.rank", opt={"role": Role.VIEWER}, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any], database: NamedDependency[Database], key: FromPath[str]
) -> Response[str]:
    query = request.query_params
    async with database.reading() as session:
        found = await load(session, key, number(query, "then"), number(query, "now"))
    return page(request, "initiatives/rank.html", m=found, initiative=found.initiative, causes=CAUSES)


async def load(session: AsyncSession, key: str, then: int | None, now: int | None) -> Moved:
    """NotFound without such an initiative."""
    initiative = await initiatives.by_key(session, key)
    offered = await choices(session, then, now)
    if len(offered) < 2:
        return Moved(initiative, offered)
    then, now = then or a_week_before(offered).id, now or offered[0].id
    if then == now:
        problem = Text(N_("These are one and the same simulation: choose two."))
        return Moved(initiative, offered, then, now, problem=problem)
    found = select(Run).options(undefer(Run.inputs)).where(Run.state == RunState.DONE, Run.id.in_((then, now)))
    whole = list(await session.scalars(found.order_by(Run.id)))
    if len(whole) < 2:
        problem = Text(N_("That simulation is not kept any more: choose another one."))
        return Moved(initiative, offered, then, now, problem=problem)
    earlier, later = whole
    return Moved(initiative, offered, earlier.id, later.id, moved(earlier.simulation, later.simulation, initiative.id))


ROUTES = [show]
