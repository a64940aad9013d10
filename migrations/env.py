"""Alembic's entry: one connection, one transaction per migration, batches for SQLite."""

import asyncio

from alembic import context
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from backlog import tables
from backlog.database import Base, async_url

assert tables.__all__  # noqa: S101 - importing the tables fills the metadata


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
        transactional_ddl=True,  # on SQLite too: a migration cut short leaves nothing behind
        compare_type=True,
        user_module_prefix="database.",
    )
    with context.begin_transaction():
        context.run_migrations()


def begin_ourselves(engine: AsyncEngine) -> None:
    """The driver begins no transaction for what changes tables. Foreign keys stay off: batches copy tables."""

    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


async def online() -> None:
    engine = create_async_engine(async_url(context.config.attributes["url"]), poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        begin_ourselves(engine)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


asyncio.run(online())
