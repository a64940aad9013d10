"""Connections to PostgreSQL: one moment to a block of reads, and whatever became of the server, the next block works."""

import pytest
from sqlalchemy import text

from backlog import database as databases
from backlog.database import Database


@pytest.fixture
async def places(postgresql_database: Database) -> Database:
    async with postgresql_database.writing() as session:
        await session.execute(text("CREATE TABLE place (name TEXT)"))
        await session.execute(text("INSERT INTO place VALUES ('kerb'), ('gate')"))
    return postgresql_database


async def test_a_block_of_reads_sees_one_moment(places: Database) -> None:
    async with places.reading() as session:
        before = await session.scalar(text("SELECT count(*) FROM place"))
        async with places.writing() as writing:
            await writing.execute(text("INSERT INTO place VALUES ('lounge')"))
        assert await session.scalar(text("SELECT count(*) FROM place")) == before == 2
    async with places.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM place")) == 3


async def test_connections_that_broke_while_they_rested_hinder_nobody(
    places: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "RESTED", 0.0)
    async with places.reading() as one, places.reading() as other:
        await one.execute(text("SELECT 1"))
        await other.execute(text("SELECT 1"))
    async with places.writing() as session:
        await session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )

    async with places.reading() as one, places.reading() as other:
        assert await one.scalar(text("SELECT count(*) FROM place")) == 2
        assert await other.scalar(text("SELECT count(*) FROM place")) == 2
