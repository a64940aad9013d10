"""Candidates for tests: touchpoints with answers over the years, what customers say, and a candidate that waits."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.evidence import scores
from backlog.evidence.insights import Insight, InsightKind
from backlog.evidence.measures import Measure
from backlog.evidence.touchpoints import Touchpoint
from backlog.triage.candidates import Candidate
from backlog.triage.evaluation import evaluate
from tests.evidence.tallies import MAY_2017, MAY_2018, a_measure, a_touchpoint, answered

BAD: dict[float, int] = {1: 40, 2: 60, 3: 30, 4: 10, 5: 5}
FAIR: dict[float, int] = {1: 5, 2: 20, 3: 60, 4: 60, 5: 15}
GOOD: dict[float, int] = {3: 10, 4: 60, 5: 90}


async def a_low_touchpoint(session: AsyncSession, name: str = "Security screening") -> Touchpoint:
    """Fair in 2017, bad in 2018; beside it one that is good, so that there is something to compare with."""
    measure = await session.scalar(select(Measure)) or await a_measure(session)
    if await session.scalar(select(Touchpoint).where(Touchpoint.name == "Boarding areas")) is None:
        answered(session, await a_touchpoint(session, "Boarding areas"), measure, GOOD)
    touchpoint = await a_touchpoint(session, name)
    answered(session, touchpoint, measure, FAIR, month=MAY_2017)
    answered(session, touchpoint, measure, BAD, month=MAY_2018)
    await session.flush()
    return touchpoint


async def waiting(session: AsyncSession, *names: str) -> list[Candidate]:
    """One waiting candidate for each of these touchpoints, in this order."""
    touchpoints = [await a_low_touchpoint(session, name) for name in names or ("Security screening",)]
    await scores.recompute(session)
    await evaluate(session)
    found = {each.touchpoint_id: each for each in await session.scalars(select(Candidate))}
    return [found[touchpoint.id] for touchpoint in touchpoints]


async def said(
    session: AsyncSession, touchpoint_id: int, text: str, theme: str = "", kind: InsightKind = InsightKind.PAIN
) -> Insight:
    insight = Insight(
        touchpoint_id=touchpoint_id, text=text, theme=theme, kind=kind, said_on=dt.date(2018, 5, 21), source="SFO 2018"
    )
    session.add(insight)
    await session.flush()
    return insight
