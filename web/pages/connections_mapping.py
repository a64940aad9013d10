"""Saving how the fields of a connection are kept in step, and trying it first."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Stale
from backlog.people.departments import Department
from backlog.people.roles import Role
from backlog.trackers import connections, links
from backlog.trackers.connections import Connection
from web import locales, meanwhile
from web.answers import see_other
from web.forms import version_of
from web.pages import connections_mapping_forms as forms
from web.pages.connections_asking import outside_of
from web.pages.connections_shown import show_connection

Asked = Request[Any, Any, Any]
MAPPED = N_("The mapping is kept. Every link is looked at anew.")


@post(
    "/connections/{connection_id:int}/mapping",
    name="connections.map",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def save(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """Versioned: what somebody else changed in between is shown beside what was typed."""
    values, own = await brought(request, database, connection_id)
    now: dict[str, str] = {}
    try:
        async with database.writing() as session:
            connection = await connections.by_id(session, connection_id, for_change=True)
            departments = list(await session.scalars(select(Department.id)))
            now = forms.kept(connection.maps, connection.locale, departments)
            connection.expect(version_of(own))
            mapping = forms.read(values, connection.maps, departments)
            language = {"locale": values["locale"]} if values["locale"] in locales.LOCALES else {}
            await connections.change(session, outside_of(request).seal, connection, language, by=request.user.actor)
            await connections.map_fields(session, connection, mapping, by=request.user.actor)
            await links.ask_all(session, connection.id)
    except Invalid as invalid:
        again = values | {"version": own.get("version", ""), "began": own.get("began", "")}
        return await refused(request, database, connection_id, again, status=422, errors=invalid.fields)
    except Stale as stale:
        clash = meanwhile.clash(meanwhile.began_in(own), values, now)
        more: dict[str, Any] = {"clash": clash, "message": stale.text}
        return await refused(request, database, connection_id, dict(clash.values), status=409, **more)
    except Conflict as conflict:
        return await refused(request, database, connection_id, values, status=409, message=conflict.text)
    return see_other(request, "connections.show", toast=MAPPED, connection_id=connection_id)


async def brought(request: Asked, database: Database, connection_id: int) -> tuple[dict[str, str], dict[str, str]]:
    """The fields of the mapping as typed, with theirs where that was chosen; and the form's own ones."""
    form = await request.form()
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
        names = forms.kept(connection.maps, connection.locale, list(await session.scalars(select(Department.id))))
    plain = {name: value for name, value in form.items() if isinstance(value, str)}
    theirs = {name: str(value or "") for name, value in meanwhile.taken(plain).items() if name in names}
    return forms.brought(form, names) | theirs, plain


async def refused(
    request: Asked, database: Database, connection_id: int, values: dict[str, str], **more: Any
) -> Response[Any]:
    chosen = values.get("issue_type")
    return await show_connection(
        request, database, connection_id, values=values, issue_type=chosen, at="mapping", **more
    )


def is_set_up(connection: Connection) -> bool:
    """Whether it has a mapping at all: without one nothing can be kept in step."""
    return bool(connection.maps.fields)


ROUTES: list[Any] = [save]
