"""The office beside each tracker, on a database of the test's own."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from backlog import history
from backlog.database import Database
from tests.trackers.grounds import GROUNDS, Ground
from tests.trackers.office import NOON, Office


@dataclass
class Turned:
    """The clock that the office turns: what everything in a test and its trackers go by."""

    office: list[Office] = field(default_factory=list)

    def __call__(self) -> dt.datetime:
        return self.office[0].now if self.office else NOON


@dataclass
class Both:
    """Our side, their side and the connection between them, with the id of an initiative pushed there."""

    office: Office
    ground: Ground
    connection_id: int


KEPT_IN = [*((name, "sqlite") for name in GROUNDS), ("github", "postgresql")]


@pytest.fixture(params=KEPT_IN, ids=["-".join(each) for each in KEPT_IN])
def place(request: pytest.FixtureRequest) -> tuple[str, Database]:
    """A tracker, and what our side is kept in."""
    name, kept_in = request.param
    return name, request.getfixturevalue(f"{kept_in}_database")


@pytest.fixture
async def both(place: tuple[str, Database]) -> AsyncIterator[Both]:
    """Once for each tracker, and for one on PostgreSQL."""
    async with beside(*place) as both:
        yield both


@asynccontextmanager
async def beside(name: str, database: Database) -> AsyncIterator[Both]:
    """Every exchange is held against the tracker's document in the end."""
    clock = Turned()
    async with GROUNDS[name](clock) as ground:
        office = Office(database, ground.server)
        clock.office.append(office)
        with history.by(clock):
            connection_id = await office.connect(ground.kind, ground.base_url, ground.project, ground.credentials)
            try:
                yield Both(office, ground, connection_id)
            finally:
                await office.worker.close()
    assert not ground.server.violations, ground.server.violations[:3]
