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
    path = uploads.new_path(folder)
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
    left, arriving = uploads.new_path(tmp_path), uploads.new_path(tmp_path)
    for path in (left, arriving):
        path.touch()
    os.utime(left, (time.time() - 4_000,) * 2)

    assert await uploads.sweep(sqlite_database, tmp_path) == [left]
    assert arriving.exists()


@pytest.mark.parametrize("state", ImportState)
async def test_a_file_is_known_by_whichever_way_its_folder_is_reached(
    sqlite_database: Database, tmp_path: Path, state: ImportState
) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    path = await upload(sqlite_database, link, state)
    os.utime(path, (time.time() - 4_000,) * 2)

    await uploads.sweep(sqlite_database, real)

    assert path.exists() is (state not in {ImportState.LOADED, ImportState.UNDONE})


async def test_files_of_others_stay(sqlite_database: Database, tmp_path: Path) -> None:
    own, folder = tmp_path / "own", tmp_path / "imports"
    for each in (own, folder):
        each.mkdir()
    elsewhere = await upload(sqlite_database, own, ImportState.LOADED)
    beside = folder / "survey-2026.csv"
    beside.write_text("touchpoint,value\n")
    os.utime(beside, (time.time() - 4_000,) * 2)
    swept = await upload(sqlite_database, folder, ImportState.LOADED)

    assert await uploads.sweep(sqlite_database, folder) == [swept]
    assert (elsewhere.exists(), beside.exists()) == (True, True)


async def test_an_uploaded_file_is_forgotten_by_whichever_way_its_folder_is_reached(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    path = uploads.new_path(link)
    path.touch()

    await uploads.forget(path, real)

    assert not path.exists()


async def test_a_file_imported_by_command_is_not_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "imports"
    folder.mkdir()
    for path in (tmp_path / "survey.csv", folder / "survey.csv", uploads.new_path(tmp_path)):
        path.touch()

        await uploads.forget(path, folder)

        assert path.exists()
