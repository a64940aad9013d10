"""Uploaded files: kept while they may still be read, and no longer.

They hold what customers said. A file is needed until its import has loaded: before that its columns may be matched anew,
after a stop or a failure it may be tried again. Once loaded, all that is used is in the database, rows set aside whole.
"""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select

from backlog.database import Database
from backlog.imports.surveys import Import, ImportState

DONE = (ImportState.LOADED, ImportState.UNDONE)
"""States in which the file is not read any more."""
ARRIVING = 3_600  # seconds a file may lie there without an import: it is being looked at, or was left by a crash


async def sweep(database: Database, folder: Path) -> list[Path]:
    """Delete the files in this folder that no import needs; those that were deleted."""
    async with database.reading() as session:
        rows = await session.execute(select(Import.path, Import.state).where(Import.path.is_not(None)))
        states = {path: state for path, state in rows if path and Path(path).parent == folder}
    return await asyncio.to_thread(_delete, folder, states)


def _delete(folder: Path, states: Mapping[str, ImportState]) -> list[Path]:
    gone = []
    for file in folder.glob("*.csv"):
        state = states.get(str(file))
        is_left = state is None and time.time() - file.stat().st_mtime > ARRIVING
        if state in DONE or is_left:
            file.unlink(missing_ok=True)
            gone.append(file)
    return gone
