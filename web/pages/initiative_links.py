"""The issues of an initiative: pushed, linked, unlinked, and the answers to what a link asks."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import wording
from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Text
from backlog.initiatives import initiatives
from backlog.initiatives.initiative import TITLE_MOST, Initiative
from backlog.people.roles import Role
from backlog.trackers import answering, connections, links
from backlog.trackers.answering import Answer
from backlog.trackers.connections import Connection
from backlog.trackers.link import Link
from integrations import linking
from integrations.issue import Issue
from web.answers import see_other
from web.connections_asking import Trouble, asked, brief, outside_of
from web.forms import typed, whole
from web.pages import initiative_links_live
from web.pages.initiative_links_shown import connected
from web.pages.initiative_shown import show_page
from web.templating import page

Asked = Request[Any, Any, Any]
PUSHED = N_("An issue is being made in “%(name)s”.")
PART = N_("A further issue is being made in “%(name)s”.")
LINKED = N_("%(key)s is linked.")
SAID = {
    Answer.RETRY: N_("It is looked at now."),
    Answer.ANEW: N_("An issue is made anew."),
    Answer.FOLLOW: N_("It is followed there."),
}
UNLINKED = N_("%(key)s is unlinked. The issue stays as it is.")
HEADLESS = N_(
    "%(key)s is unlinked. The issue stays as it is. It was the main one: the others stay linked as parts, and none is kept "
    "in step until the initiative has a main one again."
)
NOTHING = N_("Nothing was made there yet, and nothing will be.")


@post("/initiatives/{key:str}/links", name="links.create", opt={"role": Role.DEPARTMENT_LEAD}, include_in_schema=False)
async def create(request: Asked, key: FromPath[str], database: NamedDependency[Database]) -> Response[Any]:
    """A new issue for it; with a ``title`` a part of it beside its first; with an ``issue`` the one that is there, which
    ``settles`` a link of which nobody knows whether its issue was made."""
    values = await typed(request)
    try:
        connection = await chosen(database, values)
        if "issue" in values:
            return await tied(request, database, key, connection, values)
        title = wording.one_line(values.get("title", ""))
        if problem := wording.wrong(title, TITLE_MOST, required="title" in values):
            raise Invalid({"title": problem})
        async with database.writing() as session:
            initiative = await initiatives.by_key(session, key)
            await links.push(session, initiative.id, connection, title=title, by=request.user.actor)
    except (Invalid, Conflict) as refused:
        return await refuse(request, database, key, values, refused)
    return done(request, initiative.key, Text(PART if title else PUSHED, {"name": connection.name}))


async def tied(
    request: Asked, database: Database, key: str, connection: Connection, values: dict[str, str]
) -> Response[Any]:
    """Linked with the issue of a pasted address or key, once the tracker has said that it is there."""
    outside = outside_of(request)
    linking.key_of(outside, connection, values["issue"])
    found = await brief(linking.looked_up(outside, connection, values["issue"]))
    if isinstance(found, Trouble):
        return await show_page(
            request, database, key, status=409, errors={"issue": found.text}, typed=values | {"detail": found.detail},
            at="tracker",
        )  # fmt: skip
    async with database.writing() as session:
        initiative = await initiatives.by_key(session, key)
        said, by = whole(values, "settles"), request.user.actor
        await links.tie(session, initiative.id, connection, linking.found(found), settles=said, by=by)
    return done(request, initiative.key, Text(LINKED, {"key": found.key}))


async def chosen(database: Database, values: dict[str, str]) -> Connection:
    """Invalid without a choice, NotFound for one that is not there."""
    number = whole(values, "connection")
    if number is None:
        raise Invalid({"connection": N_("Choose a tracker.")})
    async with database.reading() as session:
        return await connections.by_id(session, number)


async def refuse(
    request: Asked, database: Database, key: str, values: dict[str, str], refused: Invalid | Conflict
) -> Response[Any]:
    errors = refused.fields if isinstance(refused, Invalid) else {}
    status = 422 if isinstance(refused, Invalid) else 409
    alert = None if errors else refused.text
    return await show_page(
        request, database, key, status=status, alert=alert, errors=errors, typed=values, at="tracker"
    )


def done(request: Asked, key: str, said: Text) -> Response[Any]:
    return see_other(request, "initiatives.show", toast=said, anchor="#tracker", key=key)


@get(
    "/initiatives/{key:str}/links/search",
    name="links.search",
    opt={"role": Role.DEPARTMENT_LEAD},
    include_in_schema=False,
)
async def search(request: Asked, key: FromPath[str], database: NamedDependency[Database]) -> Response[Any]:
    """Issues of a tracker by their title or key, to be linked."""
    values = dict(request.query_params)
    text = values.get("q", "").strip()[:200]
    async with database.reading() as session:
        initiative = await initiatives.by_key(session, key)
        offered = await connected(session)
    connection = next((each for each in offered if str(each.id) == values.get("connection", "")), None)
    connection = connection or next(iter(offered), None)
    found: list[Issue] | Trouble = []
    if connection is not None and text:
        answer = await asked(outside_of(request), connection, lambda tracker: tracker.search(text))
        found = answer if isinstance(answer, Trouble) else list(answer)
    return await results(request, database, initiative, offered, connection, text, found)


async def results(
    request: Asked,
    database: Database,
    initiative: Initiative,
    offered: list[Connection],
    connection: Connection | None,
    text: str,
    found: list[Issue] | Trouble,
) -> Response[Any]:
    trouble = found if isinstance(found, Trouble) else None
    issues = [] if isinstance(found, Trouble) else found
    async with database.reading() as session:
        taken = await links_of(session, connection, issues)
    return page(
        request, "connections/linking.html", initiative=initiative, offered=offered, connection=connection, text=text,
        issues=issues, trouble=trouble, taken=taken,
    )  # fmt: skip


async def links_of(session: AsyncSession, connection: Connection | None, issues: list[Issue]) -> dict[str, int]:
    """Of these issues the ones that are linked already: the initiative by the issue's id."""
    if connection is None or not issues:
        return {}
    ids = [each.id for each in issues]
    found = select(Link.external_id, Link.initiative_id).where(
        Link.connection_id == connection.id, Link.external_id.in_(ids)
    )
    return {str(row.external_id): row.initiative_id for row in await session.execute(found)}


