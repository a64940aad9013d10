"""Saving how the fields of a connection are kept in step, and trying it first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Stale, Text
from backlog.initiatives.stages import LABELS as STAGES
from backlog.people.departments import Department
from backlog.people.roles import Role
from backlog.trackers import connections, status_names, turns
from backlog.trackers.fields import LABELS, Field, FieldMapping
from integrations import pushing
from integrations.pushing import Consequence
from web import locales, meanwhile
from web.answers import see_other
from web.connections_asking import Trouble, brief, catalogue_of, outside_of
from web.connections_choices import NO_STATUS
from web.forms import version_of
from web.pages import connections_mapping_forms as forms
from web.pages.connections_shown import show_connection
from web.pages.connections_values import SHOWN, worded
from web.speech import address, voice

Asked = Request[Any, Any, Any]
ANEW = N_(
    "The statuses are others with this choice. They are mapped here as most would: look at them, then save. "
    "Nothing is kept yet."
)
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
    if answer := await unmatched(request, database, connection_id, values, own):
        return answer
    called = await names_of(request, database, connection_id, values)
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
            await status_names.keep(session, connection.id, called)
            await turns.ask_all(session, connection.id)
    except Invalid as invalid:
        again = values | {"version": own.get("version", ""), "began": own.get("began", "")}
        return await refused(request, database, connection_id, again, status=422, errors=forms.named(invalid.fields))
    except Stale as stale:
        clash = meanwhile.clash(meanwhile.began_in(own), values, now)
        more: dict[str, Any] = {"clash": clash, "message": stale.text}
        return await refused(request, database, connection_id, dict(clash.values), status=409, **more)
    except Conflict as conflict:
        return await refused(request, database, connection_id, values, status=409, message=conflict.text)
    return see_other(request, "connections.show", toast=MAPPED, connection_id=connection_id)


@dataclass(frozen=True)
class Rehearsed:
    """What a mapping that is not kept would do: links that ``changed`` of those ``looked_at``."""

    looked_at: int
    changed: Sequence[Consequence]
    mapping: FieldMapping
    departments: Mapping[int, str]
    statuses: Mapping[str, str]

    def words(self, each: Consequence, name: Field, pair: Sequence[Any], outward: bool) -> tuple[str, str]:
        """What is there and what it becomes: of statuses that are written their names, of stages ours as it is here."""
        if name is not Field.STAGE or each.stage is None:
            return self.shown(name, pair[0]), self.shown(name, pair[1])
        stage = locales.translated(STAGES[each.stage])
        if not outward:
            return stage, self.shown(name, pair[1])
        before, after = (self.statuses.get(str(status), str(status or "")) for status in pair)
        return before, f"{after} ({stage})"

    def shown(self, name: Field, value: Any) -> str:
        words = " ".join(worded(name, value, self.mapping, self.departments, self.statuses).split())
        return words if len(words) <= SHOWN else words[:SHOWN].rstrip() + "…"


@post(
    "/connections/{connection_id:int}/mapping/rehearsal",
    name="connections.rehearse",
    opt={"role": Role.ADMINISTRATOR},
    include_in_schema=False,
)
async def rehearse(request: Asked, database: NamedDependency[Database], connection_id: FromPath[int]) -> Response[Any]:
    """What the mapping in the form would change in linked issues. Keeps nothing, writes nothing."""
    values, own = await brought(request, database, connection_id)
    if answer := await unmatched(request, database, connection_id, values, own):
        return answer
    again = values | {"version": own.get("version", ""), "began": own.get("began", "")}
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
        departments = {row.id: row.name for row in await session.execute(select(Department.id, Department.name))}
    try:
        mapping = forms.read(values, connection.maps, departments)
    except Invalid as invalid:
        return await refused(request, database, connection_id, again, status=422, errors=forms.named(invalid.fields))
    where = partial(address, request.app.state.configuration)
    speaks = voice(values["locale"])
    found = await brief(pushing.rehearse_mapping(outside_of(request), connection, mapping, speaks, where))
    if isinstance(found, Trouble):
        return await refused(request, database, connection_id, again, status=409, trouble=found)
    called = await names_of(request, database, connection_id, values)
    changed = [each for each in found if not each.is_empty]
    rehearsed = Rehearsed(len(found), changed, mapping, departments, called)
    return await refused(request, database, connection_id, again, rehearsed=rehearsed, labels=LABELS)


async def unmatched(
    request: Asked, database: Database, connection_id: int, values: dict[str, str], own: dict[str, str]
) -> Response[Any] | None:
    """The page once more when the form names statuses that are not there: after another board or type of issue with the
    new ones to choose from, else with what is wrong. A tracker that cannot be asked is believed to have them."""
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    catalogue = (await catalogue_of(request, connection, values["issue_type"], values["board"])).whole
    found = forms.strange(values, catalogue.statuses) if catalogue else {}
    if catalogue is None or not found:
        return None
    form = {"version": own.get("version", ""), "began": own.get("began", "")}
    if (values["issue_type"], values["board"]) == (connection.maps.issue_type, connection.maps.board):
        errors = forms.named({name: Text(NO_STATUS, {"status": status}) for name, status in found.items()})
        return await refused(request, database, connection_id, values | form, status=422, errors=errors)
    usual = outside_of(request).kind(connection.kind).defaults(catalogue)
    offered = forms.matched(values, usual) | form
    return await refused(request, database, connection_id, offered, notice=Text(ANEW))


async def names_of(request: Asked, database: Database, connection_id: int, values: dict[str, str]) -> dict[str, str]:
    """What the statuses are called that there are to choose from, by id."""
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
    catalogue = (await catalogue_of(request, connection, values["issue_type"], values["board"])).whole
    return {each.id: each.name for each in catalogue.statuses} if catalogue else {}


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
    chosen = {"issue_type": values.get("issue_type"), "board": values.get("board")}
    return await show_connection(request, database, connection_id, values=values, at="mapping", **chosen | more)


ROUTES: list[Any] = [save, rehearse]
