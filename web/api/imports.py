"""/api/v1/imports: what was imported, which rows were set aside and why, and taking an import out again."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import Database
from backlog.errors import Forbidden
from backlog.history import Actor
from backlog.imports import aside, drafts, removal
from backlog.imports.surveys import Import, ImportState
from backlog.people.roles import Role
from web import locales
from web.api.paging import PAGING, Listing, Page
from web.pages.imports_states import NOT_YOURS, stored
from web.templating import reader_locale

Asked = Request[Any, Any, Any]
TAGS = ["imports"]


class ImportShown(msgspec.Struct):
    """``rows`` estimates the file until all is read; ``error`` and ``warnings`` are sentences in the language asked for."""

    id: int
    file_name: str
    state: ImportState
    rows: int
    rows_read: int
    rows_aside: int
    responses: int
    insights: int
    touchpoints_created: list[int]
    error: str | None
    warnings: list[str]
    created_by: str
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    version: int


class RowAside(msgspec.Struct):
    """``record`` is the whole row as it stands in the file; ``column`` and ``value`` the cell at fault."""

    row: int
    column: str
    value: str
    reason: str
    record: list[Any]


@get(
    "/api/v1/imports",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listImports",
    summary="Imports, the newest first",
    tags=TAGS,
)
async def index(
    request: Asked, database: NamedDependency[Database], page: NamedDependency[Page]
) -> Listing[ImportShown]:
    async with database.reading() as session:
        total = await session.scalar(select(func.count()).select_from(Import)) or 0
        found = await session.scalars(select(Import).order_by(Import.id.desc()).limit(page.limit).offset(page.offset))
        return Listing([shape(request, row) for row in found], total)


@get(
    "/api/v1/imports/{import_id:int}",
    opt={"role": Role.VIEWER},
    operation_id="getImport",
    summary="One import, with how far it is",
    tags=TAGS,
)
async def show(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[ImportShown]:
    return await answer(request, database, import_id)


@get(
    "/api/v1/imports/{import_id:int}/set-aside",
    opt={"role": Role.VIEWER},
    dependencies=PAGING,
    operation_id="listSetAside",
    summary="Rows that could not be read, each with its reason",
    tags=TAGS,
)
async def set_aside(
    request: Asked,
    database: NamedDependency[Database],
    page: NamedDependency[Page],
    import_id: FromPath[int],
    column: Annotated[str | None, QueryParameter(description="Only rows whose fault is in this column.")] = None,
) -> Listing[RowAside]:
    column = column and column.replace("\0", "")
    async with database.reading() as session:
        await drafts.get(session, import_id)
        counted = await session.execute(aside.reasons(import_id))
        total = sum(n for name, n in counted if column is None or name == column)
        found = await session.scalars(aside.rows_aside(import_id, column=column, limit=page.limit, offset=page.offset))
        with locales.speaking(reader_locale(request, None)):
            rows = [
                RowAside(each.row, each.column, each.value, locales.translated(stored(each.reason)), each.record)
                for each in found
            ]
    return Listing(rows, total)


@post(
    "/api/v1/imports/{import_id:int}/undo",
    opt={"role": Role.CONTRIBUTOR},
    status_code=200,
    operation_id="undoImport",
    summary="Take an import out of the evidence",
    tags=TAGS,
)
async def undo(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[ImportShown]:
    """Product owners may undo any import, others what they sent themselves."""
    async with database.reading() as session:
        await drafts.get(session, import_id)
        own = await was_sent_by(session, import_id, request.user.actor)
    if not own and not request.user.may(Role.PRODUCT_OWNER):
        raise Forbidden(NOT_YOURS)
    await removal.undo(database, import_id, by=request.user.actor)
    return await answer(request, database, import_id)


async def was_sent_by(session: AsyncSession, import_id: int, actor: Actor) -> bool:
    """Whether this very token sent it, as the history tells: others may have had its name."""
    if actor.token_id is None:
        return False
    event = await session.scalar(history.of("import", import_id, verbs=["imported"], limit=1))
    return event is not None and event.token_id == actor.token_id


async def answer(request: Asked, database: Database, import_id: int) -> Response[ImportShown]:
    async with database.reading() as session:
        shown = shape(request, await drafts.get(session, import_id))
    return Response(shown, headers={"ETag": f'"{shown.version}"'})


def shape(request: Asked, row: Import) -> ImportShown:
    same = set(ImportShown.__struct_fields__) - {"touchpoints_created", "error", "warnings"}
    with locales.speaking(reader_locale(request, None)):
        return ImportShown(
            **{name: getattr(row, name) for name in same},
            touchpoints_created=list(row.created or []),
            error=locales.translated(stored(row.error)) if row.error else None,
            warnings=[locales.translated(stored(text)) for text in row.warnings],
        )


ROUTES = [index, show, set_aside, undo]
