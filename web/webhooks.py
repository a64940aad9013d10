"""POST /webhooks/{kind}/{connection}: a tracker says that something changed. Checked, stored, answered at once; the
issue is read again by a worker, so a hint that is old, doubled or out of order does no harm."""

import hashlib
import hmac
from collections.abc import Sequence
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
from web.identity import PUBLIC

LARGEST = 25 * 1024 * 1024  # bytes; GitHub sends none above


@post(
    "/webhooks/{kind:str}/{connection_id:int}",
    name="webhooks.receive",
    opt={"role": PUBLIC},
    include_in_schema=False,
    status_code=202,
    request_max_body_size=LARGEST,
)
async def receive(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    kind: FromPath[str],
    connection_id: FromPath[int],
) -> Response[Any]:
    """202 when it is stored, also when it was before; 401 without a word about why (for an unknown connection
    before the body is read), 400 for what is no webhook."""
    secrets = await known_secrets(request, database, kind, connection_id)
    if not secrets:
        return Response({"status": "refused"}, status_code=401)
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not (has_token(request, secrets) or KINDS[kind].is_genuine(secrets, headers, body)):
        return Response({"status": "refused"}, status_code=401)
    try:
        hint = KINDS[kind].hint(headers, body)
    except (ValueError, RecursionError) as error:
        raise HTTPException(status_code=400, detail="This is no webhook of this tracker.") from error
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


def has_token(request: Request[Any, Any, Any], secrets: Sequence[str]) -> bool:
    """Trackers that sign nothing carry the secret in the address."""
    token = request.query_params.get("token", "")
    return any(hmac.compare_digest(token.encode(), secret.encode()) for secret in secrets)


async def known_secrets(
    request: Request[Any, Any, Any], database: Database, kind: str, connection_id: int
) -> tuple[str, ...]:
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


ROUTES = [receive]
