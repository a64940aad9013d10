"""Runs of the simulation: asked for by every change of what it rests on, carried out behind the pages, and kept whole,
so that each can be repeated to the last digit and compared with any other."""

import asyncio
import datetime as dt
import enum
import hashlib
import zlib
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Index, LargeBinary, Select, String, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, deferred, mapped_column

from backlog import history, settings
from backlog.database import Base, Database, Id, upsert
from backlog.simulation import estimates, ranges
from backlog.simulation.questions import Question, questions
from backlog.simulation.robustness import Range, Simulation
from backlog.weights import weights

SEED = 1
"""The same for each run: two runs then differ by what has changed between them and not by chance."""
FORMULAS = b"2"
"""Another one when the same inputs give other results than before: then they are computed anew."""
ABANDONED = dt.timedelta(minutes=2)  # a run takes seconds; one that has run so long died with its process
KEPT = 50  # runs kept whole, and of the days before these the last one each


class RunState(enum.StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Found:
    """The ranges by initiative in rank order, and what to ask next."""

    ranges: dict[int, Range]
    questions: list[Question]


class Run(Base):
    """One simulation of the whole backlog: ``inputs`` is all it rests on, ``results`` what it found, both as packed
    JSON. ``count`` initiatives were ranked, ``digest`` tells inputs apart."""

    __tablename__ = "run"

    id: Mapped[Id]
    state: Mapped[RunState] = mapped_column(default=RunState.QUEUED)
    asked_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    count: Mapped[int | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    inputs: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    results: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))

    @property
    def simulation(self) -> Simulation:
        """What was simulated, ready to be repeated; load ``inputs`` first."""
        return msgspec.json.decode(zlib.decompress(self.inputs or b""), type=Simulation)

    @property
    def found(self) -> Found:
        """What was found; load ``results`` first."""
        return msgspec.json.decode(zlib.decompress(self.results or b""), type=Found)


Index(
    "uq_run_queued", Run.state, unique=True, sqlite_where=Run.state == "queued", postgresql_where=Run.state == "queued"
)


def ask(connection: Connection) -> None:
    """See to it that a run begins after this transaction. One that waits already is enough: it is held, so that it cannot
    begin before this transaction ends."""
    waiting = select(Run.id).where(Run.state == RunState.QUEUED).with_for_update(read=True)
    if connection.scalar(waiting) is None:
        asked = upsert(connection, Run).values(state=RunState.QUEUED, asked_at=history.now())
        held = {"index_elements": [Run.state], "index_where": Run.state == RunState.QUEUED}
        connection.execute(asked.on_conflict_do_update(**held, set_={"asked_at": Run.asked_at}))


async def is_asked(database: Database) -> bool:
    """Whether a run waits, or one was broken off."""
    async with database.reading() as session:
        return (
            await session.scalar(select(Run.id).where(or_(Run.state == RunState.QUEUED, _abandoned())).limit(1))
            is not None
        )


def _abandoned() -> ColumnElement[bool]:
    return and_(Run.state == RunState.RUNNING, Run.started_at < history.now() - ABANDONED)


async def claim(session: AsyncSession) -> Run | None:
    """The run that waits, now running; None when none does, or another runs: one at a time, so that the last one to be
    shown is the last one asked for. What was broken off is asked for again."""
    for other in await session.scalars(select(Run).where(Run.state == RunState.RUNNING).with_for_update()):
        if other.started_at is not None and other.started_at > history.now() - ABANDONED:
            return None
        await _failed(session, other)
    waiting = select(Run).where(Run.state == RunState.QUEUED).with_for_update(skip_locked=True).limit(1)
    run = await session.scalar(waiting)
    if run is not None:
        run.state, run.started_at = RunState.RUNNING, history.now()
    return run


async def _failed(session: AsyncSession, run: Run) -> None:
    run.state = RunState.FAILED
    await session.flush()
    await session.run_sync(lambda plain: ask(plain.connection()))


