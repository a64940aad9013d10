"""Comments on both sides: which of ours is which of theirs, so that none is carried over twice."""

import datetime as dt

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id
from backlog.initiatives.comments import Comment


class CommentTie(Base):
    """``external_id`` is None until theirs is made; ``intent_at``: the request that makes it was about to be sent.
    ``is_ours``: written here. ``edited_at``: when theirs was last changed. ``let_go``: the
    tracker refused it, and somebody decided to leave it at that."""

    __tablename__ = "comment_tie"
    __table_args__ = (UniqueConstraint("link_id", "external_id"), UniqueConstraint("link_id", "comment_id"))

    id: Mapped[Id]
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id", ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="SET NULL"), index=True)
    external_id: Mapped[str | None] = mapped_column(String(100))
    is_ours: Mapped[bool]
    marker: Mapped[str] = mapped_column(String(32), default="")
    intent_at: Mapped[dt.datetime | None]
    edited_at: Mapped[dt.datetime | None]
    let_go: Mapped[bool] = mapped_column(default=False)


def of(link_id: int) -> Select[CommentTie]:
    return select(CommentTie).where(CommentTie.link_id == link_id)


def untied(link_id: int, initiative_id: int, since: dt.datetime) -> Select[Comment]:
    """What people wrote here since then and is not there yet, the oldest first."""
    tied = select(CommentTie.comment_id).where(
        CommentTie.link_id == link_id, CommentTie.comment_id.is_not(None),
        or_(CommentTie.external_id.is_not(None), CommentTie.let_go.is_(True)),
    )  # fmt: skip
    found = select(Comment).where(Comment.initiative_id == initiative_id, Comment.written_at >= since)
    return found.where(Comment.id.not_in(tied), Comment.source == "").order_by(Comment.id)


async def let_go(session: AsyncSession, link_id: int, text: str) -> None:
    """What the tracker refused is not sent again."""
    same = select(Comment.id).where(Comment.text == text)
    refused = update(CommentTie).where(
        CommentTie.link_id == link_id, CommentTie.external_id.is_(None), CommentTie.comment_id.in_(same)
    )
    await session.execute(refused.values(let_go=True))
