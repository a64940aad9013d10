"""Webhooks that came in: which, about what and when; none is more than a hint that the issue is to be read again."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history
from backlog.database import Base, Id, upsert
from backlog.trackers.connections import Connection
from backlog.trackers.link import Link, earlier

KEPT = dt.timedelta(days=90)
"""So long the same delivery is recognised."""
NEAR = dt.timedelta(minutes=5)
"""A webhook so near to a change may tell of it: it may be late, and clocks differ."""


class HookDelivery(Base):
    """``delivery`` is the tracker's own id of it, the same when it is sent again."""

    __tablename__ = "hook_delivery"
    __table_args__ = (UniqueConstraint("connection_id", "delivery"),)

    id: Mapped[Id]
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    delivery: Mapped[str] = mapped_column(String(200))
    event: Mapped[str] = mapped_column(String(100))
    issue_id: Mapped[str | None] = mapped_column(String(100))
    issue_key: Mapped[str | None] = mapped_column(String(200))
    sender: Mapped[str] = mapped_column(String(200), default="")
    received_at: Mapped[dt.datetime] = mapped_column(default=history.now)


Index("ix_hook_delivery_received_at", HookDelivery.received_at)
Index("ix_hook_delivery_issue", HookDelivery.connection_id, HookDelivery.issue_id, HookDelivery.received_at)


async def receive(
    session: AsyncSession,
    connection_id: int,
    *,
    delivery: str,
    event: str,
    issue_id: str | None,
    issue_key: str | None,
    marker: str | None,
    sender: str,
) -> bool:
    """Store it and make the link of its issue due; False when the same came in before."""
    now = history.now()
    values = {
        "connection_id": connection_id, "delivery": delivery[:200], "event": event[:100], "issue_id": issue_id,
        "issue_key": issue_key, "sender": sender[:200], "received_at": now,
    }  # fmt: skip
    new = await session.run_sync(lambda plain: plain.connection().execute(
        upsert(plain.connection(), HookDelivery).values(values)
        .on_conflict_do_nothing(index_elements=["connection_id", "delivery"]).returning(HookDelivery.id)
    ).first())  # fmt: skip
    if new is None:
        return False
    told = update(Connection).where(Connection.id == connection_id).values(hook_at=now)
    await session.execute(told.execution_options(synchronize_session=False))
    wanted = [Link.external_id == issue_id] if issue_id else []
    if marker:
        wanted.append(Link.marker == marker)
    if wanted:
        await session.execute(
            update(Link)
            .where(Link.connection_id == connection_id, or_(*wanted))
            .values(due_at=earlier(Link.due_at, now), at_leisure=False, changes=Link.changes + 1, hinted_key=issue_key)
            .execution_options(synchronize_session=False)
        )
    return True


async def told(session: AsyncSession, connection_id: int, issue_id: str, since: dt.datetime) -> bool:
    """Whether a webhook told of this issue since then."""
    found = select(HookDelivery.id).where(
        HookDelivery.connection_id == connection_id,
        HookDelivery.issue_id == issue_id,
        HookDelivery.received_at >= since,
    )
    return await session.scalar(found.limit(1)) is not None


async def prune(session: AsyncSession) -> None:
    """What is older than `KEPT`."""
    await session.execute(delete(HookDelivery).where(HookDelivery.received_at < history.now() - KEPT))


async def last_sender(session: AsyncSession, connection_id: int, issue_id: str, changed_at: dt.datetime) -> str:
    """Who changed the issue then, as far as a webhook of that time tells, other than ourselves; empty when none does."""
    found = (
        select(HookDelivery.sender)
        .join(Connection, Connection.id == HookDelivery.connection_id)
        .where(HookDelivery.connection_id == connection_id, HookDelivery.issue_id == issue_id)
        .where(HookDelivery.received_at.between(changed_at - NEAR, changed_at + NEAR))
        .where(HookDelivery.sender.not_in([Connection.account_id, Connection.account_name]))
        .order_by(HookDelivery.id.desc())
        .limit(1)
    )
    return await session.scalar(found) or ""
