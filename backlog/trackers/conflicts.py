"""Conflicts: both sides changed one field since it was last in step. A person decides, or a rule of the connection did;
the value that lost is kept and comes back with one step."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Select, String, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history
from backlog.database import Base, Id, Versioned, find
from backlog.errors import N_, Conflict, NotFound
from backlog.history import Actor
from backlog.initiatives.initiative import Initiative
from backlog.trackers import status_names
from backlog.trackers.fields import Field
from backlog.trackers.link import Link, LinkState


class Side(enum.StrEnum):
    OURS = "ours"
    THEIRS = "theirs"


class Disagreement(Versioned, Base):
    """``base``: what both said last, ``ours`` and ``theirs`` what they say now, in the form of the tracker; who changed
    it and when, where that is known. ``ours_here``: ours as we have it, which may say more (a long title, one of several
    stages that share a status), None where nothing of the kind is kept. ``decision`` is None while it waits;
    ``decided_by`` a person or the rule."""

    __tablename__ = "tracker_conflict"

    id: Mapped[Id]
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id", ondelete="CASCADE"), index=True)
    field: Mapped[Field]
    base: Mapped[Any] = mapped_column(JSON)
    ours: Mapped[Any] = mapped_column(JSON)
    ours_here: Mapped[Any] = mapped_column(JSON, nullable=True)
    ours_by: Mapped[str] = mapped_column(String(200), default="")
    ours_at: Mapped[dt.datetime | None]
    theirs: Mapped[Any] = mapped_column(JSON)
    theirs_by: Mapped[str] = mapped_column(String(200), default="")
    theirs_at: Mapped[dt.datetime | None]
    found_at: Mapped[dt.datetime] = mapped_column(default=history.now)
    decision: Mapped[Side | None]
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[dt.datetime | None]
    restored_at: Mapped[dt.datetime | None]

    @property
    def loser(self) -> Any:
        """The value that lost; None while nothing is decided."""
        return {Side.OURS: self.theirs, Side.THEIRS: self.ours}.get(self.decision) if self.decision else None

    def decide(self, side: Side, by: str) -> None:
        """Conflict when it is decided already."""
        if self.decision is not None:
            raise Conflict(N_("This was decided already, by %(name)s. Nothing was changed."), name=self.decided_by)
        self.decision, self.decided_by, self.decided_at = side, by, history.now()


Index("ix_tracker_conflict_open", Disagreement.decision, Disagreement.link_id)


async def by_id(session: AsyncSession, number: int, *, for_change: bool = False) -> Disagreement:
    """NotFound when there is none. ``for_change`` takes its initiative and its link first, as everybody does."""
    found = await find(session, Disagreement, number)
    if found is not None and for_change:
        tied = (await session.execute(select(Link.id, Link.initiative_id).where(Link.id == found.link_id))).one()
        await session.get(Initiative, tied.initiative_id, with_for_update=True)
        await session.get(Link, tied.id, with_for_update=True)
        found = await find(session, Disagreement, number, for_change=True)
    if found is None:
        raise NotFound(N_("There is no such conflict."))
    return found


def waiting(link_id: int) -> Select[Disagreement]:
    return select(Disagreement).where(Disagreement.link_id == link_id, Disagreement.decision.is_(None))


def mattering(link_id: int) -> Select[Disagreement]:
    """Those that wait, and of each field the one that was decided last: what was decided before is carried out or
    overtaken, however many there are by now."""
    last = select(func.max(Disagreement.id)).where(Disagreement.link_id == link_id, Disagreement.decision.is_not(None))
    matters = or_(Disagreement.decision.is_(None), Disagreement.id.in_(last.group_by(Disagreement.field)))
    return select(Disagreement).where(Disagreement.link_id == link_id, matters).order_by(Disagreement.id)


def of_initiative(initiative_id: int) -> Select[Disagreement]:
    """Those that wait first, then the newest."""
    found = select(Disagreement).join(Link, Link.id == Disagreement.link_id)
    return found.where(Link.initiative_id == initiative_id).order_by(
        Disagreement.decision.is_not(None), Disagreement.id.desc()
    )


async def decide(session: AsyncSession, conflict: Disagreement, side: Side, *, by: Actor) -> Link:
    """The link is brought in step with it; the history keeps the value that loses."""
    conflict.decide(side, by.name)
    link = await note(session, conflict, "decided a conflict", by=by)
    link.ask()
    return link


async def note(session: AsyncSession, conflict: Disagreement, verb: str, *, by: Actor) -> Link:
    """Keep in the history what became of it, with both values."""
    link = await session.get_one(Link, conflict.link_id, with_for_update=True)
    changes = {
        "field": conflict.field, "won": conflict.decision, "ours": conflict.ours, "theirs": conflict.theirs,
        "link": link.id, "key": link.external_key, "conflict": conflict.id,
    }  # fmt: skip
    if conflict.field is Field.STAGE:
        changes["stage"] = conflict.ours_here
    changes |= await status_names.told(session, link, conflict.field, (conflict.ours, conflict.theirs))
    if link.state is LinkState.CONFLICT:
        link.state = LinkState.PENDING
    history.record(session, by, verb, "initiative", link.initiative_id, changes)
    return link
