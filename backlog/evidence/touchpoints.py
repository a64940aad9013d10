"""Touchpoints: the moments where a customer meets us, and the few that are signature."""

import datetime as dt
import enum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id, Name, Versioned
from backlog.errors import N_


class Ownership(enum.StrEnum):
    OWN = "own"
    PARTNER = "partner"
    THIRD_PARTY = "third-party"


class Access(enum.StrEnum):
    DIGITAL = "digital"
    MULTI_ACCESS = "multi-access"
    PERSONAL = "personal"


OWNERSHIP_LABELS = {
    Ownership.OWN: N_("own"),
    Ownership.PARTNER: N_("partner"),
    Ownership.THIRD_PARTY: N_("third-party"),
}
ACCESS_LABELS = {
    Access.DIGITAL: N_("digital"),
    Access.MULTI_ACCESS: N_("multi-access"),
    Access.PERSONAL: N_("personal"),
}


class Touchpoint(Versioned, Base):
    """``name_key`` is the name in lower case without outer blanks: what imports match by.

    ``target`` (0-10) takes the place of the organisation's threshold. ``phase_id`` is the phase it is
    listed under: where it stands first in a journey.
    """

    __tablename__ = "touchpoint"

    id: Mapped[Id]
    name: Mapped[Name]
    name_key: Mapped[str] = mapped_column(String(200), unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
    channel: Mapped[str] = mapped_column(String(100), default="")
    ownership: Mapped[Ownership] = mapped_column(default=Ownership.OWN)
    access: Mapped[Access] = mapped_column(default=Access.MULTI_ACCESS)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="SET NULL"), index=True)
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id", ondelete="SET NULL"), index=True)
    expectation: Mapped[str] = mapped_column(Text, default="")
    target: Mapped[float | None]


def name_key(name: str) -> str:
    """What two spellings of one name have in common: case and blanks do not count."""
    return " ".join(name.split()).casefold()


class Signature(Base):
    """A signature touchpoint. ``slot`` (1..cap) is unique: so the cap holds when two nominate at once."""

    __tablename__ = "signature"

    touchpoint_id: Mapped[int] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"), primary_key=True)
    slot: Mapped[int] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(Text)
    review_on: Mapped[dt.date]
    nominated_by: Mapped[str] = mapped_column(String(200))
    nominated_at: Mapped[dt.datetime]
