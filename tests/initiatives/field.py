"""A small airport to try initiatives on: two touchpoints with scores, two departments, an insight, two people."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.evidence.insights import Insight
from backlog.evidence.measures import Measure
from backlog.evidence.scores import Score
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor
from backlog.initiatives import initiatives
from backlog.initiatives.initiative import Initiative
from backlog.people.departments import Department
from backlog.people.persons import Person
from backlog.people.roles import Role


@dataclass(frozen=True)
class Airport:
    reclaim: int
    security: int
    ground: int
    digital: int
    story: int
    katharina: Actor
    jan: Actor


async def airport(session: AsyncSession) -> Airport:
    """Put it into an empty database."""
    reclaim, security = touchpoint("Baggage reclaim hall"), touchpoint("Security checkpoint")
    ground, digital = Department(code="BVD", name="Ground handling"), Department(code="DIG", name="Digital")
    people = [person("Katharina Wiedenhöft"), person("Jan-Erik Thomsen")]
    quality = Measure(name="experience", low=1, high=5)
    session.add_all([reclaim, security, ground, digital, quality, *people])
    await session.flush()
    story = Insight(touchpoint_id=reclaim.id, text="The bag was in Copenhagen.", said_on=dt.date(2026, 11, 9))
    session.add_all([story, score(reclaim.id, quality.id, 4.0, n=1500), score(security.id, quality.id, 7.8, n=3000)])
    await session.flush()
    katharina, jan = (each.actor for each in people)
    return Airport(reclaim.id, security.id, ground.id, digital.id, story.id, katharina, jan)


def touchpoint(name: str) -> Touchpoint:
    return Touchpoint(name=name, name_key=name.casefold())


def person(name: str) -> Person:
    email = f"{name.split()[0].lower()}@airport.example"
    return Person(name=name, email=email, role=Role.CONTRIBUTOR, created_at=history.now())


def score(touchpoint_id: int, measure_id: int, value: float, *, n: int) -> Score:
    return Score(
        touchpoint_id=touchpoint_id,
        measure_id=measure_id,
        since=dt.date(2026, 1, 1),
        until=dt.date(2026, 12, 1),
        n=n,
        effective_n=n,
        value=value,
        deviation=2.0,
        low=value - 0.1,
        high=value + 0.1,
        shrunken=value,
        posterior_deviation=0.05,
        p_below=1.0 if value < 5 else 0.0,
        change=-0.5 if value < 5 else 0.1,
    )


async def bags(session: AsyncSession, field: Airport) -> Initiative:
    """An initiative that has all it needs but ratings."""
    return await initiatives.propose(
        session,
        title="Tell passengers where their bag is, belt to belt",
        problem="Nobody tells them whether the bag is on the aircraft, on its way, or missing.",
        next_step="Pier A only: three words for each bag on the belt screen.",
        effect="6.5 at the reclaim hall by June.",
        independent=True,
        touchpoint_ids=[field.reclaim],
        lead_id=field.ground,
        contributing_ids=[field.digital],
        by=field.katharina,
    )
