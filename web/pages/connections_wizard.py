"""Adding a tracker, step by step and without scripts: which kind, where and with what, which project, a test, the start.

What signs in is kept as soon as it is typed and never shown again, so the connection exists, paused, from the second
step on; whoever leaves finds it among the others and goes on there.
"""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Invalid, Text
from backlog.people.roles import Role
from backlog.trackers import connections
from backlog.trackers.connections import Connection, ConnectionState, Place
from integrations import checking, signing
from integrations.catalogue import Catalogue
from integrations.errors import Unauthorized, Unsupported
from integrations.hooking import hook
from integrations.issue import Account
from integrations.tracker import Tracker
from integrations.unhooking import follow
from web import meanwhile, webhooks
from web.answers import see_other
from web.connections_asking import Trouble, asked, brief, outside_of
from web.forms import typed
from web.pages.connections_credentials import given, way_of
from web.pages.connections_shown import kinds_of
from web.templating import page

Asked = Request[Any, Any, Any]
STARTED = N_("“%(name)s” is connected, with the usual mapping. Nothing is written before you link something.")
REFUSED = (Unauthorized, Unsupported)
PROJECT_MOST = 200  # characters


@get("/connections/new", name="connections.new", opt={"role": Role.ADMINISTRATOR}, include_in_schema=False)
async def new(request: Asked) -> Response[str]:
    """Without ``kind`` the choice of it; with it the form."""
    return show_form(request, {name: request.query_params.get(name, "") for name in ("kind", "way")})


def show_form(
    request: Asked, values: dict[str, str], *, status: int = 200, errors: dict[str, Text] | None = None
) -> Response[str]:
    kinds = kinds_of(request)
    kind = kinds.get(values.get("kind", ""))
    way = way_of(kind, values.get("way", "")) if kind else None
    return page(
        request, "connections/new.html", status=status, kinds=list(kinds.values()), kind=kind, way=way, values=values,
        errors=errors or {}, message=None, clash=meanwhile.NONE,
    )  # fmt: skip


