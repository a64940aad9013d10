"""What statuses are called whose ids are kept: a board or a workflow that is given up takes its names with it."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base
from backlog.trackers.fields import ID_MOST, Field
from backlog.trackers.link import Link


class StatusName(Base):
    """The name under which a status was seen last."""

    __tablename__ = "tracker_status"

    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(ID_MOST), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(ID_MOST))


async def keep(session: AsyncSession, connection_id: int, names: Mapping[str, str]) -> None:
    """By id. Who keeps the same name at the same time does no harm. A new one holds its connection, so this comes before
    initiatives and links are locked."""
    for status, name in names.items():
        known = await session.get(StatusName, (connection_id, status)) if status else None
        if known is not None:
            known.name = name[:ID_MOST]
        elif status:
            try:
                async with session.begin_nested():
                    session.add(StatusName(connection_id=connection_id, id=status, name=name[:ID_MOST]))
            except IntegrityError:
                pass


async def every(session: AsyncSession) -> dict[int, dict[str, str]]:
    """Connection -> id -> name."""
    found: dict[int, dict[str, str]] = {}
    for each in await session.scalars(select(StatusName)):
        found.setdefault(each.connection_id, {})[each.id] = each.name
    return found


async def told(session: AsyncSession, link: Link, field: Field, values: Collection[Any]) -> dict[str, dict[str, str]]:
    """What a history adds to say a change of this field: ``statuses``, the names of those among the values."""
    if field is not Field.STAGE:
        return {}
    of = select(StatusName.id, StatusName.name).where(StatusName.connection_id == link.connection_id)
    rows = await session.execute(of.where(StatusName.id.in_([each for each in values if isinstance(each, str)])))
    names = {row.id: row.name for row in rows}
    return {"statuses": names} if names else {}
