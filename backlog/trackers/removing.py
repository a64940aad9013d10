"""Removing a connection that keeps nothing in step: one that was begun by mistake, or whose links have all gone."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Conflict
from backlog.history import Actor
from backlog.trackers.budgets import TrackerWrite
from backlog.trackers.connections import SUBJECT, Connection
from backlog.trackers.hooks import HookDelivery
from backlog.trackers.link import Link


async def remove(session: AsyncSession, connection: Connection, *, by: Actor) -> None:
    """With its token and the webhooks it took. Conflict while it has links: these are only ever let go one by one."""
    if await session.scalar(select(Link.id).where(Link.connection_id == connection.id).limit(1)):
        raise Conflict(
            N_("“%(name)s” has links: unlink them first, or disconnect it, which keeps them."), name=connection.name
        )
    for kind in (HookDelivery, TrackerWrite):
        await session.execute(delete(kind).where(kind.connection_id == connection.id))
    changes = {"name": connection.name, "kind": connection.kind, "base_url": connection.base_url}
    history.record(session, by, "removed", SUBJECT, connection.id, changes)
    await session.delete(connection)
