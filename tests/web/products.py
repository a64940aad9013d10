"""Fixtures of tests that go through the app: the product over a database of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backlog.database import Database
from tests.web.clients import Served, serving


@pytest.fixture
async def served(database: Database, waymark_home: Path) -> AsyncIterator[Served]:
    """The product over an empty database of this test's own, on SQLite and on PostgreSQL; see tests/web/clients.py."""
    async with serving(database, waymark_home) as product:
        yield product


@pytest.fixture
async def served_sqlite(sqlite_database: Database, waymark_home: Path) -> AsyncIterator[Served]:
    """The product over an empty SQLite database of this test's own."""
    async with serving(sqlite_database, waymark_home) as product:
        yield product
