"""/api/v1/connections: the trackers Waymark keeps in step with."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import Body, FromPath
from msgspec import UNSET, UnsetType
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, wording
from backlog.database import Database
from backlog.errors import N_, Invalid, Text, checked
from backlog.people.roles import Role
from backlog.trackers import connections, removing, turns
from backlog.trackers.connections import SUBJECT, Connection, ConnectionState
from backlog.trackers.fields import FieldMapping, checked_mapping
from backlog.trackers.link import Link, LinkState
from integrations import checking
from integrations.opening import Outside
from integrations.tracker import TrackerKind
from integrations.unhooking import unhook
from web import locales
from web.api.paging import PAGING, Listing, Page, part
from web.api.versions import based_on, changing

Asked = Request[Any, Any, Any]
TAGS = ["connections"]
PROJECT_MOST, SECRET_MOST = 200, 200
CREDENTIAL_MOST = 20_000  # characters; a private key is long


class ConnectionGiven(msgspec.Struct, forbid_unknown_fields=True):
    """``kind``: github, gitlab, jira-cloud or jira-dc. ``base_url``: the root of the tracker's API; left out, that of the
    kind. ``project``: owner/repo or a key. What signs in: ``token``, with ``email`` for Jira Cloud, or ``credentials`` by
    name. ``webhook_secret``: left out, one is made and told once. ``mapping``: left out, what suits most."""

    kind: str
    name: str
    project: str
    base_url: str = ""
    token: str = ""
    email: str = ""
    credentials: dict[str, str] = {}
    webhook_secret: str = ""
    locale: str = "en"
    mapping: FieldMapping | None = None


class ConnectionChanged(msgspec.Struct, forbid_unknown_fields=True):
    """What is not named stays. Another ``base_url`` forgets the token, unless one comes along."""

    name: str | UnsetType = UNSET
    base_url: str | UnsetType = UNSET
    project: str | UnsetType = UNSET
    token: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    credentials: dict[str, str] | UnsetType = UNSET
    locale: str | UnsetType = UNSET
    mapping: FieldMapping | UnsetType = UNSET
    version: int | None = None


class CountsShown(msgspec.Struct):
    """Links by their state."""

    pending: int = 0
    in_step: int = 0
    conflict: int = 0
    failed: int = 0
    unknown: int = 0
    parked: int = 0


class ConnectionShown(msgspec.Struct):
    """``has_token``: what signs in is never shown. ``waits_until``: nothing is sent before, because of ``last_error``.
    ``missed``: changes a sweep found that no webhook had told of. ``webhook``: the path trackers send to;
    ``webhook_secret`` is told once, when it is made."""

    id: int
    kind: str
    name: str
    base_url: str
    project: str
    state: ConnectionState
    has_token: bool
    account: str
    locale: str
    links: CountsShown
    oldest_due: dt.datetime | None
    last_error: str | None
    last_error_at: dt.datetime | None
    waits_until: dt.datetime | None
    swept_to: dt.datetime | None
    last_hook: dt.datetime | None
    missed: int
    webhook: str
    webhook_secret: str | None
    mapping: FieldMapping
    version: int


class CheckShown(msgspec.Struct):
    """``problem`` says what is wrong and what to do, null when it is ok."""

    name: str
    ok: bool
    needed: bool
    problem: str | None


class Tested(msgspec.Struct):
    """``ok``: everything that is needed works."""

    ok: bool
    account: str | None
    checks: list[CheckShown]


@get(
    "/api/v1/connections",
    opt={"role": Role.CONTRIBUTOR},
    dependencies=PAGING,
    operation_id="listConnections",
    summary="Connected trackers and how they are",
    tags=TAGS,
)
async def index(database: NamedDependency[Database], page: NamedDependency[Page]) -> Listing[ConnectionShown]:
    async with database.reading() as session:
        rows, total = await part(session, page, select(Connection).order_by(Connection.id))
        return Listing([await shape(session, row) for row in rows.scalars()], total)


@get(
    "/api/v1/connections/{connection_id:int}",
    opt={"role": Role.CONTRIBUTOR},
    operation_id="getConnection",
    summary="One connected tracker",
    tags=TAGS,
)
async def show(database: NamedDependency[Database], connection_id: FromPath[int]) -> ConnectionShown:
    async with database.reading() as session:
        return await shape(session, await connections.by_id(session, connection_id))


@post(
    "/api/v1/connections",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="addConnection",
    summary="Connect a tracker",
    description="Its fields are mapped as suits most, as soon as it has answered. `POST .../test` says what it may do.",
    tags=TAGS,
)
async def create(
    request: Asked, database: NamedDependency[Database], data: Annotated[ConnectionGiven, Body()]
) -> Response[ConnectionShown]:
    outside: Outside = request.app.state.outside
    kind = outside.kind(data.kind)
    url = outside.checked_url(data.base_url or kind.base_url)
    credentials = given_credentials(kind, data.token, data.email, data.credentials)
    require_locale(data.locale)
    checked(webhook_secret=wording.wrong(data.webhook_secret, SECRET_MOST))
    if data.mapping is not None:
        checked_mapping(data.mapping)
    async with database.writing() as session:
        made = await connections.add(
            session,
            outside.seal,
            kind=kind.name,
            name=data.name,
            base_url=url,
            project=data.project,
            credentials=credentials,
            hook_secret=data.webhook_secret,
            locale=data.locale,
            by=request.user.actor,
        )
        if data.mapping is not None:
            await connections.map_fields(session, made, data.mapping, by=request.user.actor)
        secret = None if data.webhook_secret else outside.seal.open(made.hook_secrets)["now"]
        await session.flush()
        shown = await shape(session, made, secret)
    return Response(shown, status_code=201, headers={"Location": f"/api/v1/connections/{shown.id}"})


@patch(
    "/api/v1/connections/{connection_id:int}",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="changeConnection",
    summary="Change a connection, its token or its mapping",
    tags=TAGS,
)
async def update(
    request: Asked,
    database: NamedDependency[Database],
    connection_id: FromPath[int],
    data: Annotated[ConnectionChanged, Body()],
) -> ConnectionShown:
    outside: Outside = request.app.state.outside
    if data.mapping is not UNSET:
        checked_mapping(data.mapping)
    async with changing(database, lambda session: one(session, connection_id)) as session:
        row = await connections.by_id(session, connection_id, for_change=True)
        row.expect(based_on(request, data.version))
        await connections.change(session, outside.seal, row, values_of(outside, row, data), by=request.user.actor)
        if data.mapping is not UNSET:
            await connections.map_fields(session, row, data.mapping, by=request.user.actor)
            await turns.ask_all(session, row.id)
    async with database.reading() as session:
        return await one(session, connection_id)


def values_of(outside: Outside, row: Connection, data: ConnectionChanged) -> dict[str, Any]:
    """For connections.change. Invalid (``name``, ``project``, ``base_url``, ``locale``, ``email``, ``token``)."""
    values: dict[str, Any] = {
        name: wording.one_line(value)
        for name in ("name", "project", "locale")
        if (value := getattr(data, name)) is not UNSET
    }
    if "project" in values:
        checked(project=wording.wrong(values["project"], PROJECT_MOST, required=True))
    if data.base_url is not UNSET:
        values["base_url"] = outside.checked_url(data.base_url)
    if data.locale is not UNSET:
        require_locale(values["locale"])
    if data.token is not UNSET or data.credentials is not UNSET:
        email = "" if data.email is UNSET else data.email
        token = "" if data.token is UNSET else data.token
        more = {} if data.credentials is UNSET else data.credentials
        values["credentials"] = given_credentials(outside.kind(row.kind), token, email, more)
    elif data.email is not UNSET:
        raise Invalid({"email": N_("Give the token along with it: what is kept is never shown, nor changed in part.")})
    return values


@post(
    "/api/v1/connections/{connection_id:int}/test",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="testConnection",
    summary="Ask the tracker what this connection may do; writes nothing there",
    tags=TAGS,
    status_code=200,
)
async def test(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Tested:
    async with database.reading() as session:
        row = await connections.by_id(session, connection_id)
    found = await checking.check(request.app.state.outside, row)
    return Tested(
        ok=found.ok,
        account=found.account.name if found.account else None,
        checks=[
            CheckShown(
                locales.translated(each.name),
                each.ok,
                each.is_needed,
                None if each.problem is None else locales.translated(each.problem),
            )
            for each in found.checks
        ],
    )


async def _turn(request: Asked, database: Database, connection_id: int, verb: str) -> ConnectionShown:
    async with changing(database, lambda session: one(session, connection_id)) as session:
        row = await connections.by_id(session, connection_id, for_change=True)
        {"paused": row.pause, "resumed": row.resume, "disconnected": row.disconnect}[verb]()
        history.record(session, request.user.actor, verb, SUBJECT, row.id, {"name": row.name})
    async with database.reading() as session:
        return await one(session, connection_id)


@post(
    "/api/v1/connections/{connection_id:int}/pause",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="pauseConnection",
    summary="Send and read nothing until it is resumed; links and what waits stay",
    tags=TAGS,
    status_code=200,
)
async def pause(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> ConnectionShown:
    return await _turn(request, database, connection_id, "paused")


@post(
    "/api/v1/connections/{connection_id:int}/resume",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="resumeConnection",
    summary="Go on after a pause, or after Waymark stopped by itself",
    tags=TAGS,
    status_code=200,
)
async def resume(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> ConnectionShown:
    return await _turn(request, database, connection_id, "resumed")


@post(
    "/api/v1/connections/{connection_id:int}/disconnect",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="disconnectConnection",
    summary="Forget the token and take the webhook away; links stay",
    tags=TAGS,
    status_code=200,
)
async def disconnect(
    request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]
) -> ConnectionShown:
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    await unhook(request.app.state.outside, connection)
    return await _turn(request, database, connection_id, "disconnected")


@delete(
    "/api/v1/connections/{connection_id:int}",
    opt={"role": Role.ADMINISTRATOR},
    operation_id="removeConnection",
    summary="Remove a connection that has no links",
    tags=TAGS,
)
async def remove(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> None:
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    async with changing(database, lambda session: one(session, connection_id)) as session:
        row = await connections.by_id(session, connection_id, for_change=True)
        await removing.remove(session, row, by=request.user.actor)
    await unhook(request.app.state.outside, connection)


def given_credentials(kind: TrackerKind, token: str, email: str, more: dict[str, str]) -> dict[str, str]:
    """All that was given, by name. Invalid when it fits none of the ways this kind signs in, or cannot be kept."""
    checked(
        token=wording.wrong(token, CREDENTIAL_MOST),
        email=wording.wrong(email, wording.NAME_MOST),
        credentials=next((found for each in more.values() if (found := wording.wrong(each, CREDENTIAL_MOST))), None),
    )
    given = {name: value.strip() for name, value in {**more, "token": token, "email": email}.items() if value.strip()}
    for way in kind.ways:
        names = {each.name for each in way.credentials}
        needed = {each.name for each in way.credentials if each.is_required}
        if needed <= given.keys() <= names:
            return given
    ways = "; ".join(", ".join(each.name for each in way.credentials) for way in kind.ways)
    raise Invalid({"token": Text(N_("To sign in, this kind of tracker takes: %(ways)s."), {"ways": ways})})


def require_locale(locale: str) -> None:
    if locale not in locales.LOCALES:
        raise Invalid({"locale": Text(N_("Choose one of: %(names)s."), {"names": ", ".join(locales.LOCALES)})})


async def one(session: AsyncSession, connection_id: int) -> ConnectionShown:
    return await shape(session, await connections.by_id(session, connection_id))


async def shape(session: AsyncSession, row: Connection, secret: str | None = None) -> ConnectionShown:
    counted = select(Link.state, func.count()).where(Link.connection_id == row.id).group_by(Link.state)
    counts = {LinkState(state).value: n for state, n in await session.execute(counted)}
    oldest = select(func.min(Link.due_at)).where(Link.connection_id == row.id)
    return ConnectionShown(
        id=row.id,
        kind=row.kind,
        name=row.name,
        base_url=row.base_url,
        project=row.project,
        state=row.state,
        has_token=bool(row.credentials),
        account=row.account_name,
        locale=row.locale,
        links=CountsShown(**counts),
        oldest_due=await session.scalar(oldest),
        last_error=None if row.problem is None else locales.translated(row.problem),
        last_error_at=row.problem_at,
        waits_until=row.waits_until if row.is_waiting else None,
        swept_to=row.swept_to,
        last_hook=row.hook_at,
        missed=row.missed,
        webhook=f"/webhooks/{row.kind}/{row.id}",
        webhook_secret=secret,
        mapping=row.maps,
        version=row.version,
    )


ROUTES = [index, show, create, update, test, pause, resume, disconnect, remove]
