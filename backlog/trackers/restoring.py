"""Bringing back the value that lost a conflict: it becomes our value, and goes out like any other change."""

from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Conflict
from backlog.history import Actor
from backlog.initiatives import initiatives
from backlog.trackers import conflicts, connections, inward
from backlog.trackers.conflicts import Disagreement
from backlog.trackers.links import Link


async def restore(session: AsyncSession, conflict: Disagreement, *, by: Actor) -> Link:
    """Conflict while nothing is decided; what our side refuses is raised as it is."""
    if conflict.decision is None:
        raise Conflict(N_("Nothing is decided yet."))
    if conflict.restored_at is not None:
        raise Conflict(N_("This was brought back already. Nothing was changed."))
    link = await session.get_one(Link, conflict.link_id)
    initiative = await initiatives.by_key(session, link.initiative_id, for_change=True)  # before its links
    connection = await connections.by_id(session, link.connection_id)
    await inward.take(session, initiative, conflict.field, conflict.loser, connection.maps, by=by)
    conflict.restored_at = history.now()
    return await conflicts.note(session, conflict, "restored a value", by=by)
