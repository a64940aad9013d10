"""Departments, personas and interaction layers: for each of them a list whose rows open as forms."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Stale, Text
from backlog.evidence.layers import Layer
from backlog.evidence.personas import Persona
from backlog.people.departments import Department
from backlog.people.roles import Role
from backlog.register import entries, entry_sheets
from backlog.register.entries import Entry
from backlog.register.sheets import RowsWrong
from web import chronicle, meanwhile
from web.answers import see_other
from web.forms import typed, version_of
from web.pages.files import csv_file, uploaded
from web.sentences import spoken
from web.templating import page

Asked = Request[Any, Any, Any]
Change = Callable[[AsyncSession, Entry, dict[str, str], int | None], Awaitable[None]]
"""What a form wants of an entry of the version it was made from."""


async def shown(
    request: Asked, database: Database, kind: type[Entry], *, status: int = 200, edit: int | None = None, **more: Any
) -> Response[str]:
    """The list, with one row open for changes if wanted, and what was typed."""
    async with database.reading() as session:
        found: list[Entry] = list(await session.scalars(select(kind).order_by(kind.name)))
        used = await entries.uses_of_all(session, kind)
        events = await chronicle.of(session, kind.__tablename__, None)
    plural = plural_of(kind)
    known: dict[str, Any] = {
        "values": {},
        "errors": {},
        "message": None,
        "row_errors": [],
        "clash": meanwhile.NONE,
    } | more
    return page(
        request,
        f"{plural}/index.html",
        status=status,
        rows=found,
        fields=entries.fields(kind),
        used={entry_id: entries.Listed(counts) for entry_id, counts in used.items()},
        spoken=spoken,
        routes=plural,
        edit=edit,
        kept=kept,
        entries=chronicle.entries(events, names={entry.id: entry.name for entry in found}),
        **known,
    )


def kept(entry: Entry) -> dict[str, Any]:
    """An entry as the form has it."""
    return {name: getattr(entry, name) for name in entries.fields(type(entry))}


def plural_of(kind: type[Entry]) -> str:
    """The name of its routes and templates: departments, personas, layers."""
    return f"{kind.__tablename__}s"


async def create(request: Asked, database: Database, kind: type[Entry]) -> Response[Any]:
    values = await typed(request)
    try:
        async with database.writing() as session:
            entry = await entries.add(session, kind, values, by=request.user.actor)
    except Invalid as invalid:
        return await shown(request, database, kind, status=422, values=values, errors=invalid.fields)
    return see_other(request, f"{plural_of(kind)}.index", toast=Text(N_("%(name)s is added."), {"name": entry.name}))


async def update(request: Asked, database: Database, kind: type[Entry], entry_id: int) -> Response[Any]:
    async def change(session: AsyncSession, entry: Entry, values: dict[str, str], version: int | None) -> None:
        await entries.change(session, entry, values, version=version, by=request.user.actor)

    return await changed(request, database, kind, entry_id, change, N_("%(name)s is changed."))


async def remove(request: Asked, database: Database, kind: type[Entry], entry_id: int) -> Response[Any]:
    async def change(session: AsyncSession, entry: Entry, _: dict[str, str], version: int | None) -> None:
        await entries.remove(session, entry, version=version, by=request.user.actor)

    return await changed(request, database, kind, entry_id, change, N_("%(name)s is removed."))


async def changed(
    request: Asked, database: Database, kind: type[Entry], entry_id: int, change: Change, said: str
) -> Response[Any]:
    """Keep the change; 422 or 409 with the form and what was typed when it cannot be."""
    values = meanwhile.settled(await typed(request))
    now: dict[str, Any] = {}
    try:
        async with database.writing() as session:
            entry = await entries.get(session, kind, entry_id)
            now = kept(entry)
            await change(session, entry, values, version_of(values))
    except Invalid as invalid:
        return await shown(request, database, kind, status=422, edit=entry_id, values=values, errors=invalid.fields)
    except Stale as stale:
        clash = meanwhile.clash(meanwhile.began_in(values), values, now)
        again: dict[str, Any] = {"values": clash.values, "clash": clash, "message": stale.text}
        return await shown(request, database, kind, status=409, edit=entry_id, **again)
    except Conflict as conflict:
        return await shown(request, database, kind, status=409, edit=entry_id, values=values, message=conflict.text)
    return see_other(request, f"{plural_of(kind)}.index", toast=Text(said, {"name": entry.name}))


async def export(database: Database, kind: type[Entry]) -> Response[str]:
    async with database.reading() as session:
        return csv_file(await entry_sheets.exported(session, kind), f"{plural_of(kind)}.csv")


async def take_in(request: Asked, database: Database, kind: type[Entry]) -> Response[Any]:
    """Add and change as a CSV file says; 422 with what is wrong by row and column, then nothing was changed."""
    try:
        data = await uploaded(request)
        async with database.writing() as session:
            found = await entry_sheets.take_in(session, kind, data, by=request.user.actor)
    except RowsWrong as wrong:
        return await shown(request, database, kind, status=422, row_errors=wrong.row_errors)
    except Invalid as invalid:
        return await shown(request, database, kind, status=422, errors=invalid.fields)
    return see_other(request, f"{plural_of(kind)}.index", toast=found.text)


def routes(kind: type[Entry]) -> list[HTTPRouteHandler]:
    """The list of one kind, which everybody sees and product owners change."""
    plural = plural_of(kind)
    to_see: dict[str, Any] = {"opt": {"role": Role.VIEWER}, "include_in_schema": False}
    to_change: dict[str, Any] = {"opt": {"role": Role.PRODUCT_OWNER}, "include_in_schema": False}

    @get(f"/{plural}", name=f"{plural}.index", **to_see)
    async def index_of(
        request: Asked, database: NamedDependency[Database], edit: FromQuery[int | None] = None
    ) -> Response[str]:
        return await shown(request, database, kind, edit=edit)

    @post(f"/{plural}", name=f"{plural}.create", **to_change)
    async def create_one(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
        return await create(request, database, kind)

    @post(f"/{plural}/{{entry_id:int}}", name=f"{plural}.update", **to_change)
    async def update_one(request: Asked, database: NamedDependency[Database], entry_id: FromPath[int]) -> Response[Any]:
        return await update(request, database, kind, entry_id)

    @post(f"/{plural}/{{entry_id:int}}/removal", name=f"{plural}.remove", **to_change)
    async def remove_one(request: Asked, database: NamedDependency[Database], entry_id: FromPath[int]) -> Response[Any]:
        return await remove(request, database, kind, entry_id)

    @get(f"/{plural}/list.csv", name=f"{plural}.export", **to_see)
    async def export_all(database: NamedDependency[Database]) -> Response[str]:
        return await export(database, kind)

    @post(f"/{plural}/list", name=f"{plural}.import", **to_change)
    async def take_in_all(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
        return await take_in(request, database, kind)

    return [index_of, create_one, update_one, remove_one, export_all, take_in_all]


ROUTES = [*routes(Department), *routes(Persona), *routes(Layer)]
