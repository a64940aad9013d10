"""Initiatives to rank, as few words as possible."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.ranking.standings import Standing


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