def run_queued(url: str) -> bool:
    """Carry out the run that waits, if one does, with connections of its own: for a thread, so that nobody who looks
    at pages waits for it. Whether there was one."""

    async def alone() -> bool:
        database = Database(url, pool_size=1)
        try:
            async with database.writing() as session:
                run = await claim(session)
            if run is not None:
                await carry_out(database, run.id)
            return run is not None
        finally:
            await database.close()

    return asyncio.run(alone())


async def carry_out(database: Database, run_id: int) -> None:
    """Simulate the backlog as it is now and let its ranges be the ones that show. When it breaks off it is asked for
    again, and the ranges of before stay meanwhile."""
    try:
        async with database.reading() as session:
            simulation = await simulation_now(session)
            known = await latest(session)
        inputs = msgspec.json.encode(simulation)
        if known is not None and known.digest == _digest(inputs):
            async with database.writing() as session:
                await session.execute(delete(Run).where(Run.id == run_id))
            return
        found = Found(simulation.ranges(), questions(simulation))
        async with database.writing() as session:
            await _keep(session, run_id, inputs, found)
    except BaseException:
        async with database.writing() as session:
            await _failed(session, await session.get_one(Run, run_id))
        raise


async def simulation_now(session: AsyncSession) -> Simulation:
    """The backlog as it is."""
    return Simulation(
        estimates=await estimates.of_ranked(session),
        weights=await weights.active(session),
        concentration=weights.CONCENTRATION[await weights.closeness(session)],
        top=(await settings.load(session)).top,
        seed=SEED,
        suggested=await estimates.only_suggested(session),
        courses=await estimates.courses(session),
    )


async def carry_out_within(session: AsyncSession) -> None:
    """A run in this very transaction, at the moment of `history.at`: for a past that is brought along. What waits is
    asked for anew, so that it comes after this one."""
    await session.execute(delete(Run).where(Run.state == RunState.QUEUED))
    run = Run(state=RunState.RUNNING, asked_at=history.now(), started_at=history.now())
    session.add(run)
    await session.flush()
    simulation = await simulation_now(session)
    found = await asyncio.to_thread(lambda: Found(simulation.ranges(), questions(simulation)))
    await _keep(session, run.id, msgspec.json.encode(simulation), found)
    await session.run_sync(lambda plain: ask(plain.connection()))


def _digest(inputs: bytes) -> str:
    return hashlib.sha256(inputs + FORMULAS).hexdigest()


async def _keep(session: AsyncSession, run_id: int, inputs: bytes, found: Found) -> None:
    """The run is done, what it found is what shows, and runs that nobody will look at go."""
    run = await session.get_one(Run, run_id)
    run.state, run.finished_at = RunState.DONE, history.now()
    run.count, run.digest, run.inputs = len(found.ranges), _digest(inputs), zlib.compress(inputs)
    run.results = zlib.compress(msgspec.json.encode(found))
    await ranges.show(session, found.ranges)
    await prune(session)


async def inputs_of_latest(session: AsyncSession) -> bytes | None:
    """What the last run rested on, packed; None before the first."""
    found: bytes | None = await session.scalar(_of_latest(Run.inputs))
    return found


async def digest_of_latest(session: AsyncSession) -> str | None:
    """The same, told apart from all others; None before the first."""
    found: str | None = await session.scalar(_of_latest(Run.digest))
    return found


async def prune(session: AsyncSession) -> None:
    """Let go of runs that nobody will look at: of days before the last `KEPT` runs only the last of each stays."""
    done = (
        await session.execute(select(Run.id, Run.finished_at).where(Run.state == RunState.DONE).order_by(Run.id))
    ).all()
    last = {row.finished_at.date(): row.id for row in done}
    old = [row.id for row in done[:-KEPT] if last[row.finished_at.date()] != row.id]
    await session.execute(delete(Run).where(or_(Run.id.in_(old), Run.state == RunState.FAILED)))


async def latest(session: AsyncSession) -> Run | None:
    """The last one that is done."""
    found: Run | None = await session.scalar(_of_latest(Run))
    return found


def _of_latest(asked: Any) -> Select[Any]:
    return select(asked).where(Run.state == RunState.DONE).order_by(Run.id.desc()).limit(1)
