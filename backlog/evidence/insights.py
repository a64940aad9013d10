"""Insights: what customers said or a researcher saw, on its touchpoint."""

import datetime as dt
import enum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backlog.database import Base, Id
from backlog.errors import N_


class InsightKind(enum.StrEnum):
    STORY = "story"
    PAIN = "pain"
    DELIGHT = "delight"
    GAP = "gap"
    IDEA = "idea"


class Mismatch(enum.StrEnum):
    DESIGN = "design"
    TONE = "tone"
    RESPONSE_TIME = "response time"
    OTHER = "other"


KIND_LABELS = {
    InsightKind.STORY: N_("Story"),
    InsightKind.PAIN: N_("Pain"),
    InsightKind.DELIGHT: N_("Delight"),
    InsightKind.GAP: N_("Gap"),
    InsightKind.IDEA: N_("Idea"),
}


class Insight(Base):
    """``text`` is what was said; where only a coded theme is known it is empty and ``theme`` speaks.

    ``emotion`` runs from -2 to +2.
    """

    __tablename__ = "insight"
    __table_args__ = (Index(None, "touchpoint_id", "said_on"),)

    id: Mapped[Id]
    touchpoint_id: Mapped[int | None] = mapped_column(ForeignKey("touchpoint.id", ondelete="SET NULL"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import.id", ondelete="CASCADE"), index=True)
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id", ondelete="SET NULL"))
    kind: Mapped[InsightKind] = mapped_column(default=InsightKind.STORY)
    text: Mapped[str] = mapped_column(Text, default="")
    theme: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    said_on: Mapped[dt.date]
    emotion: Mapped[int | None]
    mismatch: Mapped[Mismatch | None]
    respondent: Mapped[str | None] = mapped_column(String(64))
