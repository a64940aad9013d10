"""Uploaded files: there while they may be read again, and no longer."""

import os
import time
from pathlib import Path

import pytest

from backlog.database import Database
from backlog.history import Actor
from backlog.imports import uploads
from backlog.imports.surveys import ImportState, new_import

ANNA = Actor("Anna Berg")


async def upload(database: Database, folder: Path, state: ImportState) -> Path:
    path = folder / f"{state}.csv"
    path.write_text("touchpoint,value\nCheck-in,4\n")
    async with database.writing() as session:
        row = new_import("survey.csv", str(path), by=ANNA)
        row.state = state
        session.add(row)
    return path


@pytest.mark.parametrize("state", ImportState)
async def test_a_file_goes_when_its_import_has_loaded(
    sqlite_database: Database, tmp_path: Path, state: ImportState
) -> None:
    path = await upload(sqlite_database, tmp_path, state)

    await uploads.sweep(sqlite_database, tmp_path)

    assert path.exists() is (state not in {ImportState.LOADED, ImportState.UNDONE})


async def test_a_file_nobody_speaks_of_goes_after_an_hour(sqlite_database: Database, tmp_path: Path) -> None:
    left, arriving = tmp_path / "left.csv", tmp_path / "arriving.csv"
    for path in (left, arriving):
        path.touch()
    os.utime(left, (time.time() - 4_000,) * 2)

    assert await uploads.sweep(sqlite_database, tmp_path) == [left]
    assert arriving.exists()


async def test_files_of_others_stay(sqlite_database: Database, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    folder = tmp_path / "imports"
    path = await upload(sqlite_database, own, ImportState.LOADED)

    assert await uploads.sweep(sqlite_database, folder) == []
    assert path.exists()
