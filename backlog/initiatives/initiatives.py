"""Initiatives: the unit of the backlog."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id, Versioned
from backlog.initiatives.stages import RANKED, Stage


class Initiative(Versioned, Base):
    """``rated_*`` is the median of the ratings, ``suggested_*`` what the data suggests, both 0-10; the criterion is
    the first that is known. ``points`` is the score in hundredths (0-1000) under the agreed weights; ``is_ranked``
    follows from the stage; ``stage_before`` is where it wakes up again after parking."""

    __tablename__ = "initiative"

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(300))
    problem: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(Text, default="")
    effect: Mapped[str] = mapped_column(Text, default="")
    stage: Mapped[Stage] = mapped_column(default=Stage.PROPOSED, index=True)
    stage_before: Mapped[Stage | None]
    stage_since: Mapped[dt.datetime]
    stage_reason: Mapped[str] = mapped_column(Text, default="")
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str] = mapped_column(String(200))
    rated_importance: Mapped[float | None]
    rated_urgency: Mapped[float | None]
    rated_maturity: Mapped[float | None]
    rated_effort: Mapped[float | None]
    rated_benefit: Mapped[float | None]
    rated_effort_benefit: Mapped[float | None]
    suggested_importance: Mapped[float | None]
    suggested_urgency: Mapped[float | None]
    suggested_maturity: Mapped[float | None]
    points: Mapped[int] = mapped_column(default=500)
    is_ranked: Mapped[bool] = mapped_column(default=True)

    @property
    def key(self) -> str:
        return f"CX-{self.id}"


Index("ix_initiative_rank", Initiative.is_ranked, Initiative.points.desc(), Initiative.id)


class Contribution(Base):
    """A department that contributes to an initiative it does not lead."""

    __tablename__ = "initiative_department"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    department_id: Mapped[int] = mapped_column(
        ForeignKey("department.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class InitiativeTouchpoint(Base):
    """Evidence: a touchpoint the initiative is about; the one with the lowest position names it in lists."""

    __tablename__ = "initiative_touchpoint"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    touchpoint_id: Mapped[int] = mapped_column(
        ForeignKey("touchpoint.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)


class InitiativeInsight(Base):
    """Evidence: an insight the initiative answers."""

    __tablename__ = "initiative_insight"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    insight_id: Mapped[int] = mapped_column(ForeignKey("insight.id", ondelete="CASCADE"), primary_key=True, index=True)


__all__ = ["RANKED", "Contribution", "Initiative", "InitiativeInsight", "InitiativeTouchpoint"]
