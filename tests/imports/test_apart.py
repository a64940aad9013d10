"""A file is read in another process as in this one, and that process never outlives the one it reads for."""

import csv
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import psutil
import pytest

from backlog.errors import Refused
from backlog.imports.apart import read_apart
from backlog.imports.checks import Found
from backlog.imports.names import Names
from backlog.imports.pieces import Order, Pieces, Unknown, read
from backlog.imports.readers import open_sheet
from tests.imports.surveys import LONG, LONG_NAMES, long_row, register_for

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
