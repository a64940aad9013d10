"""The demo: San Francisco airport's surveys of 2013-2018, turned into a living backlog."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import deriving, history
from backlog.database import Database
from backlog.demo import decisions, diary, evidence, initiatives, people, positions, register, rounds, surveys
from backlog.errors import N_, Conflict
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor
from backlog.initiatives.initiative import Initiative
from backlog.people import accounts, passwords
from backlog.people.persons import Person
from backlog.simulation import runs
from backlog.urgency import urgency_profiles

EMAIL, PASSWORD = "demo@waymark.example", "small-steps-2018"
BEGINNING = 73  # days ago, when the register was laid out and the surveys came in
OWNER = Actor("Product owner")
BEGAN, FINISHED = "began", "finished"


async def seed(database: Database) -> None:
    """Fill an empty database. Conflict when there are touchpoints or initiatives already, unless they come from an
    earlier try that was cut short: then it goes on where that stopped.

    People come last, together with all they did: a try that was cut short leaves nobody who could sign in. Where
    somebody can sign in already, the demo's people get no password.
    """
    today = history.now().date()
    async with database.writing() as session:
        is_first_run = await accounts.is_first_run(session)
        if not is_first_run and not await may_begin(session):
            raise Conflict(N_("The sample data can only be loaded into an empty backlog. Nothing was changed."))
        await begin(session, today)
    for place, name in enumerate(surveys.NAMES, 1):
        await surveys.load(database, name, at=_morning(today, 12 * place), by=OWNER)
    await deriving.derive(database)  # at once, so that no rank moves a moment after people have come
    async with database.writing() as session:
        with history.at(_morning(today, 120)):
            colleagues = await people.add(session, PASSWORD if is_first_run else None)
        known = await evidence.gather(session)
        entries = list(decisions.Deciding(colleagues, known, today).entries())
        for telling in initiatives.tellings(colleagues, known, today):
            entries += telling.entries()
        entries += rounds.entries(colleagues, today)
        entries += positions.entries(colleagues, today)
        entries.append(diary.Entry(7, 0, runs.carry_out_within))  # so that there is a week to compare with
        await diary.replay(session, entries, today)
        await urgency_profiles.refresh(session)
        history.record(session, OWNER, FINISHED, "demo", None)


async def begin(session: AsyncSession, today: dt.date) -> None:
    """The register; from here on an unfinished demo can be told from somebody's own backlog."""
    with history.at(_morning(today, 0)):
        history.record(session, OWNER, BEGAN, "demo", None)
        await register.lay_out(session, by=OWNER)


def _morning(today: dt.date, minutes: int) -> dt.datetime:
    """On the first day of the demo, so many minutes after eight."""
    midnight = dt.datetime.combine(today - dt.timedelta(days=BEGINNING), dt.time(8), dt.UTC)
    return midnight + dt.timedelta(minutes=minutes)


async def may_begin(session: AsyncSession) -> bool:
    """Whether there is neither a touchpoint nor an initiative, or an earlier try was cut short."""
    known = [await session.scalar(select(kind.id).limit(1)) for kind in (Touchpoint, Initiative)]
    if known == [None, None]:
        return True
    last = await session.scalar(history.of_kind("demo", limit=1))
    return last is not None and last.verb == BEGAN


async def sign_in_hint(session: AsyncSession) -> str:
    """How to sign in to the demo; empty when this is not the demo or its password was changed."""
    person = await session.scalar(select(Person).where(Person.email == EMAIL, Person.disabled_at.is_(None)))
    if person is None or not await passwords.matches(PASSWORD, person.password_hash):
        return ""
    return f"Sign in as {EMAIL} with the password {PASSWORD}"
