"""Uploaded files: kept while they may still be read, and no longer.

They hold what customers said. A file is needed until its import has loaded: before that its columns may be matched anew,
after a stop or a failure it may be tried again. Once loaded, all that is used is in the database, rows set aside whole.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select

from backlog.database import Database
from backlog.imports.surveys import Import, ImportState

DONE = (ImportState.LOADED, ImportState.UNDONE)
"""States in which the file is not read any more."""
ARRIVING = 3_600  # seconds a file may lie there without an import: it is being looked at, or was left by a crash


NAMED = re.compile(r"[0-9a-f]{24}\.csv")
"""Names of uploaded files, each given once: by its name a file is known whichever way its folder is reached."""


def new_path(folder: Path) -> Path:
    return folder / f"{secrets.token_hex(12)}.csv"


async def forget(path: Path | str | None, folder: Path) -> None:
    """Delete an uploaded file; one that lies elsewhere (imported by command) is not ours to delete."""
    name = Path(path or "").name
    if NAMED.fullmatch(name):
        await asyncio.to_thread((folder / name).unlink, missing_ok=True)


async def sweep(database: Database, folder: Path) -> list[Path]:
    """Delete the uploaded files in this folder that no import needs; those that were deleted."""
    async with database.reading() as session:
        rows = await session.execute(select(Import.path, Import.state).where(Import.path.is_not(None)))
        is_done: dict[str, bool] = {}
        for name, state in ((Path(path or "").name, state) for path, state in rows):
            is_done[name] = is_done.get(name, True) and state in DONE
    return await asyncio.to_thread(_delete, folder, is_done)


def _delete(folder: Path, is_done: Mapping[str, bool]) -> list[Path]:
    """``is_done``: the names imports speak of, and whether they are through with the file."""
    gone = []
    for file in folder.glob("*.csv"):
        if not NAMED.fullmatch(file.name):
            continue
        if is_done[file.name] if file.name in is_done else time.time() - file.stat().st_mtime > ARRIVING:
            file.unlink(missing_ok=True)
            gone.append(file)
    return gone
