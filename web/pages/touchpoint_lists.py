"""What the list of touchpoints shows, and how its address says which and in what order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.evidence import scores
from backlog.evidence.estimates import FEW
from backlog.evidence.journeys import Journey, Phase
from backlog.evidence.listing import Filters, Order, listed
from backlog.evidence.personas import Persona
from backlog.evidence.touchpoints import Access, Ownership
from backlog.people.departments import Department
from backlog.settings import Settings
from web.asked import chosen, day, number

DESCENDING_FIRST = (Order.P_BELOW, Order.ANSWERS)
"""Orders that begin with the largest unless asked otherwise."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; ``query`` says it again, for links that change one thing."""

    filters: Filters
    order: Order
    descending: bool
    query: Mapping[str, Any]

    @property
    def is_filtered(self) -> bool:
        return self.filters != Filters()


@dataclass(frozen=True, slots=True)
class Line:
    """One touchpoint in the list; the score is None where nobody answered."""

    id: int
    name: str
    channel: str
    ownership: Ownership
    access: Access
    department: str | None
    department_code: str | None
    phase: str | None
    is_signature: bool
    threshold: float
    value: float | None
    n: int | None
    low: float | None
    high: float | None
    shrunken: float | None
    p_below: float | None
    change: float | None

    @property
    def is_few(self) -> bool:
        return self.n is not None and self.n < FEW


def wanted(query: Mapping[str, str]) -> Wanted:
    """From the address; what cannot be read counts as not asked."""
    filters = Filters(
        phase_id=number(query, "phase"),
        department_id=number(query, "department"),
        persona_id=number(query, "persona"),
        since=day(query, "since"),
        until=day(query, "until"),
        ownership=chosen(query, "ownership", Ownership),
        access=chosen(query, "access", Access),
        signature=query.get("signature") == "1",
        below=query.get("below") == "1",
        words=query.get("q", "").strip()[:200].replace("\0", ""),
    )
    order = chosen(query, "order", Order) or Order.SCORE
    turned = query.get("turned") == "1"
    kept = {
        "phase": filters.phase_id,
        "department": filters.department_id,
        **cut_of(filters),
        "ownership": filters.ownership,
        "access": filters.access,
        "signature": 1 if filters.signature else None,
        "below": 1 if filters.below else None,
        "q": filters.words,
        "order": order if order is not Order.SCORE else None,
        "turned": 1 if turned else None,
    }
    return Wanted(filters, order, turned != (order in DESCENDING_FIRST), kept)


def cut_of(filters: Filters) -> dict[str, Any]:
    """Which answers are looked at, as addresses say it: also that of a touchpoint's page."""
    return {"persona": filters.persona_id, "since": filters.since, "until": filters.until}


async def lines(session: AsyncSession, asked: Wanted, settings: Settings) -> list[Line]:
    """The touchpoints wanted, with the score of all current answers, or of those asked for alone: then the order and
    what is below its threshold follow that score too."""
    filters = replace(asked.filters, below=asked.filters.below and not asked.filters.is_cut)
    statement = listed(filters, probability=settings.probability, order=asked.order, descending=asked.descending)
    found = [_line(row, settings.threshold) for row in await session.execute(statement)]
    if not filters.is_cut:
        return found
    own = _ordered(await _of_cut(session, found, filters), asked)
    if not asked.filters.below:
        return own
    return [line for line in own if line.p_below is not None and line.p_below >= settings.probability]


def _line(row: Any, threshold: float) -> Line:
    return Line(
        id=row.id,
        name=row.name,
        channel=row.channel,
        ownership=row.ownership,
        access=row.access,
        department=row.department,
        department_code=row.department_code,
        phase=row.phase,
        is_signature=row.signature_slot is not None,
        threshold=threshold if row.target is None else row.target,
        value=row.value,
        n=row.n,
        low=row.low,
        high=row.high,
        shrunken=row.shrunken,
        p_below=row.p_below,
        change=row.change,
    )


async def _of_cut(session: AsyncSession, found: Sequence[Line], filters: Filters) -> list[Line]:
    """With the scores of these answers in place of the current ones of everybody."""
    known = await scores.headlines(session, persona_id=filters.persona_id, since=filters.since, until=filters.until)
    return [_replaced(line, known.get(line.id)) for line in found]


def _ordered(own: list[Line], asked: Wanted) -> list[Line]:
    columns = {Order.SCORE: "value", Order.P_BELOW: "p_below", Order.ANSWERS: "n"}
    if asked.order not in columns:
        return own
    column = columns[asked.order]
    scored = [line for line in own if getattr(line, column) is not None]
    scored.sort(key=lambda line: getattr(line, column), reverse=asked.descending)
    return scored + [line for line in own if getattr(line, column) is None]


def _replaced(line: Line, headline: scores.Headline | None) -> Line:
    kept = {name: getattr(line, name) for name in Line.__slots__}
    names = ("value", "n", "low", "high", "shrunken", "p_below")
    estimate = headline.estimate if headline else None
    kept |= {name: getattr(estimate, name, None) for name in names}
    change = estimate.change if estimate else None
    return Line(**kept | {"change": change.difference if change else None})


async def choices(session: AsyncSession) -> dict[str, list[tuple[Any, str]]]:
    """What can be filtered by: (value, name) of phases, departments and personas."""
    phases = await session.execute(
        select(Phase.id, Phase.name, Journey.name.label("journey"))
        .join(Journey, Journey.id == Phase.journey_id)
        .order_by(Journey.name, Phase.position)
    )
    rows = list(phases)
    several = len({row.journey for row in rows}) > 1
    departments = await session.execute(select(Department.id, Department.name).order_by(Department.name))
    personas = await session.execute(select(Persona.id, Persona.name).order_by(Persona.name))
    return {
        "phase": [(row.id, f"{row.journey}: {row.name}" if several else row.name) for row in rows],
        "department": [(number, name) for number, name in departments],
        "persona": [(number, name) for number, name in personas],
    }
