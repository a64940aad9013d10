"""How a touchpoint's score has moved, in words and as points for many touchpoints at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import Row, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.errors import N_, Text
from backlog.evidence import estimates
from backlog.evidence.estimates import Point
from backlog.evidence.responses import SUMS, Tally
from backlog.evidence.scores import Score

NOTICEABLE = 0.05  # points; less rounds to nothing
A_RUN = 2  # steps in one direction that make a trend


async def of(session: AsyncSession, touchpoint_ids: Collection[int]) -> dict[int, list[Point]]:
    """Touchpoint id -> the trend of its headline measure, oldest first; one statement for all of them."""
    rows = await session.execute(
        select(Tally.touchpoint_id, Tally.month, null().label("value"), *SUMS)
        .join(Score, (Score.touchpoint_id == Tally.touchpoint_id) & (Score.measure_id == Tally.measure_id))
        .where(Tally.touchpoint_id.in_(touchpoint_ids))
        .group_by(Tally.touchpoint_id, Tally.month)
    )
    months: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        months[row.touchpoint_id].append(row)
    return {place: estimates.trend(estimates.gathered(found, "month")) for place, found in months.items()}


def in_words(points: Sequence[Point]) -> Text | None:
    """A run, else the last change; None with fewer than two periods."""
    if len(points) < 2:
        return None
    return run_in_words(points) or change_in_words(points[-2], points[-1])


def run_in_words(points: Sequence[Point]) -> Text | None:
    """A run of falls or rises up to now, by the period it began in."""
    if (since := _run(points, lambda step: step <= -NOTICEABLE)) is not None:
        return Text(N_("falling since %(month)s"), {"month": since})
    if (since := _run(points, lambda step: step >= NOTICEABLE)) is not None:
        return Text(N_("rising since %(month)s"), {"month": since})
    return None


def change_in_words(before: Point, after: Point) -> Text:
    """By how many points (0-10) the score is up or down since then."""
    change = after.value - before.value
    if abs(change) < NOTICEABLE:
        return Text(N_("unchanged since %(month)s"), {"month": before.month})
    words = N_("up %(points)s since %(month)s") if change > 0 else N_("down %(points)s since %(month)s")
    return Text(words, {"points": round(abs(change), 1), "month": before.month})


def _run(points: Sequence[Point], follows: Callable[[float], bool]) -> dt.date | None:
    """Where the steps that all follow began, when there are enough of them up to now."""
    start = len(points) - 1
    while start > 0 and follows(points[start].value - points[start - 1].value):
        start -= 1
    return points[start].month if len(points) - 1 - start >= A_RUN else None
