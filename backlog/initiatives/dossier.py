"""Everything known about one initiative, read for its page: departments, evidence, ratings, what was said and done."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backlog import history, settings
from backlog.evidence import scores
from backlog.evidence.insights import Insight
from backlog.evidence.journeys import Phase
from backlog.evidence.personas import Persona
from backlog.evidence.scores import Score
from backlog.evidence.signatures import Signature
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Event
from backlog.initiatives import comments, evidence, moves, ratings, suggestions
from backlog.initiatives.comments import Comment
from backlog.initiatives.initiative import Contribution, Initiative, InitiativeInsight, InitiativeTouchpoint
from backlog.initiatives.ratings import Rating
from backlog.initiatives.suggestions import Suggested
from backlog.people.departments import Department

EVENTS = 200
QUOTES = 20
TRENDS = 12
"""Touchpoints whose trend is drawn; the others show their score alone."""


@dataclass(frozen=True)
class Place:
    """A linked touchpoint with its score; ``value``, ``low``, ``high`` None without one; ``trend`` oldest first."""

    id: int
    name: str
    phase: str | None
    is_signature: bool
    value: float | None
    n: int
    low: float | None
    high: float | None
    threshold: float
    trend: Sequence[float]


@dataclass(frozen=True)
class Quote:
    """A linked insight; ``text`` is what was said, empty where only the coded ``theme`` is known."""

    id: int
    text: str
    theme: str
    source: str
    persona: str | None
    touchpoint: str | None
    said_on: dt.date


@dataclass(frozen=True)
class Dossier:
    initiative: Initiative
    lead: Department | None
    contributing: Sequence[Department]
    places: Sequence[Place]
    quotes: Sequence[Quote]
    ratings: Sequence[Rating]
    suggested: Suggested
    missing: Sequence[str]
    events: Sequence[Event]
    comments: Sequence[Comment]

    @property
    def is_signature(self) -> bool:
        return any(place.is_signature for place in self.places)


async def of(session: AsyncSession, initiative: Initiative, readable: ColumnElement[bool] | None = None) -> Dossier:
    """Everything, as it stands in this transaction; ``readable`` says what of the history, where not all of it."""
    events = history.of("initiative", initiative.id, limit=EVENTS)
    lead = await session.get(Department, initiative.lead_id) if initiative.lead_id else None
    return Dossier(
        initiative=initiative,
        lead=lead,
        contributing=list(await session.scalars(contributing(initiative.id))),
        places=await places(session, initiative.id),
        quotes=[_quote(row) for row in await session.execute(quotes(initiative.id))],
        ratings=list(await session.scalars(ratings.of(initiative.id))),
        suggested=await suggestions.of(session, initiative),
        missing=await moves.missing_for_next(session, initiative),
        events=list(await session.scalars(events if readable is None else events.where(readable))),
        comments=list(await session.scalars(comments.of(initiative.id))),
    )


def contributing(initiative_id: int) -> Select[Department]:
    found = select(Department).join(Contribution, Contribution.department_id == Department.id)
    return found.where(Contribution.initiative_id == initiative_id).order_by(Department.code)


async def places(session: AsyncSession, initiative_id: int) -> list[Place]:
    """The linked touchpoints in their order, with score and trend."""
    threshold = (await settings.load(session)).threshold
    rows = (await session.execute(_places(initiative_id))).all()
    trends = {row.id: await _trend(session, row.id) for row in rows[:TRENDS] if row.value is not None}
    return [
        Place(
            id=row.id,
            name=row.name,
            phase=row.phase,
            is_signature=row.signature is not None,
            value=row.value,
            n=row.n or 0,
            low=row.low,
            high=row.high,
            threshold=threshold if row.target is None else row.target,
            trend=trends.get(row.id, ()),
        )
        for row in rows
    ]


async def _trend(session: AsyncSession, touchpoint_id: int) -> list[float]:
    return [point.value for point in await scores.trend(session, touchpoint_id)]


def _places(initiative_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Touchpoint.id,
            Touchpoint.name,
            Touchpoint.target,
            Phase.name.label("phase"),
            Signature.touchpoint_id.label("signature"),
            Score.value,
            Score.n,
            Score.low,
            Score.high,
        )
        .join(InitiativeTouchpoint, InitiativeTouchpoint.touchpoint_id == Touchpoint.id)
        .join(Phase, Phase.id == Touchpoint.phase_id, isouter=True)
        .join(Signature, Signature.touchpoint_id == Touchpoint.id, isouter=True)
        .join(Score, Score.touchpoint_id == Touchpoint.id, isouter=True)
        .where(InitiativeTouchpoint.initiative_id == initiative_id)
        .order_by(InitiativeTouchpoint.position, Touchpoint.id)
    )


def _insights() -> Select[*tuple[Any, ...]]:
    found: Select[*tuple[Any, ...]] = (
        select(
            Insight.id,
            Insight.text,
            Insight.theme,
            Insight.source,
            Insight.said_on,
            Touchpoint.name.label("touchpoint"),
            Persona.name.label("persona"),
        )
        .join(Touchpoint, Touchpoint.id == Insight.touchpoint_id, isouter=True)
        .join(Persona, Persona.id == Insight.persona_id, isouter=True)
        .order_by((Insight.text == "").asc(), Insight.said_on.desc(), Insight.id)
    )
    return found


def quotes(initiative_id: int) -> Select[*tuple[Any, ...]]:
    """The linked insights, those with words first, newest first."""
    return _insights().where(Insight.id.in_(evidence.insight_ids(initiative_id).order_by(None)))


def unlinked_quotes(initiative_id: int, text: str = "", limit: int = 40) -> Select[*tuple[Any, ...]]:
    """Insights on the linked touchpoints that are not linked themselves; ``text`` narrows to those that contain it, on
    any touchpoint."""
    linked = InitiativeInsight.initiative_id == initiative_id
    own = select(InitiativeInsight.insight_id).where(linked)
    found = _insights().where(Insight.id.not_in(own)).limit(limit)
    if text:
        return found.where(
            Insight.text.icontains(text, autoescape=True) | Insight.theme.icontains(text, autoescape=True)
        )
    return found.where(Insight.touchpoint_id.in_(evidence.touchpoint_ids(initiative_id).order_by(None)))


def _quote(row: Row[Any]) -> Quote:
    return Quote(row.id, row.text, row.theme, row.source, row.persona, row.touchpoint, row.said_on)


async def quotes_of(session: AsyncSession, found: Select[*tuple[Any, ...]]) -> list[Quote]:
    return [_quote(row) for row in await session.execute(found)]


async def neighbours(session: AsyncSession, initiative: Initiative) -> tuple[int | None, int | None]:
    """The initiatives just before and just after it in the ranked order; None at the ends or when it is not ranked."""
    if not initiative.is_ranked:
        return None, None
    other = aliased(Initiative)
    ahead = (other.points > initiative.points) | ((other.points == initiative.points) & (other.id < initiative.id))
    behind = (other.points < initiative.points) | ((other.points == initiative.points) & (other.id > initiative.id))
    found = select(other.id).where(other.is_ranked).limit(1)
    before = await session.scalar(found.where(ahead).order_by(other.points.asc(), other.id.desc()))
    after = await session.scalar(found.where(behind).order_by(other.points.desc(), other.id.asc()))
    return before, after
