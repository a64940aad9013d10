"""Comments people write on an initiative."""

import datetime as dt

from sqlalchemy import ForeignKey, Select, String, Text, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history, wording
from backlog.database import Base, Id
from backlog.errors import checked
from backlog.history import Actor
from backlog.initiatives import staleness
from backlog.initiatives.initiative import Initiative

MOST = 5_000  # characters


class Comment(Base):
    """``source`` is the tracker it was written in, empty for Waymark."""

    __tablename__ = "comment"

    id: Mapped[Id]
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), index=True)
    author: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    written_at: Mapped[dt.datetime]
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(200), default="")


async def write(session: AsyncSession, initiative: Initiative, text: str, *, by: Actor, source: str = "") -> Comment:
    """A new comment. Invalid (``text``) when it is empty, too long or cannot be kept."""
    checked(text=wording.wrong(text, MOST, required=True))
    comment = Comment(
        initiative_id=initiative.id,
        author=by.name,
        person_id=by.person_id,
        written_at=history.now(),
        text=text.strip(),
        source=source,
    )
    session.add(comment)
    await session.flush()
    await staleness.touch(session, initiative.id)
    history.record(session, by, "commented", "initiative", initiative.id, {"comment": comment.id})
    return comment


def of(initiative_id: int) -> Select[Comment]:
    """The newest comments first."""
    return select(Comment).where(Comment.initiative_id == initiative_id).order_by(Comment.id.desc())
