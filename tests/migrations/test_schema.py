"""The migrations make just the schema the models describe, on both databases."""

import warnings
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from backlog import tables
from backlog.database import Base, Database


def differences(connection: Connection) -> list[Any]:
    with warnings.catch_warnings():
        for passed_over in ("autogenerate skipping", "Skipped unsupported reflection"):
            warnings.filterwarnings("ignore", passed_over)  # indexes on expressions: looked for by name below
        found: list[Any] = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
        return found


async def test_the_migrations_make_the_tables_of_the_models(database: Database) -> None:
    assert tables.__all__

    async with database.engine.connect() as connection:
        found = await connection.run_sync(differences)

    assert found == []


async def test_every_index_of_the_models_is_in_the_database(database: Database) -> None:
    """Also those on expressions, which Alembic passes over."""
    wanted = {index.name for table in Base.metadata.tables.values() for index in table.indexes}
    query = (
        "select name from sqlite_master where type = 'index'"
        if database.is_sqlite
        else "select indexname from pg_indexes where schemaname = 'public'"
    )

    async with database.engine.connect() as connection:
        found = set((await connection.execute(text(query))).scalars())

    assert wanted <= found
