"""Guests: people from outside who rate through a link of their own and see nothing else."""

import datetime as dt
import enum

from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history
from backlog.database import Base, Id, upsert
from backlog.errors import N_
from backlog.history import Actor

NAME_MOST, ORGANISATION_MOST = 100, 90  # characters


class GuestKind(enum.StrEnum):
    CUSTOMER = "customer"
    PARTNER = "partner"


KIND_LABELS = {GuestKind.CUSTOMER: N_("customer"), GuestKind.PARTNER: N_("partner")}


class Guest(Base):
    """The same guest in every round: known by name and organisation (``known_as``, without regard to case)."""

    __tablename__ = "guest"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(NAME_MOST))
    organisation: Mapped[str] = mapped_column(String(ORGANISATION_MOST), default="")
    kind: Mapped[GuestKind]
    known_as: Mapped[str] = mapped_column(String(400), unique=True)
    created_at: Mapped[dt.datetime]

    @property
    def label(self) -> str:
        return f"{self.name} ({self.organisation})" if self.organisation else self.name

    @property
    def actor(self) -> Actor:
        return Actor(self.label, guest_id=self.id)


def key(name: str, organisation: str) -> str:
    return f"{name}\n{organisation}".casefold()[:400]


async def known(session: AsyncSession, name: str, organisation: str, kind: GuestKind) -> Guest:
    """The guest of this name and organisation, added when new; of what kind is said anew each time."""
    connection = await session.run_sync(lambda plain: plain.connection())
    known_as = key(name, organisation)
    values = {"name": name, "organisation": organisation, "kind": kind, "created_at": history.now()}
    added = upsert(connection, Guest).values(known_as=known_as, **values)
    await session.execute(added.on_conflict_do_update(index_elements=[Guest.known_as], set_={"kind": kind}))
    found = select(Guest).where(Guest.known_as == known_as).execution_options(populate_existing=True)
    return (await session.scalars(found)).one()
