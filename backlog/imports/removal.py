"""Taking an import out again: after a failure, a stop, the death of its process, or by undo."""

import os
import socket

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import Database
from backlog.errors import N_, NotFound, Text
from backlog.evidence import touchpoints
from backlog.evidence.insights import Insight
from backlog.evidence.responses import Response
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import WAYMARK, Actor
from backlog.imports import storing
from backlog.imports.surveys import Import, ImportState, SetAside, SummaryRow
from backlog.rescoring import rescore

BEGUN = or_(Import.state == ImportState.LOADING, and_(Import.state == ImportState.QUEUED, Import.path.is_(None)))
"""Some process is about to load it: what comes in a call waits for nobody else."""


async def clear(
    database: Database, import_id: int, state: ImportState | None = None, error: Text | None = None
) -> None:
    """Remove what a load left that never became visible, and keep the reason. Who has begun it anew is left alone."""
    if state is not None:
        async with database.writing() as session:
            told = {"error": _stored(error) if error else None}
            ended = update(Import).where(Import.id == import_id, BEGUN)
            ended = ended.values(state=state, finished_at=history.now(), **told).returning(Import.id)
            if await session.scalar(ended):
                history.record(session, WAYMARK, state.value, "import", import_id, told)
    await _remove_responses(database, import_id)
    async with database.writing() as session:
        if await _is_anothers(session, import_id):
            return
        await session.execute(delete(SetAside).where(SetAside.import_id == import_id))
        await _remove_created(session, import_id, WAYMARK)
        none = {"rows_read": 0, "rows_aside": 0, "responses": 0, "insights": 0}
        await session.execute(update(Import).where(Import.id == import_id).values(none))


async def undo(database: Database, import_id: int, *, by: Actor) -> None:
    """Take a loaded import out of the evidence; Conflict when it is not loaded.

    What shows goes in one transaction; the responses follow in small ones.
    """
    async with database.writing() as session:
        row = await session.get(Import, import_id, with_for_update=True)
        if row is None:
            raise NotFound(N_("There is no such import."))
        row.undo(at=history.now())
        await storing.subtract_tallies(session, await storing.tallies_of(session, import_id))
        await session.execute(delete(Insight).where(Insight.import_id == import_id))
        await session.execute(delete(SummaryRow).where(SummaryRow.import_id == import_id))
        history.record(session, by, "undid", "import", import_id, {"file": row.file_name})
        await session.flush()
        await rescore(session)
    await _remove_responses(database, import_id)
    async with database.writing() as session:
        await _remove_created(session, import_id, by)


async def recover(database: Database) -> int:
    """At start: imports whose process died are failed and cleared. How many they were.

    Those that wait with a file are loaded by and by; what came in a call has gone with the call.
    """
    async with database.reading() as session:
        begun = (await session.execute(select(Import.id, Import.worker).where(BEGUN))).all()
        left = (await session.scalars(_with_leftovers())).all()
    dead = [import_id for import_id, worker in begun if not _is_alive(worker)]
    reason = Text(N_("Waymark was stopped while this was loading. Nothing was imported; start it again."))
    for import_id in dead:
        await clear(database, import_id, ImportState.FAILED, reason)
    for leftover in left:
        await _remove_responses(database, leftover)
    return len(dead)


def this_worker() -> str:
    return f"{socket.gethostname()[:80]}:{os.getpid()}"


def _is_alive(worker: str | None) -> bool:
    """Whether the process still runs. One on another host is taken to: it recovers its own imports."""
    host, _, process = (worker or "").rpartition(":")
    if not process.isdigit():
        return False
    if host != socket.gethostname()[:80]:
        return True
    try:
        os.kill(int(process), 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return int(process) != os.getpid()  # at start this very process loads nothing yet


def _with_leftovers() -> Select[int]:
    over = (ImportState.STOPPED, ImportState.FAILED, ImportState.UNDONE)
    has = select(Response.id).where(Response.import_id == Import.id).exists()
    return select(Import.id).where(Import.state.in_(over), has)


async def _remove_responses(database: Database, import_id: int) -> None:
    while True:
        async with database.writing() as session:
            if await _is_anothers(session, import_id):
                return
            if await storing.delete_some_answers(session, import_id) < storing.DELETED_AT_ONCE:
                return


async def _is_anothers(session: AsyncSession, import_id: int) -> bool:
    """Whether its rows are in the evidence, or another process has begun to load it (and has cleared it before that).
    Nobody begins to before the transaction ends."""
    row = await session.get(Import, import_id, with_for_update=True)
    if row is None or row.state is not ImportState.LOADING:
        return row is not None and row.state is ImportState.LOADED
    return row.worker != this_worker()


async def _remove_created(session: AsyncSession, import_id: int, by: Actor) -> None:
    """Touchpoints made for the import go with it, unless something else has come to hang on them."""
    row = await session.get(Import, import_id)
    if row is None or not row.created:
        return
    for touchpoint in await session.scalars(select(Touchpoint).where(Touchpoint.id.in_(row.created))):
        if not await touchpoints.hanging(session, touchpoint.id):
            await touchpoints.remove(session, touchpoint, version=touchpoint.version, by=by)
    row.created = []


def _stored(text: Text) -> dict[str, object]:
    return {"message": text.message, "params": dict(text.params)}
