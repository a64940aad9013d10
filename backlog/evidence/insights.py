"""Insights: what customers said or a researcher saw, on its touchpoint."""

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, func, or_, select
from sqlalchemy import Text as LongText
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history, wording
from backlog.database import Base, Id, find
from backlog.errors import N_, Invalid, NotFound, Text
from backlog.evidence.personas import Persona
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor

QUOTED = 120  # characters of an insight kept in the history
EARLIEST = dt.date(1900, 1, 1)


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


MISMATCH_LABELS = {
    Mismatch.DESIGN: N_("Design"),
    Mismatch.TONE: N_("Tone"),
    Mismatch.RESPONSE_TIME: N_("Response time"),
    Mismatch.OTHER: N_("Other"),
}
EMOTIONS = {
    -2: N_("Angry (−2)"),
    -1: N_("Annoyed (−1)"),
    0: N_("Neutral (0)"),
    1: N_("Pleased (+1)"),
    2: N_("Delighted (+2)"),
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
    text: Mapped[str] = mapped_column(LongText, default="")
    theme: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    said_on: Mapped[dt.date]
    emotion: Mapped[int | None]
    mismatch: Mapped[Mismatch | None]
    respondent: Mapped[str | None] = mapped_column(String(64))


class Values(TypedDict, total=False):
    """What people enter; ``text`` or ``theme`` is needed."""

    touchpoint_id: int | None
    persona_id: int | None
    kind: InsightKind
    text: str
    theme: str
    source: str
    said_on: dt.date | None
    emotion: int | None
    mismatch: Mismatch | None


@dataclass(frozen=True)
class Filters:
    """Which insights are wanted; None and "" mean any. ``words`` is looked for in text, theme and source."""

    touchpoint_id: int | None = None
    persona_id: int | None = None
    kind: InsightKind | None = None
    theme: str = ""
    words: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        for column, value in (
            (Insight.touchpoint_id, self.touchpoint_id),
            (Insight.persona_id, self.persona_id),
            (Insight.kind, self.kind),
            (Insight.theme, self.theme),
        ):
            if value not in (None, ""):
                wanted.append(column == value)
        if self.words:
            columns = (Insight.text, Insight.theme, Insight.source)
            wanted.append(or_(*(column.icontains(self.words, autoescape=True) for column in columns)))
        return wanted


@dataclass(frozen=True)
class Theme:
    """How often customers came back to the same thing; ``emotion`` is the mean (-2..+2) where it was noted."""

    name: str
    n: int
    emotion: float | None


SHOWN: tuple[Any, ...] = (
    Insight.id,
    Insight.kind,
    Insight.text,
    Insight.theme,
    Insight.source,
    Insight.said_on,
    Insight.emotion,
    Insight.mismatch,
    Insight.touchpoint_id,
    Touchpoint.name.label("touchpoint"),
    Persona.name.label("persona"),
)


def listed(filters: Filters) -> Select[Any]:
    """Insights with the names of their touchpoint and persona, the newest first, quotes before bare themes."""
    return (
        select(*SHOWN)
        .outerjoin(Touchpoint, Touchpoint.id == Insight.touchpoint_id)
        .outerjoin(Persona, Persona.id == Insight.persona_id)
        .where(*filters.conditions())
        .order_by(Insight.said_on.desc(), (Insight.text == "").asc(), Insight.id.desc())
    )


def counted(filters: Filters) -> Select[Any]:
    return select(func.count()).select_from(Insight).where(*filters.conditions())


async def for_touchpoint(session: AsyncSession, touchpoint_id: int, limit: int = 5) -> list[Any]:
    """The latest quotes about a touchpoint; where there are none, its bare themes."""
    quotes = listed(Filters(touchpoint_id=touchpoint_id)).order_by(None)
    quotes = quotes.order_by((Insight.text == "").asc(), Insight.said_on.desc(), Insight.id.desc())
    return list(await session.execute(quotes.limit(limit)))


async def themes(session: AsyncSession, filters: Filters, limit: int = 12) -> list[Theme]:
    """The themes by how often they come up, most often first."""
    n = func.count().label("n")
    wanted = (
        select(Insight.theme, n, func.avg(Insight.emotion))
        .where(Insight.theme != "", *filters.conditions())
        .group_by(Insight.theme)
        .order_by(n.desc(), Insight.theme)
        .limit(limit)
    )
    rows = await session.execute(wanted)
    return [Theme(name, number, None if emotion is None else float(emotion)) for name, number, emotion in rows]


async def get(session: AsyncSession, insight_id: int) -> Insight:
    found = await find(session, Insight, insight_id)
    if found is None:
        raise NotFound(N_("There is no such insight."))
    return found


async def add(session: AsyncSession, values: Values, *, by: Actor) -> Insight:
    """An insight entered by hand. Invalid names each field that will not do."""
    wanted = await _checked(session, values)
    insight = Insight(**wanted)
    session.add(insight)
    await session.flush()
    said = {"name": (insight.text or insight.theme)[:QUOTED]}
    history.record(session, by, "added", "insight", insight.id, said)
    if insight.touchpoint_id is not None:
        history.record(session, by, "added insight", "touchpoint", insight.touchpoint_id, said)
    return insight


async def _checked(session: AsyncSession, values: Values) -> dict[str, Any]:
    wanted: dict[str, Any] = {"touchpoint_id": None, "persona_id": None, "kind": InsightKind.STORY, **values}
    wanted["text"] = str(wanted.get("text", "")).strip()
    wanted |= {name: wording.one_line(wanted.get(name, "")) for name in ("theme", "source")}
    lengths = {"text": wording.TEXT_MOST, "theme": 300, "source": 200}
    found = {name: wording.wrong(wanted[name], most) for name, most in lengths.items()}
    if not wanted["text"] and not wanted["theme"]:
        found["text"] = Text(N_("Say what was said, or at least name its theme."))
    said_on = wanted.get("said_on")
    if said_on is None or not EARLIEST <= said_on <= history.now().date() + dt.timedelta(days=1):
        found["said_on"] = Text(N_("Enter the day it was said, not one to come."))
    if wanted.get("emotion") not in (None, *EMOTIONS):
        found["emotion"] = Text(N_("Choose from −2 to +2."))
    for name, kind, words in (
        ("touchpoint_id", Touchpoint, N_("There is no such touchpoint.")),
        ("persona_id", Persona, N_("There is no such persona.")),
    ):
        number = wanted[name]
        if number is not None and await find(session, kind, number) is None:
            found[name] = Text(words)
    if wrong := {name: text for name, text in found.items() if text is not None}:
        raise Invalid(wrong)
    return wanted
