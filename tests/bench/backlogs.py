"""Backlogs of any size, written in one go: the same each time, spread like real ones."""

import asyncio
import datetime as dt
import random
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncSession

import migrations
from backlog.database import Base
from backlog.evidence.journeys import Journey, Phase, Stop
from backlog.evidence.signatures import Signature
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import WAYMARK
from backlog.initiatives.criteria import Checklist, suggest_maturity
from backlog.initiatives.initiative import Contribution, Initiative, InitiativeTouchpoint
from backlog.initiatives.stages import STEPS, Stage
from backlog.people import accounts, sessions
from backlog.people.departments import Department
from backlog.people.roles import Role
from backlog.ranking import standings
from backlog.simulation import runs
from tests import databases

BATCH = 5000
SINCE = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
PHASES = ("Getting there", "Check-in", "Security", "Airside", "Boarding", "Arriving", "Onward", "Before the trip")
CODES = ("SEC", "DIG", "FGK", "TER", "ALR", "BVD", "LIM", "RET")
STAGES = (*STEPS, Stage.PARKED, Stage.DROPPED)
OFTEN = (20, 25, 25, 15, 8, 4, 2, 1)
TOUCHPOINTS = 40
READINESS = suggest_maturity(
    Checklist(evidence=True, problem=True, effect=True, lead=True, effort=False, dependencies=False)
).value


async def fill(session: AsyncSession, size: int, *, seed: int = 7) -> None:
    """``size`` initiatives on 40 touchpoints of one journey, 8 departments; then points and standings."""
    await _register(session)
    chance = random.Random(seed)
    for start in range(1, size + 1, BATCH):
        ids = range(start, min(start + BATCH, size + 1))
        await session.execute(insert(table(Initiative)), [_initiative(chance, number) for number in ids])
        await session.execute(insert(table(InitiativeTouchpoint)), [_link(chance, number) for number in ids])
        units = [unit for number in ids for unit in _contributing(chance, number)]
        await session.execute(insert(table(Contribution)), units)
    await standings.remember(session, standings.today() - dt.timedelta(days=10))


def table(entity: type[Base]) -> Table:
    """Its rows written straight, past the session: the standings are counted once at the end."""
    return cast(Table, entity.__table__)


async def prepared(url: str, size: int) -> str:
    """A backlog of this size, simulated once, and somebody signed in; the secret of the session."""
    await asyncio.to_thread(migrations.upgrade, url)
    async with databases.opened(url) as database, database.writing() as session:
        await fill(session, size)
        person = await accounts.add_person(
            session,
            email="kim@waymark.example",
            name="Kim",
            role=Role.PRODUCT_OWNER,
            password="small steps, large footprints",
            by=WAYMARK,
        )
        await session.flush()
        secret = await sessions.start(session, person)
    await asyncio.to_thread(runs.run_queued, url)
    return secret


async def _register(session: AsyncSession) -> None:
    session.add(Journey(id=1, name="A departing passenger"))
    session.add_all(Department(id=index, code=code, name=f"Department {code}") for index, code in enumerate(CODES, 1))
    await session.flush()
    session.add_all(Phase(id=index, journey_id=1, name=name, position=index) for index, name in enumerate(PHASES, 1))
    await session.flush()
    for number in range(1, TOUCHPOINTS + 1):
        name = f"Queue {number} at the terminal"
        phase = number % len(PHASES) + 1
        session.add(Touchpoint(id=number, name=name, name_key=name.casefold(), phase_id=phase))
    await session.flush()
    session.add_all(
        Stop(phase_id=number % len(PHASES) + 1, touchpoint_id=number, position=number)
        for number in range(1, TOUCHPOINTS + 1)
    )
    for slot in range(1, 5):
        kept = Signature(touchpoint_id=slot, slot=slot, reason="Where trust is won", review_on=SINCE.date())
        kept.nominated_by, kept.nominated_at = "Kim", SINCE
        session.add(kept)
    await session.flush()


def title_of(number: int) -> str:
    return f"Shorten the way from gate B{number % 40} to the exit, step {number}"


def _initiative(chance: random.Random, number: int) -> dict[str, Any]:
    def value() -> float:
        return round(min(max(chance.gauss(6, 1.8), 0), 10), 1)

    since = SINCE - dt.timedelta(days=chance.randrange(300))
    return {
        "id": number,
        "title": title_of(number),
        "problem": "Passengers lose time here and say so. " * 8,
        "next_step": "Walk the way with ten passengers.",
        "effect": "Half a point more within a year.",
        "stage": chance.choices(STAGES, OFTEN)[0],
        "stage_since": since,
        "stage_reason": "",
        "created_at": since,
        "created_by": "Kim",
        "lead_id": number % len(CODES) + 1,
        "rated_importance": value() if chance.random() < 0.7 else None,
        "rated_urgency": value() if chance.random() < 0.6 else None,
        "rated_maturity": value() if chance.random() < 0.5 else None,
        "rated_effort_benefit": value() if chance.random() < 0.8 else None,
        "suggested_maturity": READINESS,  # as the first look at the evidence would have it: nothing is left to write then
    }


def _link(chance: random.Random, number: int) -> dict[str, int]:
    return {"initiative_id": number, "touchpoint_id": chance.randrange(1, TOUCHPOINTS + 1), "position": 0}


def _contributing(chance: random.Random, number: int) -> list[dict[str, int]]:
    others = chance.sample(range(1, len(CODES) + 1), chance.randrange(3))
    return [{"initiative_id": number, "department_id": each} for each in others if each != number % len(CODES) + 1]
