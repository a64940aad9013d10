"""POST /webhooks/{kind}/{connection}: a tracker says that something changed. Checked, stored, answered at once; the
issue is read again by a worker, so a hint that is old, doubled or out of order does no harm."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from sqlalchemy import select

from backlog.database import LARGEST_ID, Database
from backlog.trackers import hooks
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.sealing import Seal
from integrations.kinds import KINDS
from integrations.tracker import TrackerKind
from web.identity import PUBLIC

Asked = Request[Any, Any, Any]
LARGEST = max(kind.hook_most for kind in KINDS.values())
HELD_MOST = 64 * 1024 * 1024  # bytes of all bodies that came from nobody knows whom
PATIENCE = 10.0  # seconds for a body to come in; trackers wait no longer for the answer to it
LONG = 256 * 1024  # bytes; to hash more would keep everybody else waiting


@dataclass
class Room:
    """For bodies of which it is not known yet who sent them: bytes that are left."""

    left: int = HELD_MOST


@post(
    "/webhooks/{kind:str}/{connection_id:int}",
    name="webhooks.receive",
    opt={"role": PUBLIC},
    include_in_schema=False,
    status_code=202,
    request_max_body_size=LARGEST,
)
async def receive(
    request: Asked,
    database: NamedDependency[Database],
    kind: FromPath[str],
    connection_id: FromPath[int],
) -> Response[Any]:
    """202 when it is stored, also when it was before; 401 without a word about why (before the body is read, where that
    is known), 400 for what is no webhook, 413 and 408 for a body that is too large or too slow, 503 when there is no room
    for it just now: some trackers send it again, and what the others changed is found by the sweep."""
    secrets = await known_secrets(request, database, kind, connection_id)
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not secrets or not may_be_genuine(request, KINDS[kind], secrets, headers):
        return Response({"status": "refused"}, status_code=401)
    try:
        body = await genuine(request, KINDS[kind], secrets, headers)
    except HTTPException as error:
        return Response({"status": "refused"}, status_code=error.status_code)
    try:
        hint = KINDS[kind].hint(headers, body)
    except (ValueError, RecursionError):
        return Response({"status": "unreadable"}, status_code=400)
    if hint is None:
        return Response({"status": "ignored"}, status_code=202)
    async with database.writing() as session:
        new = await hooks.receive(
            session,
            connection_id,
            delivery=hint.delivery or hashlib.sha256(body).hexdigest(),
            event=hint.event,
            issue_id=hint.issue_id,
            issue_key=hint.key,
            marker=hint.marker,
            sender=hint.sender,
        )
    return Response({"status": "taken" if new else "known"}, status_code=202)


def may_be_genuine(request: Asked, kind: TrackerKind, secrets: Sequence[str], headers: Mapping[str, str]) -> bool:
    """As far as it can be told without the body."""
    if has_token(request, secrets):
        return True
    return kind.hook_signature in headers if kind.hook_signature else kind.is_genuine(secrets, headers, b"")


async def genuine(request: Asked, kind: TrackerKind, secrets: Sequence[str], headers: Mapping[str, str]) -> bytes:
    """The body. HTTPException: 401 when nobody signed it, and all of `held`."""
    async with held(request, kind.hook_most) as body:
        if has_token(request, secrets):
            return body
        signed = partial(kind.is_genuine, secrets, headers, body)
        if await asyncio.to_thread(signed) if len(body) > LONG else signed():
            return body
    raise HTTPException(status_code=401)


@asynccontextmanager
async def held(request: Asked, most: int) -> AsyncIterator[bytes]:
    """The body, in room that is free again afterwards. HTTPException: 413 for more bytes than ``most``, 408 when it takes
    too long, 503 without room."""
    room: Room = request.app.state.setdefault("room_of_webhooks", Room())
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                if len(body) + len(part) > most:
                    raise HTTPException(status_code=413)
                if len(part) > room.left:
                    raise HTTPException(status_code=503)
                room.left -= len(part)
                body += part
        yield bytes(body)
    except TimeoutError as late:
        raise HTTPException(status_code=408) from late
    finally:
        room.left += len(body)


def has_token(request: Asked, secrets: Sequence[str]) -> bool:
    """Trackers that sign nothing carry the secret in the address."""
    token = request.query_params.get("token", "")
    return any(hmac.compare_digest(token.encode(), secret.encode()) for secret in secrets)


async def known_secrets(request: Asked, database: Database, kind: str, connection_id: int) -> tuple[str, ...]:
    """All that may be signed with; none for a connection that is not, is off, or is of another kind."""
    if kind not in KINDS or not 0 < connection_id <= LARGEST_ID:
        return ()
    sealed = select(Connection.hook_secrets).where(
        Connection.id == connection_id, Connection.kind == kind, Connection.state != ConnectionState.DISCONNECTED
    )
    async with database.reading() as session:
        found = await session.scalar(sealed)
    seal: Seal = request.app.state.outside.seal
    return tuple(seal.open(found).values()) if found else ()


def path(connection: Connection) -> str:
    return f"/webhooks/{connection.kind}/{connection.id}"


def address(request: Asked, connection: Connection) -> str:
    """Where its tracker sends webhooks."""
    here = request.app.state.configuration.url or str(request.base_url).rstrip("/")
    return here + path(connection)


ROUTES = [receive]
