"""Schema migrations: ``upgrade(url)`` brings a database to the newest schema.

Alembic is imported only when there is something to do: a start on a database in use does without it.
"""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from backlog.database import async_url

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent


def configuration(url: str) -> "Config":
    from alembic.config import Config  # only where the schema is changed

    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.attributes["url"] = url
    return config


class Newer(Exception):
    """The database was brought up to date by a later Waymark than this."""


def upgrade(url: str) -> None:
    """Apply what is missing; on an up-to-date database this only looks. Raises Newer."""
    found = asyncio.run(revision(url))
    if found == newest():
        return
    if found is not None and found > newest():
        raise Newer(f"its schema is {found}, this Waymark knows {newest()} at most")
    from alembic import command  # as above

    command.upgrade(configuration(url), "head")


def newest() -> str:
    """The newest revision: their files are numbered."""
    return max(file.name.partition("_")[0] for file in (HERE / "versions").glob("[0-9]*.py"))


async def revision(url: str) -> str | None:
    """The revision the database says it is at; None where it says nothing."""
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all()
    except (SQLAlchemyError, OSError):
        return None  # no such table, or no such server: Alembic makes the one and tells of the other
    finally:
        await engine.dispose()
    return str(found[0]) if len(found) == 1 else None
