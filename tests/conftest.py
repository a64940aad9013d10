"""Fixtures for every test: databases of their own, and a word at the end about what could not be had."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from backlog.database import Database
from tests import databases
from tests.missing import named, not_had

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")  # no test is about how fast a machine is


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        databases.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        databases.end_run()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    stats = terminalreporter.stats
    for line in named([*stats.get("skipped", []), *stats.get("failed", []), *stats.get("error", [])]):
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> databases.SQLiteFiles:
    return databases.SQLiteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> databases.PostgreSQL:
    """A real PostgreSQL: TEST_DATABASE_URL, else the one that comes in a wheel."""
    try:
        return databases.postgresql()
    except databases.Unavailable as error:
        not_had("PostgreSQL", str(error))


@pytest.fixture
def sqlite_url(sqlite_files: databases.SQLiteFiles) -> Iterator[str]:
    """The URL of an empty migrated SQLite database of this test's own."""
    with sqlite_files.new() as url:
        yield url


@pytest.fixture
async def sqlite_database(sqlite_files: databases.SQLiteFiles) -> AsyncIterator[Database]:
    """An empty migrated SQLite database of this test's own."""
    with sqlite_files.new() as url:
        async with databases.opened(url) as database:
            yield database


@pytest.fixture
async def postgresql_database(postgresql: databases.PostgreSQL) -> AsyncIterator[Database]:
    """An empty migrated PostgreSQL database of this test's own."""
    async with postgresql.new() as url, databases.opened(url) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty migrated database of this test's own; the test runs once on SQLite and once on PostgreSQL."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture
def waymark_home(tmp_path: Path) -> Path:
    """An empty folder for WAYMARK_HOME."""
    home = tmp_path / "home"
    home.mkdir()
    return home
