"""Bringing back the value that lost a conflict: it becomes our value, and goes out like any other change."""

import datetime as dt
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Conflict
from backlog.history import Actor
from backlog.initiatives import initiatives
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.trackers import conflicts, connections, inward
from backlog.trackers.conflicts import Disagreement, Side
from backlog.trackers.fields import Field
from backlog.trackers.link import Link

OURS = {**inward.PLAIN, Field.DUE: "due_on", Field.LEAD: "lead_id"}


async def restore(session: AsyncSession, conflict: Disagreement, *, by: Actor) -> Link:
    """Conflict while nothing is decided; what our side refuses is raised as it is."""
    if conflict.decision is None:
        raise Conflict(N_("Nothing is decided yet."))
    if conflict.restored_at is not None:
        raise Conflict(N_("This was brought back already. Nothing was changed."))
    link = await session.get_one(Link, conflict.link_id)
    initiative = await initiatives.by_key(session, link.initiative_id, for_change=True)  # before its links
    connection = await connections.by_id(session, link.connection_id)
    if conflict.decision is Side.THEIRS and conflict.ours_here is not None:
        await _put_back(session, initiative, conflict.field, conflict.ours_here, by)
    else:
        await inward.take(session, initiative, conflict.field, conflict.loser, connection.maps, by=by)
    conflict.restored_at = history.now()
    await conflicts.note(session, conflict, "restored a value", by=by)
    link.ask()
    return link


async def _put_back(session: AsyncSession, initiative: Initiative, field: Field, value: Any, by: Actor) -> None:
    """Ours as it was here, whole."""
    if field is Field.STAGE:
        await inward.move(session, initiative, Stage(value), by)
        return
    if field is Field.DUE:
        value = dt.date.fromisoformat(value)
    await initiatives.change(session, initiative, {OURS[field]: value}, version=initiative.version, by=by)
