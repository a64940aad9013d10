"""Connections to SQLite make few trips to their thread, and take back whatever was begun."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from backlog.database import Database
from backlog.sqlite import Connection
from tests import databases


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(databases.sqlite_url(tmp_path / "small.db"), pool_size=1)
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE place (name TEXT)"))
        await session.execute(text("INSERT INTO place VALUES ('kerb'), ('gate')"))
    yield database
    await database.close()


async def driver(database: Database) -> Connection:
    async with database.engine.connect() as connection:
        raw: Any = await connection.get_raw_connection()
        found = raw.driver_connection
    assert isinstance(found, Connection)
    return found


async def test_two_reads_take_three_trips(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    trips: list[str] = []
    connection = await driver(database)
    ask = connection._execute

    async def counted(work: Any, *values: Any) -> Any:
        trips.append(work.__name__)
        return await ask(work, *values)  # type: ignore[no-untyped-call] # aiosqlite leaves it untyped

    monkeypatch.setattr(connection, "_execute", counted)
    async with database.reading() as session:
        assert (await session.scalars(text("SELECT name FROM place ORDER BY name"))).all() == ["gate", "kerb"]
        assert await session.scalar(text("SELECT count(*) FROM place")) == 2
    assert trips == ["fetched", "fetched", "rollback"]


async def test_a_block_of_reads_sees_one_moment(database: Database, tmp_path: Path) -> None:
    other = Database(databases.sqlite_url(tmp_path / "small.db"))
    async with database.reading() as session:
        before = await session.scalar(text("SELECT count(*) FROM place"))
        async with other.writing() as writing:
            await writing.execute(text("INSERT INTO place VALUES ('lounge')"))
        assert await session.scalar(text("SELECT count(*) FROM place")) == before == 2
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM place")) == 3
    await other.close()


async def test_a_block_that_asked_nothing_leaves_the_connection_to_the_next_writer(database: Database) -> None:
    async with database.reading() as session:
        await session.connection()

    async with database.writing() as session:
        await session.execute(text("INSERT INTO place VALUES ('lounge')"))
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM place")) == 3


async def test_a_request_given_up_hinders_nobody(database: Database) -> None:
    async def read() -> None:
        async with database.reading() as session:
            await session.execute(text("SELECT count(*) FROM place"))

    connection = await driver(database)
    busy = asyncio.create_task(connection._execute(time.sleep, 0.1))  # type: ignore[no-untyped-call] # aiosqlite leaves it untyped
    task = asyncio.create_task(read())
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await busy
    async with database.writing() as session:
        await session.execute(text("DELETE FROM place"))


async def test_rows_can_be_had_one_by_one_and_in_parts(database: Database) -> None:
    async with database.reading() as session:
        streamed = await session.stream(text("SELECT name FROM place ORDER BY name"))
        assert [row.name async for row in streamed] == ["gate", "kerb"]
        parts = await session.stream(text("SELECT name FROM place ORDER BY name"))
        assert [[row.name for row in part] async for part in parts.partitions(1)] == [["gate"], ["kerb"]]
    cursor = (await driver(database)).cursor()
    await cursor.execute("SELECT name FROM place ORDER BY name")
    assert [await cursor.fetchone(), await cursor.fetchone(), await cursor.fetchone()] == [("gate",), ("kerb",), None]
    await cursor.execute("SELECT name FROM place ORDER BY name")
    assert [name async for (name,) in cursor] == ["gate", "kerb"]


async def test_a_write_that_failed_leaves_nothing(database: Database) -> None:
    async def write() -> None:
        async with database.writing() as session:
            await session.execute(text("INSERT INTO place VALUES ('lounge')"))
            await session.execute(text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(OperationalError):
        await write()
    assert not (await driver(database)).in_transaction
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM place")) == 2


async def test_writers_come_in_the_order_in_which_they_asked(database: Database) -> None:
    came: list[int] = []

    async def write(number: int) -> None:
        async with database.writing() as session:
            await session.execute(text("INSERT INTO place VALUES ('lounge')"))
            came.append(number)
            await asyncio.sleep(0.005)

    await asyncio.gather(*(write(number) for number in range(24)))

    assert came == list(range(24))
