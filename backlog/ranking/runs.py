"""Runs of the simulation: asked for by every change of what it rests on, carried out behind the pages, and kept whole,
so that each can be repeated to the last digit and compared with any other."""

import asyncio
import datetime as dt
import enum
import hashlib
import zlib
from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import Connection, Index, LargeBinary, String, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, deferred, mapped_column

from backlog import history, settings
from backlog.database import Base, Database, Id
from backlog.ranking import estimates, ranges, weights
from backlog.ranking.counts import upsert
from backlog.ranking.questions import Question, questions
from backlog.ranking.robustness import ROUGH_DRAWS, Range, Simulation
from backlog.ranking.scoring import Weights

SEED = 1
"""The same for each run: two runs then differ by what has changed between them and not by chance."""
ABANDONED = dt.timedelta(minutes=5)  # a run takes seconds; one that has run so long died with its process
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
    """See to it that a run begins after this transaction. One that waits already is enough; it cannot begin before
    this transaction ends."""
    waiting = select(Run.id).where(Run.state == RunState.QUEUED).with_for_update(read=True)
    if connection.scalar(waiting) is None:
        asked = upsert(connection, Run).values(state=RunState.QUEUED, asked_at=history.now())
        connection.execute(asked.on_conflict_do_nothing())


async def is_asked(database: Database) -> bool:
    """Whether a run waits."""
    async with database.reading() as session:
        return await session.scalar(select(Run.id).where(Run.state == RunState.QUEUED).limit(1)) is not None


async def claim(session: AsyncSession) -> Run | None:
    """The run that waits, now running; None when none does."""
    run = await session.scalar(
        select(Run).where(Run.state == RunState.QUEUED).with_for_update(skip_locked=True).limit(1)
    )
    if run is not None:
        run.state, run.started_at = RunState.RUNNING, history.now()
    return run


async def recover(session: AsyncSession) -> None:
    """Ask again where a run was broken off."""
    broken = select(Run).where(Run.state == RunState.RUNNING, Run.started_at < history.now() - ABANDONED)
    for run in await session.scalars(broken):
        run.state = RunState.FAILED
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
                await carry_out(database, run)
            return run is not None
        finally:
            await database.close()

    return asyncio.run(alone())


async def carry_out(database: Database, run: Run) -> None:
    """Simulate the backlog as it is now and let its ranges be the ones that show. When it breaks off, it is failed and
    the ranges of before stay."""
    try:
        async with database.reading() as session:
            simulation = await simulation_now(session)
            known = await latest(session)
        inputs = msgspec.json.encode(simulation)
        digest = hashlib.sha256(inputs).hexdigest()
        found = None if known and known.digest == digest else Found(simulation.ranges(), questions(simulation))
    except BaseException:
        async with database.writing() as session:
            (await session.get_one(Run, run.id)).state = RunState.FAILED
        raise
    async with database.writing() as session:
        if found is None:
            await session.execute(delete(Run).where(Run.id == run.id))
        else:
            await keep(session, run.id, inputs, digest, found)


async def simulation_now(session: AsyncSession, tried: Weights | None = None) -> Simulation:
    """The backlog as it is, under the agreed weights or those tried."""
    return Simulation(
        estimates=await estimates.of_ranked(session),
        weights=tried or await weights.active(session),
        concentration=weights.CONCENTRATION[await weights.closeness(session)],
        top=(await settings.load(session)).top,
        seed=SEED,
    )


async def ranges_if(database: Database, tried: Weights) -> dict[int, Range]:
    """The ranges under weights that are only tried, in a thread and within a second: of a backlog too long to be
    simulated in full, from few draws."""
    async with database.reading() as session:
        simulation = await simulation_now(session, tried)
    if len(simulation.estimates) > simulation.exact:
        simulation = replace(simulation, draws=ROUGH_DRAWS, exact=len(simulation.estimates))
    return await asyncio.to_thread(simulation.ranges)


async def keep(session: AsyncSession, run_id: int, inputs: bytes, digest: str, found: Found) -> None:
    """The run is done, and what it found is what shows, unless a later one was faster."""
    run = await session.get_one(Run, run_id)
    run.state, run.finished_at, run.count, run.digest = RunState.DONE, history.now(), len(found.ranges), digest
    run.inputs, run.results = zlib.compress(inputs), zlib.compress(msgspec.json.encode(found))
    later = select(Run.id).where(Run.state == RunState.DONE, Run.id > run_id).limit(1)
    if await session.scalar(later) is None:
        await ranges.show(session, found.ranges)


async def prune(session: AsyncSession) -> None:
    """Let go of runs that nobody will look at: of days before the last `KEPT` runs only the last of each stays."""
    done = (
        await session.execute(select(Run.id, Run.asked_at).where(Run.state == RunState.DONE).order_by(Run.id))
    ).all()
    last = {row.asked_at.date(): row.id for row in done}
    old = [row.id for row in done[:-KEPT] if last[row.asked_at.date()] != row.id]
    await session.execute(delete(Run).where(or_(Run.id.in_(old), Run.state == RunState.FAILED)))


async def latest(session: AsyncSession) -> Run | None:
    """The last one that is done."""
    return await session.scalar(select(Run).where(Run.state == RunState.DONE).order_by(Run.id.desc()).limit(1))
