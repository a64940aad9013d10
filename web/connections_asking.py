"""Asking a tracker while somebody waits for the page: briefly, and never inside a transaction of the database."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from litestar import Request

from backlog import errors, history
from backlog.errors import N_, Invalid, Text
from backlog.trackers.connections import Connection, ConnectionState
from integrations.catalogue import Catalogue
from integrations.errors import TrackerError
from integrations.opening import Outside
from integrations.tracker import Tracker

Asked = Request[Any, Any, Any]
Answer = TypeVar("Answer")
PATIENCE = 15.0  # seconds
KEPT, TROUBLE_KEPT = dt.timedelta(minutes=10), dt.timedelta(minutes=1)
SLOW = N_("It did not answer in %(seconds)s seconds. Nothing was changed; try again in a moment.")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a tracker did not do, in words, with its own words as ``detail``."""

    text: Text
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to choose from, or why it could not be read, or not all of it. ``version`` of the connection it was
    read for, with the type of issue and the board."""

    version: tuple[int, str, str]
    read_at: dt.datetime
    catalogue: Catalogue | None
    trouble: Trouble | None

    @property
    def whole(self) -> Catalogue | None:
        """Where nothing of it could not be read."""
        return self.catalogue if self.trouble is None else None

    @property
    def is_fresh(self) -> bool:
        return history.now() - self.read_at < (KEPT if self.trouble is None else TROUBLE_KEPT)


def outside_of(request: Asked) -> Outside:
    outside: Outside = request.app.state.outside
    return outside


async def asked(
    outside: Outside,
    connection: Connection,
    question: Callable[[Tracker], Awaitable[Answer]],
    board: str | None = None,
) -> Answer | Trouble:
    """What it answers, or what is in the way: nobody loses what they typed because a tracker is slow."""

    async def opened() -> Answer:
        async with outside.opened(connection, board) as tracker:
            return await question(tracker)

    return await brief(opened())


async def brief(work: Awaitable[Answer], but: tuple[type[Exception], ...] = ()) -> Answer | Trouble:
    """What comes of it, within a page's patience. These errors are raised all the same."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await work
    except but:
        raise
    except TimeoutError:
        return Trouble(Text(SLOW, {"seconds": int(PATIENCE)}))
    except TrackerError as error:
        return Trouble(error.text, error.detail)
    except Invalid as invalid:
        return Trouble(next(iter(invalid.fields.values())))
    except errors.Refused as refused:
        return Trouble(refused.text)


async def catalogue_of(
    request: Asked, connection: Connection, issue_type: str | None = None, board: str | None = None
) -> Known:
    """What its project has to choose from, read again after ten minutes; a refusal counts for one."""
    wished = connection.maps.issue_type if issue_type is None else issue_type
    column = connection.maps.board if board is None else board
    version = (connection.version, wished, column)
    cache: dict[int, Known] = request.app.state.setdefault("catalogues", {})
    known = cache.get(connection.id)
    if known is None or known.version != version or not known.is_fresh:
        known = cache[connection.id] = await _read(outside_of(request), connection, version)
    return known


async def _read(outside: Outside, connection: Connection, version: tuple[int, str, str]) -> Known:
    """Of a board that cannot be read at least what there is without it, so that another can be chosen."""
    if connection.state not in (ConnectionState.ACTIVE, ConnectionState.PAUSED) or not connection.credentials:
        return Known(version, history.now(), None, None)
    _, issue_type, board = version

    async def question(tracker: Tracker) -> Catalogue:
        return await tracker.catalogue(issue_type)

    found = await asked(outside, connection, question, board)
    if isinstance(found, Trouble):
        less = await asked(outside, connection, question, "") if board else None
        return Known(version, history.now(), less if isinstance(less, Catalogue) else None, found)
    return Known(version, history.now(), found, None)
