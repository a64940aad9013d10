"""Initiatives that nobody cares for: marked after some weeks without any event, parked two weeks later. Waking keeps
everything and starts the clock anew."""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, settings
from backlog.errors import N_
from backlog.history import WAYMARK
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.moves import note
from backlog.initiatives.stages import Stage, Verb
from backlog.settings import Settings

STAGES = (Stage.PROPOSED, Stage.SCORING, Stage.READY)
"""In which nothing happens by itself; delivery and measuring take the time they take."""
WARNING = dt.timedelta(weeks=2)
REASON = N_("Nothing happened here for a long time, so Waymark parked it. Nothing is lost: waking it keeps everything.")
"""Kept in English, so that each reader gets it in their own language."""


def since(known: Settings) -> dt.datetime | None:
    """Whatever was last touched before this moment is stale now; None when nothing ever is."""
    return history.now() - dt.timedelta(weeks=known.stale_weeks) if known.stale_weeks else None


def is_stale(stage: Stage, touched_at: dt.datetime, before: dt.datetime | None) -> bool:
    """``before`` as `since` tells it."""
    return before is not None and stage in STAGES and touched_at < before


def parked_on(initiative: Initiative, known: Settings) -> dt.date:
    """The day on which it is parked when nothing happens until then."""
    return (initiative.touched_at + dt.timedelta(weeks=known.stale_weeks) + WARNING).date() + dt.timedelta(days=1)


async def park(session: AsyncSession) -> int:
    """Park what has been stale for two weeks; how many these are."""
    before = since(await settings.load(session))
    if before is None:
        return 0
    stale = select(Initiative).where(Initiative.stage.in_(STAGES), Initiative.touched_at < before - WARNING)
    found = list(await session.scalars(stale.order_by(Initiative.id)))
    for initiative in found:
        stage = initiative.stage
        initiative.park(REASON)
        note(session, initiative, Verb.PARK, stage, by=WAYMARK)
    return len(found)


async def touch(session: AsyncSession, initiative_id: int) -> None:
    """Somebody did something that changes none of its words: whoever edits it at the same time is not in their way."""
    table = Initiative.__table__
    touched = update(table).where(table.c.id == initiative_id).values(touched_at=history.now())  # type: ignore[arg-type] # a Table, mypy sees FromClause
    await (await session.connection()).execute(touched)
