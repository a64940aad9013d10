"""Candidates: what triage proposes, with the reason; one waiting per touchpoint."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id, Versioned


class CandidateState(enum.StrEnum):
    OPEN = "open"
    SNOOZED = "snoozed"
    ACCEPTED = "accepted"
    MERGED = "merged"
    DISMISSED = "dismissed"
    SOLVED = "solved"


class Cause(enum.StrEnum):
    LOW = "low"
    FELL = "fell"


class Candidate(Versioned, Base):
    """``reason`` holds the numbers the rule saw; ``snooze`` what wakes it: {"until": date}, {"survey": true} or
    {"change": 0.5} with the score at the time; ``undo`` the state before the last decision."""

    __tablename__ = "candidate"

    id: Mapped[Id]
    touchpoint_id: Mapped[int] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"))
    cause: Mapped[Cause]
    state: Mapped[CandidateState] = mapped_column(default=CandidateState.OPEN, index=True)
    reason: Mapped[dict[str, Any]]
    score: Mapped[float]
    proposed_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(200))
    snooze: Mapped[dict[str, Any] | None]
    dismissal: Mapped[str | None] = mapped_column(String(48))
    note: Mapped[str] = mapped_column(Text, default="")
    initiative_id: Mapped[int | None] = mapped_column(ForeignKey("initiative.id", ondelete="SET NULL"))
    undo: Mapped[dict[str, Any] | None]


Index(
    "uq_candidate_waiting",
    Candidate.touchpoint_id,
    unique=True,
    sqlite_where=Candidate.state.in_(["open", "snoozed"]),
    postgresql_where=Candidate.state.in_(["open", "snoozed"]),
)
