"""Movement: how many ranks an initiative went up or down since a week ago."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, ScalarSelect, select

from backlog.ranking.counts import PastPoints, ranks_among, today

WEEK = dt.timedelta(days=7)


def week_ago() -> dt.date:
    return today() - WEEK


def points_then(day: ColumnElement[dt.date], initiative: ColumnElement[int]) -> ScalarSelect[int | None]:
    """The points an initiative had at the end of a day; NULL when it was not ranked, or not there."""
    kept = select(PastPoints.points).where(PastPoints.initiative_id == initiative, PastPoints.day <= day)
    return kept.order_by(PastPoints.day.desc()).limit(1).scalar_subquery()


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
