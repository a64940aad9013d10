"""The list as it stood at the end of an earlier day, from the points that were kept whenever they changed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Date, Integer, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.initiatives.initiative import Initiative
from backlog.initiatives.keys import key_of
from backlog.initiatives.stages import Stage
from backlog.ranking.counts import PastPoints
from backlog.ranking.movement import points_then
from backlog.ranking.ranked import ranks
from backlog.weights.weights import ProfileState, WeightProfile


@dataclass(frozen=True, slots=True)
class Stood:
    """`rank` and `points` (0-1000) at the end of the day, and now: None when it has no rank any more."""

    id: int
    title: str
    rank: int
    points: int
    stage_now: Stage
    rank_now: int | None
    points_now: int | None

    @property
    def key(self) -> str:
        return key_of(self.id)

    @property
    def move(self) -> int | None:
        """Ranks won since."""
        return None if self.rank_now is None else self.rank - self.rank_now


@dataclass(frozen=True, slots=True)
class Day:
    """`total` initiatives were ranked then."""

    rows: Sequence[Stood]
    total: int


async def since(session: AsyncSession) -> dt.date | None:
    """The first day whose end can be told; None before the first initiative was ranked."""
    return await session.scalar(select(func.min(PastPoints.day)))


async def on(session: AsyncSession, day: dt.date, limit: int = 50, offset: int = 0) -> Day:
    """The list at the end of this day (UTC), equal points by number as everywhere. Titles are those of now. What has
    been deleted since is not in it, so ranks are among those that are still there."""
    told = select(
        Initiative.id,
        Initiative.title,
        Initiative.stage,
        cast(Initiative.is_ranked, Integer).label("is_ranked"),
        Initiative.points.label("points_now"),
        points_then(literal(day, Date), Initiative.id.expression).label("then"),
    ).subquery()
    ranked = select(
        *told.c, func.rank().over(order_by=told.c.then.desc()).label("rank"), func.count().over().label("total")
    ).where(told.c.then.is_not(None))
    wanted = ranked.order_by(told.c.then.desc(), told.c.id).limit(limit).offset(offset)
    found = (await session.execute(wanted)).all()
    now = await ranks(session, [row.points_now for row in found])
    rows = [
        Stood(
            row.id,
            row.title,
            row.rank,
            row.then,
            row.stage,
            place if row.is_ranked else None,
            row.points_now if row.is_ranked else None,
        )
        for row, place in zip(found, now, strict=True)
    ]
    return Day(rows, found[0].total if found else 0)


async def agreed_on(session: AsyncSession, day: dt.date) -> WeightProfile | None:
    """The weights in force at the end of this day (UTC); None when these were the ones Waymark starts with."""
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
    once = WeightProfile.state.in_((ProfileState.AGREED, ProfileState.RETIRED))
    held = select(WeightProfile).where(once, WeightProfile.decided_at < end)
    return await session.scalar(held.order_by(WeightProfile.decided_at.desc(), WeightProfile.id.desc()).limit(1))
