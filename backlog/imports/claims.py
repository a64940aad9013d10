"""The run of an import: claimed by one process, given back with a reason when it does not come to its end."""

from collections.abc import Awaitable, Callable

from sqlalchemy import Update, update

from backlog import history
from backlog.database import Database
from backlog.errors import N_, Conflict, NotFound, Refused, Text
from backlog.imports import removal
from backlog.imports.surveys import Import, ImportState


class Stopped(Exception):
    """Somebody stopped the import while it ran."""


async def claim(database: Database, import_id: int) -> Import:
    """The import, from now on loading in this process. Raises NotFound, Conflict when it is not queued."""
    async with database.writing() as session:
        row = await session.get(Import, import_id, with_for_update=True)
        if row is None:
            raise NotFound(N_("There is no such import."))
        if row.state is not ImportState.QUEUED:
            raise Conflict(N_("This import is %(state)s; that cannot be done now."), state=row.state.value)
        row.state, row.started_at, row.worker = ImportState.LOADING, history.now(), removal.this_worker()
    return row


def still_loading(import_id: int) -> Update:
    """Changes the import only while nobody has stopped it, nor another process begun it anew: then the row count is 0."""
    is_ours = (Import.state == ImportState.LOADING, Import.worker == removal.this_worker())
    return update(Import).where(Import.id == import_id, *is_ours)


async def guarded(database: Database, import_id: int, work: Callable[[], Awaitable[None]]) -> None:
    """Work on an import that was claimed. Whatever stops it, what it wrote is taken back and the import says why.

    First goes what an earlier run may have left: if all died at once, nobody took that back.
    """
    try:
        await removal.clear(database, import_id)
        await work()
    except Stopped:
        await removal.clear(database, import_id)
        raise
    except Refused as refused:
        await removal.clear(database, import_id, ImportState.FAILED, refused.text)
        raise
    except BaseException:
        text = Text(
            N_("The import broke off for a reason of our own; it is in the log. Nothing was imported. Try again.")
        )
        await removal.clear(database, import_id, ImportState.FAILED, text)
        raise
