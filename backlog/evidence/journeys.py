"""Journeys: a scenario walked by a persona in ordered phases, with touchpoints in order."""

import enum

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id, Name, Versioned
from backlog.errors import N_


class Scenario(enum.StrEnum):
    NEW_PURCHASE = "new purchase"
    REPEAT_PURCHASE = "repeat purchase"
    SERVICE_CASE = "service case"


SCENARIO_LABELS = {
    Scenario.NEW_PURCHASE: N_("New purchase"),
    Scenario.REPEAT_PURCHASE: N_("Repeat purchase"),
    Scenario.SERVICE_CASE: N_("Service case"),
}


class Journey(Versioned, Base):
    __tablename__ = "journey"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    scenario: Mapped[Scenario] = mapped_column(default=Scenario.NEW_PURCHASE)
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id", ondelete="SET NULL"))
    description: Mapped[str] = mapped_column(Text, default="")


class Phase(Base):
    __tablename__ = "phase"

    id: Mapped[Id]
    journey_id: Mapped[int] = mapped_column(ForeignKey("journey.id", ondelete="CASCADE"), index=True)
    name: Mapped[Name]
    position: Mapped[int]


class Stop(Base):
    """A touchpoint's place in a phase; one touchpoint may stand in several journeys."""

    __tablename__ = "stop"
    __table_args__ = (UniqueConstraint("phase_id", "touchpoint_id"),)

    id: Mapped[Id]
    phase_id: Mapped[int] = mapped_column(ForeignKey("phase.id", ondelete="CASCADE"))
    touchpoint_id: Mapped[int] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
