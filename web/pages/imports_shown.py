"""Step 4: an import on its way, and what came of it."""

import datetime as dt
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import Database
from backlog.errors import N_, Conflict, NotFound, Text
from backlog.evidence.touchpoints import Touchpoint
from backlog.imports import aside, copies, drafts, removal
from backlog.imports.copies import AlreadyIn
from backlog.imports.surveys import Import, ImportState, SetAside
from backlog.people.roles import Role
from backlog.triage.candidates import Candidate
from web.answers import see_other
from web.asked import number
from web.forms import typed, version_of
from web.pages.imports_copies import MEANWHILE, known_copies
from web.pages.imports_states import STATE_LABELS, decided_by, may_decide, stored
from web.templating import page

Asked = Request[Any, Any, Any]
ROWS = 25


@get("/imports/{import_id:int}", name="imports.show", opt={"role": Role.VIEWER}, include_in_schema=False)
async def show(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[Any]:
    return await shown(request, database, import_id)


async def shown(
    request: Asked, database: Database, import_id: int, *, status: int = 200, refusal: Text | None = None
) -> Response[Any]:
    async with database.reading() as session:
        row = await drafts.get(session, import_id)
        if row.state is ImportState.UPLOADED and request.user.may(Role.CONTRIBUTOR):
            return see_other(request, "imports.mapping", import_id=import_id)
        found = await set_aside(session, request, row)
        came = await outcome(session, row)
        earlier = await copies.present(session, row.digest, but=row.id) if row.state in drafts.EDITABLE else []
    return page(
        request,
        "imports/show.html",
        status=status,
        row=row,
        refusal=refusal,
        copies=earlier,
        **progress_of(row),
        **found,
        **came,
        confirms=request.query_params.get("undo") == "1",
        may_decide=may_decide(request.user, row),
        states=STATE_LABELS,
        stored=stored,
    )


def progress_of(row: Import) -> dict[str, Any]:
    """How far it is: ``percent`` 0-100, announced by quarters, and seconds left (None before anything can be said)."""
    whole = max(row.rows, row.rows_read, 1)
    percent = min(99, int(100 * row.rows_read / whole))
    return {
        "percent": percent,
        "quarter": percent // 25 * 25,
        "whole": whole,
        "left": seconds_left(row, whole),
    }


def seconds_left(row: Import, whole: int) -> int | None:
    if row.started_at is None or not row.rows_read:
        return None
    gone = (history.now() - row.started_at) / dt.timedelta(seconds=1)
    return max(1, round(gone * (whole - row.rows_read) / row.rows_read))


async def set_aside(session: AsyncSession, request: Asked, row: Import) -> dict[str, Any]:
    """A page of the rows set aside, of one column if asked, and how many there are of each. Those of an import that is
    stopped are about to go."""
    if not aside.stay(row):
        return {"reasons": [], "column": None, "wrong": [], "first": 0, "size": ROWS, "total": 0}
    reasons = [(column, n) for column, n in await session.execute(aside.reasons(row.id))]
    column = request.query_params.get("column")
    column = column if column in {name for name, _ in reasons} else None
    first = min(number(request.query_params, "offset") or 0, 10_000_000)
    rows = list(await session.scalars(aside.rows_aside(row.id, column=column, limit=ROWS, offset=first)))
    total = sum(n for name, n in reasons if column is None or name == column)
    return {"reasons": reasons, "column": column, "wrong": rows, "first": first, "size": ROWS, "total": total}


async def outcome(session: AsyncSession, row: Import) -> dict[str, Any]:
    """What the finished import brought: touchpoints made, candidates it proposed and solved."""
    made = select(Touchpoint.id, Touchpoint.name).where(Touchpoint.id.in_(row.created or [])).order_by(Touchpoint.name)
    return {
        "made": (await session.execute(made)).all() if row.state is ImportState.LOADED else [],
        "proposed": await _candidates(session, Candidate.proposed_at, row),
        "solved": await _candidates(session, Candidate.decided_at, row),
    }


async def _candidates(session: AsyncSession, moment: Any, row: Import) -> int:
    """Candidates whose ``moment`` lies in the transaction that ended this import, decided by nobody but Waymark."""
    if row.state is not ImportState.LOADED or row.finished_at is None:
        return 0
    near = moment.between(row.finished_at - dt.timedelta(seconds=1), row.finished_at + dt.timedelta(seconds=30))
    wanted = select(func.count()).select_from(Candidate).where(near)
    if moment is Candidate.decided_at:
        wanted = wanted.where(Candidate.state == "solved")
    return await session.scalar(wanted) or 0


@get("/imports/{import_id:int}/progress", name="imports.progress", opt={"role": Role.VIEWER}, include_in_schema=False)
async def progress(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[Any]:
    """The part of the page that moves; when the import has ended, the browser loads the whole page."""
    async with database.reading() as session:
        row = await drafts.get(session, import_id)
    headers = {} if row.is_under_way else {"HX-Refresh": "true"}
    return page(
        request,
        "imports/_progress.html",
        headers=headers,
        row=row,
        **progress_of(row),
        may_decide=may_decide(request.user, row),
    )


@post("/imports/{import_id:int}/stop", name="imports.stop", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def stop(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[Any]:
    try:
        async with database.writing() as session:
            row = await decided_by(request.user, session, import_id, for_change=True)
            drafts.stop(session, row, by=request.user.actor)
    except Conflict as conflict:
        return await shown(request, database, import_id, status=409, refusal=conflict.text)
    return see_other(
        request, "imports.show", import_id=import_id, toast=N_("The import is stopped; nothing of it is kept.")
    )


@post("/imports/{import_id:int}/again", name="imports.again", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def again(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[Any]:
    values = await typed(request)
    try:
        async with database.writing() as session:
            row = await drafts.get(session, import_id, for_change=True)
            known, by = known_copies(values), request.user.actor
            await drafts.again(session, row, version=version_of(values), known=known, by=by)
    except AlreadyIn:
        return await shown(request, database, import_id, status=409, refusal=MEANWHILE)
    except Conflict as conflict:
        return await shown(request, database, import_id, status=409, refusal=conflict.text)
    return see_other(request, "imports.show", import_id=import_id)


@post("/imports/{import_id:int}/undo", name="imports.undo", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def undo(request: Asked, database: NamedDependency[Database], import_id: FromPath[int]) -> Response[Any]:
    try:
        async with database.reading() as session:
            await decided_by(request.user, session, import_id)
        await removal.undo(database, import_id, by=request.user.actor)
    except Conflict as conflict:
        return await shown(request, database, import_id, status=409, refusal=conflict.text)
    return see_other(
        request, "imports.show", import_id=import_id, toast=N_("The import is undone; its answers no longer count.")
    )


@get("/imports/{import_id:int}/errors.csv", name="imports.errors", opt={"role": Role.VIEWER}, include_in_schema=False)
async def errors(database: NamedDependency[Database], import_id: FromPath[int]) -> Stream:
    """The rows set aside as the file had them, each with its reason; correct them there and import that file."""
    async with database.reading() as session:
        row = await drafts.get(session, import_id)
        if not aside.stay(row):
            raise NotFound(N_("Nothing of this import is kept, so there are no rows to correct."))
        widest = select(func.max(func.json_array_length(SetAside.record))).where(SetAside.import_id == import_id)
        width = await session.scalar(widest) or 0
    titles = aside.titles_of(row, width)
    stem = "".join(each if each.isascii() and (each.isalnum() or each in "._-") else "-" for each in row.file_name)
    headers = {"content-disposition": f'attachment; filename="{stem.rpartition(".")[0] or "import"}-errors.csv"'}
    return Stream(aside.download(database, import_id, titles), media_type="text/csv", headers=headers)


ROUTES = [show, progress, stop, again, undo, errors]
