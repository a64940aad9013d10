"""Initiatives to rank, as few words as possible."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.ranking import ranked
from backlog.ranking.counts import PastStanding
from backlog.ranking.filters import UNFILTERED, Filters, Order
from backlog.ranking.movement import week_ago
from backlog.ranking.ranked import Listed, Unit
from backlog.ranking.standings import Standing


@dataclass(frozen=True, slots=True)
class Page:
    """``total`` counts what the filters let through."""

    rows: Sequence[Listed]
    total: int


def initiative(title: str = "Show honest waiting times", stage: Stage = Stage.PROPOSED, **values: Any) -> Initiative:
    """An initiative of the airport; ``values`` are its columns."""
    now = history.now()
    return Initiative(title=title, stage=stage, stage_since=now, created_at=now, created_by="Kim", **values)


async def counts(session: AsyncSession) -> dict[int, int]:
    """The standings as they are kept: {points: n}."""
    rows = await session.execute(select(Standing.points, Standing.n).where(Standing.n != 0))
    return dict(rows.all())


async def counted(session: AsyncSession) -> dict[int, int]:
    """The standings as they ought to be, counted from the initiatives."""
    rows = await session.execute(
        select(Initiative.points, func.count()).where(Initiative.is_ranked).group_by(Initiative.points)
    )
    return dict(rows.all())


async def page(
    session: AsyncSession,
    filters: Filters = UNFILTERED,
    order: Order = Order.RANK,
    limit: int = 50,
    offset: int = 0,
) -> Page:
    """One page of the list with ranks and moves, and how many there are in all."""
    departments = await ranked.load_departments(session)
    before = await counts_on(session, week_ago())
    told = await ranked.told(session, filters, order, limit, offset)
    return Page(ranked.listed(told, departments, before), await ranked.total(session, filters))


async def rows(
    session: AsyncSession, departments: Mapping[int, Unit], *, counts_before: Mapping[str, int] | None
) -> list[Listed]:
    """The first page of the list by rank."""
    return ranked.listed(await ranked.told(session, UNFILTERED, Order.RANK, 50, 0), departments, counts_before)


async def counts_on(session: AsyncSession, day: dt.date) -> Mapping[str, int]:
    """The standings at the end of a day."""
    later = select(PastStanding.counts).where(PastStanding.day >= day).order_by(PastStanding.day)
    kept = await session.scalar(later.limit(1))
    if kept is not None:
        return dict(kept)
    rows = await session.execute(select(Standing.points, Standing.n))
    return {str(points): n for points, n in rows}
