"""The whole experience: measures that were asked about no single touchpoint, recommendation first."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.evidence import scores
from backlog.evidence.estimates import Bin, Point
from backlog.evidence.measures import Kind, Measure
from backlog.evidence.personas import Persona
from backlog.evidence.statistics import PromoterScore
from backlog.people.roles import Role
from web.asked import number
from web.templating import page


@dataclass(frozen=True, slots=True)
class Whole:
    """One overall measure in its latest period: ``now`` is that point, ``trend`` all of them, oldest first."""

    measure: Measure
    now: Point
    trend: list[Point]
    bins: list[Bin]
    nps: PromoterScore | None


@get("/touchpoints/overall", name="touchpoints.overall", opt={"role": Role.VIEWER}, include_in_schema=False)
async def overall(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[str]:
    persona_id = number(request.query_params, "persona")
    async with database.reading() as session:
        measures = await scores.measures_asked(session, None)
        ordered = sorted(measures, key=lambda each: each.kind is not Kind.LOYALTY)
        found = [await _whole(session, each, persona_id) for each in ordered]
        personas = await session.execute(select(Persona.id, Persona.name).order_by(Persona.name))
        people = [(each, name) for each, name in personas]
    return page(
        request,
        "touchpoints/overall.html",
        wholes=[each for each in found if each],
        personas=people,
        persona_id=persona_id,
    )


async def _whole(session: AsyncSession, measure: Measure, persona_id: int | None) -> Whole | None:
    """None where this persona gave no answers."""
    trend = await scores.trend(session, None, measure.id, persona_id)
    if not trend:
        return None
    since = trend[-1].first
    found = await scores.answers(session, None, measure.id, persona_id=persona_id, since=since)
    bins = await scores.distribution(session, None, measure.id, persona_id, since)
    return Whole(measure, trend[-1], trend, bins, scores.recommendation(measure, found.counts))


ROUTES = [overall]
