"""Engine, sessions and column types; the one place that knows which database it is."""

import asyncio
import datetime as dt
import enum
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Annotated, Any, ClassVar, TypeVar, cast

from sqlalchemy import JSON, DateTime, Dialect, Enum, Executable, Integer, MetaData, Row, String, event, inspect
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.engine import AdaptedConnection, Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, declared_attr, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

from backlog import sqlite
from backlog.errors import Stale, VersionMissing

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTC(TypeDecorator[dt.datetime]):
    """A moment in time: aware going in, aware UTC coming out. Naive datetimes are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs its time zone: {value!r}")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=dt.UTC)


class Base(DeclarativeBase):
    """All tables. Enums are stored by value, times are UTC, constraints have names."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        dt.datetime: UTC,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        enum.Enum: Enum(
            enum.Enum, native_enum=False, length=32, values_callable=lambda kind: [item.value for item in kind]
        ),
    }


RESTED = 1.0  # seconds
LARGEST_ID = 2**31 - 1  # of an integer column on PostgreSQL
Id = Annotated[int, mapped_column(primary_key=True)]
Name = Annotated[str, mapped_column(String(200))]
E = TypeVar("E", bound=Base)


class Versioned:
    """Optimistic locking: ``version`` goes up by one with each change (1 at first).

    Every UPDATE says which version it is based on, so of two that overlap one gets StaleDataError.
    ``uncounted`` names columns that Waymark computes itself; a change of these alone makes nobody's form stale.
    """

    uncounted: ClassVar[frozenset[str]] = frozenset()
    version: Mapped[int] = mapped_column(Integer, default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy calls it with the class
        return {"version_id_col": cls.version, "version_id_generator": False}

    def expect(self, version: int | None) -> None:
        """Raise VersionMissing without a version, Stale when it is not the current one."""
        if version is None:
            raise VersionMissing
        if version != self.version:
            raise Stale(self)


@event.listens_for(Versioned, "before_update", propagate=True)
def _count_version(mapper: Mapper[Any], connection: Connection, target: Versioned) -> None:
    changed = {attribute.key for attribute in inspect(target).attrs if attribute.history.has_changes()}
    if changed - target.uncounted:
        target.version = (target.version or 0) + 1


class Database:
    """A database by its URL: ``sqlite+aiosqlite:///path`` or ``postgresql+asyncpg://...``.

    Reads and writes are separate blocks; a write block commits when it ends and rolls back on any error.
    """

    def __init__(self, url: str, *, pool_size: int = 5, checks_keys: bool = True) -> None:
        """``checks_keys=False``: SQLite takes rows whose foreign keys point to nothing."""
        self.url = async_url(url)
        self.engine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=10,
            hide_parameters=True,  # what people wrote, and hashes of their secrets, do not belong into the log
        )
        if self.is_sqlite:
            _prepare_sqlite(self.engine, checks_keys)
            self._reader, self._alone = self.engine, self.engine.execution_options(alone=True)
        else:
            _prepare_postgresql(self.engine)
            self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ")
            self._alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writer = self.engine.execution_options(writing=True)
        self._turns: AbstractAsyncContextManager[None] = asyncio.Lock() if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for looking: one consistent view, never committed."""
        async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    async def first(self, statement: Executable, values: Mapping[str, Any]) -> Row[Any] | None:
        """The first row of one statement that needs no session and no transaction around it."""
        async with self._alone.connect() as connection:
            return (await connection.execute(statement, values)).first()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session for changing; SQLite takes its write lock at once, so nothing fails half-way. There its writers come
        one after the other, in the order in which they asked: waiting for the lock of the file is a lottery."""
        async with self._turns, AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def unchecked(self) -> AsyncIterator["Database"]:
        """The same, for bringing in rows by the million: SQLite would look up every key of every row, where the caller
        can look up each key once. In connections of its own, so that no others are left unchecked."""
        database = Database(self.url, pool_size=1, checks_keys=False) if self.is_sqlite else self
        try:
            yield database
        finally:
            if database is not self:
                await database.close()

    async def close(self) -> None:
        await self.engine.dispose()


async def find(session: AsyncSession, kind: type[E], number: int, *, for_change: bool = False) -> E | None:
    """The entity of this id; None when there is none, or no id can be that number. ``for_change`` keeps others from
    changing it until the transaction ends."""
    return await session.get(kind, number, with_for_update=for_change) if 0 < number <= LARGEST_ID else None


def upsert(connection: Connection, table: type[Base]) -> Any:
    """An insert that can say what to do with a row that is already there, in the words of this database."""
    return (insert_on_postgresql if connection.dialect.name == "postgresql" else insert_on_sqlite)(table)


def async_url(url: str) -> str:
    """The URL with the driver this project speaks: aiosqlite or asyncpg. ValueError for any other database."""
    parsed = make_url(url)
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    name = parsed.drivername.partition("+")[0]
    if name not in drivers:
        raise ValueError(f"{name!r} is neither sqlite nor postgresql")
    return parsed.set(drivername=drivers[name]).render_as_string(hide_password=False)


def _prepare_sqlite(engine: AsyncEngine, checks_keys: bool) -> None:
    """Let us, not the driver, begin transactions: writers take the lock first instead of failing later."""

    @event.listens_for(engine.sync_engine, "do_connect")
    def _open(_dialect: Dialect, _entry: ConnectionPoolEntry, _arguments: Any, options: dict[str, Any]) -> None:
        options["async_creator_fn"] = sqlite.connect

    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "busy_timeout=10000",
            f"foreign_keys={'ON' if checks_keys else 'OFF'}",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("writing", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif not options.get("alone", False):
            cast(AdaptedConnection, connection.connection.dbapi_connection).driver_connection.begin()


def _prepare_postgresql(engine: AsyncEngine) -> None:
    """Ask of a connection that has rested whether it still lives: its server may have been started anew."""

    @event.listens_for(engine.sync_engine, "checkin")
    def _rest(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def _wake(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        if time.monotonic() - entry.info.get("rests_since", time.monotonic()) < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error
