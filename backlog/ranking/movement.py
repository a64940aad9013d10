"""Movement: how many ranks an initiative went up or down since a week ago."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Date, ScalarSelect, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.ranking.counts import PastPoints, PastStanding, Standing, ranks_among, today

WEEK = dt.timedelta(days=7)


def week_ago() -> dt.date:
    return today() - WEEK


def points_then(day: ColumnElement[dt.date], initiative: ColumnElement[int]) -> ScalarSelect[int | None]:
    """The points an initiative had at the end of a day; NULL when it was not ranked, or not there."""
    kept = select(PastPoints.points).where(PastPoints.initiative_id == initiative, PastPoints.day <= day)
    return kept.order_by(PastPoints.day.desc()).limit(1).scalar_subquery()


def counts_then(day: ColumnElement[dt.date]) -> ScalarSelect[Any]:
    """The standings at the end of a day, {points: n}; NULL when nothing has changed since."""
    return (
        select(PastStanding.counts).where(PastStanding.day >= day).order_by(PastStanding.day).limit(1).scalar_subquery()
    )


def moves(
    now: Sequence[int | None], points_before: Sequence[int | None], counts_before: Mapping[str, int] | None
) -> list[int | None]:
    """For each row with its rank now: ranks won since then (lost: negative); None where it was or is not ranked.
    ``counts_before`` is None when nothing has changed since."""
    if counts_before is None:
        return [None if None in pair else 0 for pair in zip(now, points_before, strict=True)]
    ranked = [points for points in points_before if points is not None]
    rank_of = dict(zip(ranked, ranks_among({int(key): n for key, n in counts_before.items()}, ranked), strict=True))
    return [
        None if rank is None or points is None else rank_of[points] - rank
        for rank, points in zip(now, points_before, strict=True)
    ]


async def counts_on(session: AsyncSession, day: dt.date) -> Mapping[str, int]:
    """The standings at the end of a day."""
    kept = await session.scalar(select(counts_then(literal(day, Date))))
    if kept is not None:
        return dict(kept)
    rows = await session.execute(select(Standing.points, Standing.n))
    return {str(points): n for points, n in rows}
