"""A file is read in another process as in this one, and that process never outlives the one it reads for; a loader
that is killed leaves nothing behind."""

import asyncio
import csv
import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select

from backlog.database import Database
from backlog.errors import Refused
from backlog.evidence.responses import Response, Tally
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor
from backlog.imports import drafts, recipes, removal
from backlog.imports.apart import read_apart
from backlog.imports.checks import Found
from backlog.imports.names import Names
from backlog.imports.pieces import Order, Pieces, Unknown, read
from backlog.imports.readers import open_sheet
from backlog.imports.surveys import Import, ImportState, new_import
from tests.imports.surveys import LONG, LONG_NAMES, long_row, register_for
from web import work

ANNA = Actor("Anna Berg")
READER = """
import sys, time
from datetime import date
from pathlib import Path
from backlog.imports.apart import read_apart
from backlog.imports.pieces import Order
from backlog.imports.readers import open_sheet
from tests.imports.surveys import LONG, register_for
reading = read_apart(Order(open_sheet(Path(sys.argv[1])), LONG, register_for(LONG), date))
next(reading)
print("reading", flush=True)
time.sleep(60)
"""
"""Reads one piece, and then waits."""


def survey(folder: Path, rows: list[list[str]]) -> Path:
    path = folder / "survey.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([LONG_NAMES, *rows])
    return path


def order(path: Path, *, register: Names | None = None) -> Order:
    return Order(open_sheet(path), LONG, register or register_for(LONG), date)


def reader_of(loader: int) -> psutil.Process:
    [process] = [each for each in psutil.Process(loader).children() if "backlog.imports.apart" in each.cmdline()]
    return process


def decided(reading: Pieces, register: Names) -> list[Found | Unknown]:
    """All pieces; a touchpoint gets the next number, the car park is set aside."""
    told: list[Found | Unknown] = []
    for piece in reading:
        told.append(piece)
        if isinstance(piece, Unknown):
            for name in piece.touchpoints:
                register.touchpoints[name] = None if name == "car park" else len(register.touchpoints) + 1
    return told


def test_another_process_reads_the_same_pieces(tmp_path: Path) -> None:
    rows = [long_row("Gate"), long_row("Car park"), long_row(value="43")] * 10_000 + [long_row("Lounge")] * 20_000
    here, there = order(survey(tmp_path, rows)), order(tmp_path / "survey.csv")

    pieces = decided(read_apart(there), there.register)

    assert pieces == decided(read(here), here.register)
    assert [type(piece) for piece in pieces] == [Unknown, Found, Unknown, Found, Found]
    assert there.register == here.register


def test_what_the_reading_process_refuses_is_refused_here(tmp_path: Path) -> None:
    path = survey(tmp_path, [long_row("Gate")] * 100)
    with path.open("a") as file:
        file.write('"' + "x" * 150_000 + '",4,2026-05-04,1,7\n')
    broken = order(path)

    with pytest.raises(Refused, match="longer than") as refused:
        decided(read_apart(broken), broken.register)

    assert refused.value.text.params["line"] == 102


def test_the_death_of_the_reading_process_is_told(tmp_path: Path) -> None:
    reading = read_apart(order(survey(tmp_path, [long_row("Gate")] * 100_000)))
    next(reading)
    process = reader_of(os.getpid())

    process.kill()

    with pytest.raises((ChildProcessError, BrokenPipeError)):
        list(reading)


def test_nothing_is_left_running_when_reading_is_given_up(tmp_path: Path) -> None:
    reading = read_apart(order(survey(tmp_path, [long_row("Gate")] * 100_000)))
    next(reading)
    process = reader_of(os.getpid())

    reading.close()

    assert not process.is_running()


