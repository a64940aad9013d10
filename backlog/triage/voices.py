"""What customers say about a touchpoint: themes with their counts, and a few of them in their own words."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.evidence.insights import Insight, InsightKind
from backlog.evidence.personas import Persona

READABLE = 600
"""Characters; a longer comment is read in full among the insights, not in the inbox."""
LINKED = 10
"""Insights that an initiative takes along as evidence."""
UNPRAISED = case((Insight.kind == InsightKind.DELIGHT, 1), else_=0)
"""Sorts what went wrong before what pleased."""


@dataclass(frozen=True, slots=True)
class Theme:
    """``n`` insights of this theme and kind."""

    theme: str
    kind: InsightKind
    n: int


@dataclass(frozen=True, slots=True)
class Voice:
    """One insight; ``text`` is empty where only the coded theme is known."""

    id: int
    text: str
    theme: str
    kind: InsightKind
    source: str
    said_on: dt.date
    persona: str | None


async def count(session: AsyncSession, touchpoint_id: int) -> int:
    """How many insights there are about it."""
    return await session.scalar(select(func.count()).where(Insight.touchpoint_id == touchpoint_id)) or 0


async def themes(session: AsyncSession, touchpoint_id: int, limit: int = 5) -> list[Theme]:
    """The most frequent themes, what went wrong first."""
    n = func.count().label("n")
    rows = await session.execute(
        select(Insight.theme, Insight.kind, n)
        .where(Insight.touchpoint_id == touchpoint_id, Insight.theme != "")
        .group_by(Insight.theme, Insight.kind)
        .order_by(UNPRAISED, n.desc(), Insight.theme)
        .limit(limit)
    )
    return [Theme(*row) for row in rows]


async def quotes(session: AsyncSession, touchpoint_id: int, limit: int = 3) -> list[Voice]:
    """Customers' own words, what went wrong first, then the strongest feelings, then the newest."""
    length = func.length(Insight.text)
    return await _voices(session, touchpoint_id, limit, length.between(1, READABLE))


async def evidence(session: AsyncSession, touchpoint_id: int, limit: int = LINKED) -> list[Voice]:
    """The insights that an initiative about it would rest on: in the same order, then one of each theme that has no
    words."""
    wordless = select(func.max(Insight.id)).where(Insight.touchpoint_id == touchpoint_id, Insight.text == "")
    worded = Insight.text != ""
    return await _voices(session, touchpoint_id, limit, worded | Insight.id.in_(wordless.group_by(Insight.theme)))


async def _voices(
    session: AsyncSession, touchpoint_id: int, limit: int, *conditions: ColumnElement[bool]
) -> list[Voice]:
    wordless = case((Insight.text == "", 1), else_=0)
    rows = await session.execute(
        select(Insight.id, Insight.text, Insight.theme, Insight.kind, Insight.source, Insight.said_on, Persona.name)
        .outerjoin(Persona, Persona.id == Insight.persona_id)
        .where(Insight.touchpoint_id == touchpoint_id, *conditions)
        .order_by(UNPRAISED, wordless, func.coalesce(Insight.emotion, 0), Insight.said_on.desc(), Insight.id)
        .limit(limit)
    )
    return [Voice(*row) for row in rows]
