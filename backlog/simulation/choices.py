"""Kept runs to choose from, where two of them are compared."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.simulation.runs import Run, RunState

NEWEST = 30  # runs of the newest day; of each earlier day its last one is enough
RECENT = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Choice:
    """A run that is done. ``is_twin``: another one of these is of the same minute, so the time does not tell them
    apart."""

    id: int
    finished_at: dt.datetime
    is_twin: bool


async def choices(session: AsyncSession, *chosen: int | None) -> list[Choice]:
    """The newest first: the last run of each day (UTC), which was in force when that day ended, of the newest day some
    more, and those that are ``chosen`` already."""
    done = select(Run.id, Run.finished_at).where(Run.state == RunState.DONE).order_by(Run.id.desc())
    known = [(row.id, row.finished_at) for row in await session.execute(done)]
    offered = _offered(known) | set(chosen)
    shown = [(each, at) for each, at in known if each in offered]
    minutes = Counter(_minute(at) for _, at in shown)
    return [Choice(each, at, minutes[_minute(at)] > 1) for each, at in shown]


def _offered(known: Iterable[tuple[int, dt.datetime]]) -> set[int | None]:
    days: dict[dt.date, list[int]] = {}
    for each, at in known:
        days.setdefault(at.date(), []).append(each)
    newest, *earlier = days.values() or [[]]
    return {*newest[:NEWEST], *(of_day[0] for of_day in earlier)}


def a_week_before(offered: list[Choice]) -> Choice:
    """The one in force a week before the newest; the oldest where none is so old. At least one is offered."""
    until = offered[0].finished_at - RECENT
    return next((each for each in offered if each.finished_at <= until), offered[-1])


def _minute(at: dt.datetime) -> dt.datetime:
    return at.replace(second=0, microsecond=0)