@post("/links/{link_id:int}/answer", name="links.answer", opt={"role": Role.DEPARTMENT_LEAD}, include_in_schema=False)
async def answer(request: Asked, database: NamedDependency[Database], link_id: FromPath[int]) -> Response[Any]:
    """What a person says to the question of a link."""
    values = await typed(request)
    if values.get("answer") not in set(Answer):
        raise Invalid({"answer": N_("Choose an answer.")})
    given = Answer(values["answer"])
    async with database.writing() as session:
        link = await links.by_id(session, link_id, for_change=True)
        await answering.answer(session, link, given, by=request.user.actor)
    return returned(request, values, link, Text(SAID[given]))


@post("/links/{link_id:int}/removal", name="links.unlink", opt={"role": Role.DEPARTMENT_LEAD}, include_in_schema=False)
async def unlink(request: Asked, database: NamedDependency[Database], link_id: FromPath[int]) -> Response[Any]:
    values = await typed(request)
    async with database.reading() as session:
        key = f"CX-{(await links.by_id(session, link_id)).initiative_id}"
    try:
        async with database.writing() as session:
            link = await links.by_id(session, link_id, for_change=True)
            connection = await connections.by_id(session, link.connection_id)
            await links.unlink(session, link, connection, by=request.user.actor)
            left = await session.scalar(
                links.of(link.initiative_id).where(Link.connection_id == connection.id, Link.id != link.id).limit(1)
            )
    except Conflict as refused:
        return await refuse(request, database, key, values, refused)
    said = HEADLESS if link.is_main and left else UNLINKED
    return returned(
        request, values, link, Text(said, {"key": link.external_key}) if link.external_key else Text(NOTHING)
    )


def returned(request: Asked, values: dict[str, str], link: Link, said: Text) -> Response[Any]:
    """Where the button was: the page of the connection, or that of the initiative."""
    if values.get("back") == "connection" and request.user.may(Role.ADMINISTRATOR):
        return see_other(request, "connections.show", toast=said, connection_id=link.connection_id)
    return done(request, f"CX-{link.initiative_id}", said)


ROUTES: list[Any] = [
    create,
    search,
    answer,
    unlink,
    *initiative_links_live.ROUTES,
]
