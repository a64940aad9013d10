"""Saved views of the backlog."""

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy import Text as LongText
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history, wording
from backlog.database import Base, Id, find
from backlog.errors import N_, Conflict, Forbidden, Invalid, NotFound
from backlog.history import Actor

NAME_MOST = 60
QUERY_MOST = 2_000
MOST = 30  # views of one person, and of everybody


class SavedView(Base):
    """``query`` is the query string of the backlog page; a view without an owner is everybody's."""

    __tablename__ = "saved_view"

    id: Mapped[Id]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(LongText)
    position: Mapped[int] = mapped_column(default=0)


async def save(session: AsyncSession, name: str, query: str, *, shared: bool, by: Actor) -> SavedView:
    """Keep what the list shows under a name, for this person or for everybody. Invalid ``name``; Conflict when there
    are too many already."""
    name = wording.one_line(name)
    if problem := wording.wrong(name, NAME_MOST, required=True) or wording.wrong(query, QUERY_MOST):
        raise Invalid({"name": problem})
    owner = None if shared else by.person_id
    kept = select(func.count()).select_from(SavedView).where(SavedView.person_id.is_not_distinct_from(owner))
    number = await session.scalar(kept) or 0
    if number >= MOST:
        raise Conflict(N_("There are %(most)s saved views already. Delete one first."), most=MOST)
    view = SavedView(person_id=owner, name=name, query=query, position=number)
    session.add(view)
    await session.flush()
    history.record(session, by, "saved", "view", view.id, {"name": name, "query": query, "shared": shared})
    return view


async def remove(session: AsyncSession, view_id: int, *, any_shared: bool, by: Actor) -> SavedView:
    """Delete a view of one's own, or with ``any_shared`` one of everybody's. NotFound, Forbidden."""
    view = await find(session, SavedView, view_id)
    if view is None or view.person_id not in (None, by.person_id):
        raise NotFound(N_("There is no such view, or it is somebody else's."))
    if view.person_id is None and not any_shared:
        raise Forbidden(N_("A view that everybody sees is deleted by a product owner. Nothing was changed."))
    await session.delete(view)
    history.record(session, by, "deleted", "view", view_id, {"name": view.name, "query": view.query})
    return view