@post("/connections", name="connections.create", opt={"role": Role.ADMINISTRATOR}, include_in_schema=False)
async def create(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    """Keep it, paused. The project may be chosen in the next step, from those the account sees."""
    values, outside = await typed(request), outside_of(request)
    try:
        kind = outside.kind(values.get("kind", ""))
        credentials, address = entered(request, values)
        async with database.writing() as session:
            made = await connections.add(
                session,
                outside.seal,
                kind=kind.name,
                name=values.get("name", ""),
                base_url=address,
                project=values.get("project", ""),
                credentials=credentials,
                needs_project=False,
                by=request.user.actor,
            )
            made.pause()
    except Invalid as invalid:
        return show_form(request, values, status=422, errors=dict(invalid.fields))
    return see_other(request, "connections.set_up", connection_id=made.id)


def entered(request: Asked, values: dict[str, str]) -> tuple[dict[str, str], str]:
    """Credentials and address. Invalid with all that is wrong with either, or with the project."""
    outside = outside_of(request)
    kind = outside.kind(values.get("kind", ""))
    wrong: dict[str, Text | str] = {}
    credentials, address = {}, ""
    try:
        credentials = given(values, way_of(kind, values.get("way", "")))
    except Invalid as invalid:
        wrong |= invalid.fields
    try:
        address = outside.checked_url(values.get("base_url", ""))
    except Invalid as invalid:
        wrong |= invalid.fields
    try:
        outside.checked_project(kind, values.get("project", ""))
    except Invalid as invalid:
        wrong |= invalid.fields
    if wrong:
        raise Invalid(wrong)
    return credentials, address


@get(
    "/connections/{connection_id:int}/setup",
    name="connections.set_up",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def set_up(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """The projects to choose from, or, once one is chosen, what the account may do there. Back to the second step with
    what cannot sign in."""
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    try:
        await brief(signing.sign_in(outside_of(request), connection), but=REFUSED)
    except REFUSED:
        return see_other(request, "connections.sign_in", connection_id=connection_id)
    if not connection.project or request.query_params.get("choose"):
        return await show_projects(request, connection)
    return await show_checks(request, connection)


async def show_projects(request: Asked, connection: Connection, *, status: int = 200, **more: Any) -> Response[Any]:
    text = request.query_params.get("q", "").strip()[:100]
    found = await asked(outside_of(request), connection, lambda tracker: tracker.projects(text))
    trouble = found if isinstance(found, Trouble) else None
    return page(
        request, "connections/projects.html", status=status, connection=connection, trouble=trouble, text=text,
        kind=kinds_of(request).get(connection.kind), projects=[] if trouble else found,
        **({"errors": {}, "values": {}} | more),
    )  # fmt: skip


async def show_checks(request: Asked, connection: Connection, trouble: Trouble | None = None) -> Response[Any]:
    found = await brief(checking.check(outside_of(request), connection))
    failed = found if isinstance(found, Trouble) else None
    me, checks = (None, []) if isinstance(found, Trouble) else (found.account, found.checks)
    return page(
        request, "connections/setup.html", status=200 if trouble is None else 409, connection=connection,
        kind=kinds_of(request).get(connection.kind), trouble=trouble or failed, me=me, checks=checks,
        is_able=failed is None and all(each.problem is None or not each.is_needed for each in checks),
    )  # fmt: skip


@post(
    "/connections/{connection_id:int}/project",
    name="connections.choose_project",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def choose_project(
    request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]
) -> Response[Any]:
    values = await typed(request)
    project, outside = (values.get("project", "") or values.get("chosen", "")).strip(), outside_of(request)
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    try:
        if not project or len(project) > PROJECT_MOST:
            raise Invalid({"project": N_("Choose a project, or enter one.")})
        change = {"project": outside.checked_project(outside.kind(connection.kind), project)}
        async with database.writing() as session:
            row = await connections.by_id(session, connection_id, for_change=True)
            await connections.change(session, outside.seal, row, change, by=request.user.actor)
    except Invalid as invalid:
        return await show_projects(request, connection, status=422, errors=dict(invalid.fields), values=values)
    await follow(outside, connection, webhooks.address(request, connection), by=request.user.actor)
    return see_other(request, "connections.set_up", connection_id=connection_id)


@post(
    "/connections/{connection_id:int}/start",
    name="connections.start",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def start(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Keep the mapping that is right for most, and let it go."""
    outside = outside_of(request)
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)

    async def question(tracker: Tracker) -> tuple[Account, Catalogue]:
        return await tracker.me(), await tracker.catalogue()

    found = await asked(outside, connection, question)
    if isinstance(found, Trouble):
        return await show_checks(request, connection, found)
    me, catalogue = found
    place = Place(connection.kind, connection.base_url, connection.project, catalogue.project.id)
    async with database.reading() as session:
        taken = await connections.wrong_project(session, place, connection_id)
    if taken:
        return await show_checks(request, connection, Trouble(taken))
    async with database.writing() as session:
        connection = await connections.by_id(session, connection_id, for_change=True)
        connection.account_id, connection.account_name = me.id, me.name
        connection.project_id = catalogue.project.id
        if not connection.mapping.get("fields"):
            usual = outside.kind(connection.kind).defaults(catalogue)
            await connections.map_fields(session, connection, usual, by=request.user.actor)
        if connection.state is not ConnectionState.ACTIVE:
            connections.turn(session, connection, "resumed", by=request.user.actor)
    if not connection.hook_id:
        await hook(outside, connection, webhooks.address(request, connection), by=request.user.actor)
    toast = Text(STARTED, {"name": connection.name})
    return see_other(request, "connections.show", toast=toast, connection_id=connection_id)


ROUTES: list[Any] = [new, create, set_up, choose_project, start]
