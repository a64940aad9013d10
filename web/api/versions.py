"""Which version of a thing a change was based on, and how it is now when somebody else was faster."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import Conflict, VersionMissing
from web.faults import problem

TAG = re.compile(r'^(?:W/)?"?(\d{1,9})"?$')
Now = Callable[[AsyncSession], Awaitable[msgspec.Struct]]
"""The thing that was to be changed, as the API shows it."""


class Overtaken(Conflict):
    """A change that the state of things does not allow; ``current`` is that state."""

    def __init__(self, conflict: Conflict, current: msgspec.Struct) -> None:
        super().__init__(conflict.text)
        self.current = current


def based_on(request: Request[Any, Any, Any], body_version: int | None = None) -> int:
    """The version in the body, else in the header ``If-Match`` (``3`` or ``"3"``). Raises VersionMissing (428)."""
    if body_version is not None:
        return body_version
    found = TAG.match(request.headers.get("if-match", "").strip())
    if found is None:
        raise VersionMissing
    return int(found[1])


@asynccontextmanager
async def changing(database: Database, now: Now) -> AsyncIterator[AsyncSession]:
    """A session for changing one thing; a Conflict in it is answered with 409 and the thing as it is now."""
    try:
        async with database.writing() as session:
            yield session
    except Conflict as conflict:
        async with database.reading() as session:
            current = await now(session)
        raise Overtaken(conflict, current) from conflict


def overtaken(request: Request[Any, Any, Any], error: Overtaken) -> Response[Any]:
    return problem(request, 409, error.text, current=msgspec.to_builtins(error.current))


HANDLERS: dict[Any, Any] = {Overtaken: overtaken}
