"""SQLite in few trips: a page waits longer for the thread of its connection than for SQLite itself."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Self, cast

import aiosqlite


class Cursor(aiosqlite.Cursor):
    """Executes a statement and fetches its rows in one trip to the thread, where the driver makes four."""

    _conn: "Connection"

    def __init__(self, connection: "Connection") -> None:
        super().__init__(connection, cast(sqlite3.Cursor, None))  # there is one with the first statement
        self.rows: Sequence[Any] = ()

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Self:
        self._cursor, self.rows = await self._execute(  # type: ignore[no-untyped-call] # aiosqlite leaves it untyped
            self._conn.fetched, sql, parameters or ()
        )
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        self._cursor = await self._execute(self._conn.repeated, sql, parameters)  # type: ignore[no-untyped-call] # as above
        return self

    async def fetchall(self) -> Sequence[Any]:
        rows, self.rows = self.rows, ()
        return rows

    async def fetchmany(self, size: int | None = None) -> Sequence[Any]:
        size = size or self.arraysize
        some, self.rows = self.rows[:size], self.rows[size:]
        return some

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def close(self) -> None:
        """Nothing is left to fetch."""


class Connection(aiosqlite.Connection):
    """A connection that begins with its first statement and takes back only what has begun."""

    begins = False

    def begin(self) -> None:
        """Begin a transaction together with the next statement; a deferred one locks nothing before."""
        self.begins = True

    def cursor(self) -> Cursor:  # type: ignore[override] # SQLAlchemy only enters it
        return Cursor(self)

    def fetched(self, sql: str, parameters: Any) -> tuple[sqlite3.Cursor, list[Any]]:
        """In the thread of the connection."""
        cursor = self._begun().execute(sql, parameters)
        return cursor, cursor.fetchall() if cursor.description else []

    def repeated(self, sql: str, parameters: Any) -> sqlite3.Cursor:
        """In the thread of the connection."""
        return self._begun().executemany(sql, parameters)

    def _begun(self) -> sqlite3.Connection:
        if self.begins:
            self.begins = False
            self._conn.execute("BEGIN")
        return self._conn

    async def rollback(self) -> None:
        """A request given up in the middle does not come here: SQLAlchemy throws its connection away."""
        self.begins = False
        if self.in_transaction:
            await super().rollback()


async def connect(*arguments: Any, **options: Any) -> Connection:
    """Instead of ``aiosqlite.connect``."""
    connection = Connection(lambda: sqlite3.connect(*arguments, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy has it: one left open must not keep us from ending
    await connection
    return connection