@pytest.mark.parametrize("rows", [1, 100_000])
def test_the_reading_process_ends_when_the_one_it_reads_for_is_killed(tmp_path: Path, rows: int) -> None:
    path = survey(tmp_path, [long_row("Gate")] * rows)
    with subprocess.Popen([sys.executable, "-c", READER, str(path)], stdout=subprocess.PIPE) as loader:
        assert loader.stdout
        loader.stdout.readline()
        process = reader_of(loader.pid)

        os.kill(loader.pid, signal.SIGKILL)

        until = time.monotonic() + 10
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
            time.sleep(0.02)
        assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


SERVER = """
import asyncio, sys
from backlog.database import Database
from web import work
asyncio.run(work.run_apart(Database(sys.argv[1]), int(sys.argv[2])))
"""


def a_server(url: str, import_id: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SERVER, url, str(import_id)])


async def test_the_loader_of_a_server_that_is_killed_brings_its_import_in_and_ends(
    sqlite_database: Database, tmp_path: Path
) -> None:
    import_id = await queued(sqlite_database, survey(tmp_path, [long_row("Gate")] * 200_000))
    with a_server(sqlite_database.url, import_id) as server:
        while not (row := await the_import(sqlite_database, import_id)).responses:
            assert server.poll() is None
            await asyncio.sleep(0.02)
        loader = psutil.Process(int((row.worker or "").rpartition(":")[2]))
        os.kill(server.pid, signal.SIGKILL)

    ended = await asyncio.to_thread(has_ended_within, 30, loader)

    if not ended:
        loader.kill()
    assert ended
    assert (await the_import(sqlite_database, import_id)).state is ImportState.LOADED


def has_ended_within(seconds: float, process: psutil.Process) -> bool:
    until = time.monotonic() + seconds
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


async def queued(database: Database, path: Path) -> int:
    async with database.writing() as session:
        row = new_import(path.name, str(path), by=ANNA)
        row.queue(recipes.to_builtins(LONG), {"*": "create"})
        session.add(row)
    return row.id


async def the_import(database: Database, import_id: int) -> Import:
    async with database.reading() as session:
        return await session.get_one(Import, import_id)


async def kept(database: Database) -> tuple[int, int, int]:
    """Responses, answers counted in the tally, and touchpoints."""
    wanted = (
        select(func.count()).select_from(Response),
        select(func.coalesce(func.sum(Tally.n), 0)),
        select(func.count()).select_from(Touchpoint),
    )
    async with database.reading() as session:
        responses, counted, touchpoints = [await session.scalar(each) or 0 for each in wanted]
    return responses, counted, touchpoints


async def killed(database: Database, import_id: int) -> asyncio.Task[None]:
    """The end of a run whose loader was killed once rows of it were in the database."""
    running = asyncio.create_task(work.run_apart(database, import_id))
    while not (row := await the_import(database, import_id)).responses:
        assert not running.done(), "it was faster than this test"
        await asyncio.sleep(0.02)
    os.kill(int((row.worker or "").rpartition(":")[2]), signal.SIGKILL)
    await asyncio.wait([running])
    return running


async def try_again(database: Database, import_id: int) -> None:
    async with database.writing() as session:
        row = await drafts.get(session, import_id)
        await drafts.again(session, row, version=row.version, by=ANNA)


async def test_an_import_whose_loader_is_killed_fails_at_once_and_can_be_tried_again(
    database: Database, tmp_path: Path
) -> None:
    import_id = await queued(database, survey(tmp_path, [long_row("Gate")] * 300_000))

    running = await killed(database, import_id)

    assert isinstance(running.exception(), BrokenProcessPool)
    row = await the_import(database, import_id)
    assert (row.state, row.responses, row.rows_read) == (ImportState.FAILED, 0, 0)
    assert row.error
    assert "ended from outside" in row.error["message"]
    assert await kept(database) == (0, 0, 0)
    await try_again(database, import_id)
    await work.run_apart(database, import_id)
    assert (await the_import(database, import_id)).state is ImportState.LOADED
    assert await kept(database) == (300_000, 300_000, 1)
    await removal.undo(database, import_id, by=ANNA)
    assert await kept(database) == (0, 0, 0)
