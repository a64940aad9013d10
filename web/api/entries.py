"""What departments and personas have in common under /api/v1: a list by name, and changes that nobody overwrites."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request
from msgspec import UNSET
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.register import entries
from backlog.register.entries import Entry
from web.api.paging import Listing, Page, part
from web.api.versions import based_on, changing

S = TypeVar("S", bound=msgspec.Struct)
Shape = Callable[[Entry], S]
"""An entry as the API shows it."""


async def listed(database: Database, kind: type[Entry], page: Page, shape: Shape[S]) -> Listing[S]:
    async with database.reading() as session:
        rows, total = await part(session, page, select(kind).order_by(kind.name, kind.id))
        return Listing([shape(entry) for entry in rows.scalars()], total)


async def changed(
    request: Request[Any, Any, Any],
    database: Database,
    kind: type[Entry],
    entry_id: int,
    given: dict[str, Any],
    shape: Shape[S],
) -> S:
    """Keep what was given (``version`` apart). 409 with the entry as it is now under ``current`` when somebody else was
    faster."""
    version = based_on(request, given["version"])
    values = {name: value for name, value in given.items() if value is not UNSET and name != "version"}

    async def now(session: AsyncSession) -> S:
        return shape(await entries.get(session, kind, entry_id))

    async with changing(database, now) as session:
        entry = await entries.get(session, kind, entry_id)
        await entries.change(session, entry, values, version=version, by=request.user.actor)
        return shape(entry)
