"""Why an initiative moved between two simulations of the backlog."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from backlog.database import Database
from backlog.initiatives import initiatives
from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.ranking.attribution import CAUSES, Move, moved
from backlog.simulation.runs import Run, RunState
from web.asked import number
from web.templating import page

OFFERED = 60


@dataclass(frozen=True)
class Moved:
    """``then`` and ``now`` are the runs compared, the first kept and the last without a choice; ``move`` is None where it
    had no rank in one of them."""

    initiative: Initiative
    offered: list[Run]
    then: Run | None
    now: Run | None
    move: Move | None


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
    offered = list(await session.scalars(done().limit(OFFERED)))
    whole = {run.id: run for run in await session.scalars(done().options(undefer(Run.inputs)).where(Run.id.in_(
        {then or (offered[-1].id if offered else 0), now or (offered[0].id if offered else 0)}
    )))}  # fmt: skip
    earlier, later = min(whole, default=None), max(whole, default=None)
    if earlier is None or later is None or earlier == later:
        return Moved(initiative, offered, None, None, None)
    move = moved(whole[earlier].simulation, whole[later].simulation, initiative.id)
    return Moved(initiative, offered, whole[earlier], whole[later], move)


def done() -> Select[Run]:
    """The newest first."""
    return select(Run).where(Run.state == RunState.DONE).order_by(Run.id.desc())


ROUTES = [show]
