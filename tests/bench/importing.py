"""A million responses coming in: rows a second against the sqlite3 shell, memory, and pages meanwhile."""

import asyncio
import csv
import datetime as dt
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

import migrations
from backlog.history import Actor
from backlog.imports import recipes
from backlog.imports.recipes import Column, Dates, Recipe, Role, Scale, Shape
from backlog.imports.surveys import Import, ImportState, new_import
from tests import databases
from tests.bench.backlogs import prepared
from tests.bench.measuring import ask, signed_in
from tests.bench.table import Row
from tests.serving import WAYMARK, Served, served

ROWS = 1_000_000
TIMES = 3
INITIATIVES = 1_000
RATE, MEMORY, ANSWERED = 0.5, 200, 500
NAMES = ("touchpoint", "value", "answered_on", "weight", "persona", "respondent")
BARE = "CREATE TABLE response (touchpoint TEXT, value INTEGER, answered_on TEXT, weight REAL, persona TEXT, respondent TEXT)"
RECIPE = Recipe(
    shape=Shape.LONG,
    columns=[
        Column("touchpoint", Role.TOUCHPOINT),
        Column("value", Role.VALUE, scale=Scale(1, 5)),
        Column("answered_on", Role.DATE),
        Column("weight", Role.WEIGHT),
        Column("persona", Role.PERSONA),
        Column("respondent", Role.RESPONDENT),
    ],
    date=Dates(format="y-m-d"),
)


@dataclass(frozen=True)
class Run:
    """``seconds`` on the clock; of the process and those it started ``cpu`` seconds and ``peak`` memory in MB."""

    seconds: float
    cpu: float
    peak: float


def measure(folder: Path) -> Iterator[Row]:
    file, recipe = folder / "responses.csv", folder / "recipe.json"
    write(file)
    recipe.write_text(recipes.write(RECIPE))
    home = folder / "home"
    yield from at_once(folder, file, lambda: by_waymark(home, file, recipe), home / "waymark.db")
    yield from meanwhile(folder, file)


def at_once(folder: Path, file: Path, load: Callable[[], Run], database: Path) -> Iterator[Row]:
    """One after the other, several times, and the best of each: what else runs on the machine slows both."""
    shell, note = (
        (by_shell, "") if shutil.which("sqlite3") else (by_python, "no sqlite3 shell here: Python's csv, sqlite3")
    )
    ours = [load()]
    stored = exported(database, folder / "stored.csv")
    same, bare = [shell(folder, stored, schema(database))], [shell(folder, file, BARE)]
    for _ in range(TIMES - 1):
        ours.append(load())
        same.append(shell(folder, stored, schema(database)))
        bare.append(shell(folder, file, BARE))
    yield Row(
        f"import of {ROWS:,} responses, to .import of the stored rows",
        rate(ours),
        "rows/s",
        rate(same),
        RATE,
        True,
        note,
    )
    yield Row("the same, to .import of the file into a bare table", rate(ours), "rows/s", rate(bare), note=note)
    yield Row("the same, CPU, to .import of the stored rows", cpu(ours), "s", cpu(same))
    yield Row("memory of the loading processes at their peak", max(run.peak for run in ours), "MB", limit=MEMORY)


def rate(runs: list[Run]) -> float:
    """Rows a second on the clock, of the fastest."""
    return ROWS / min(run.seconds for run in runs)


def cpu(runs: list[Run]) -> float:
    return min(run.cpu for run in runs)


def write(file: Path) -> None:
    """Answers of two years at forty touchpoints by three personas, seven to a respondent."""
    chance = random.Random(11)
    days = [str(dt.date(2024, 11, 1) + dt.timedelta(days=day)) for day in range(730)]
    with file.open("w", newline="", encoding="utf-8") as opened:
        rows = csv.writer(opened)
        rows.writerow(NAMES)
        for respondent in range(0, ROWS, 7):
            day, weight = days[respondent * 730 // ROWS], f"{chance.choice((0.8, 1.0, 1.3))}"
            persona = chance.choice(("Business", "Family", "Connecting"))
            for _ in range(min(7, ROWS - respondent)):
                touchpoint, value = f"Queue {chance.randrange(1, 41)} at the terminal", chance.choice((2, 3, 4, 4, 5))
                rows.writerow((touchpoint, value, day, weight, persona, f"R{respondent}"))


def by_shell(folder: Path, file: Path, schema: str) -> Run:
    """``sqlite3 .import`` of a file with headings, into a new database."""
    asked = f"PRAGMA journal_mode=WAL;\nPRAGMA synchronous=NORMAL;\n{schema};\n.mode csv\n.import --skip 1 {file} response\n"
    return timed(["sqlite3", str(fresh(folder / "raw.db"))], asked=asked)


def by_python(folder: Path, file: Path, schema: str) -> Run:
    """The same by csv and sqlite3 of Python, in this process."""
    target, before, started = fresh(folder / "raw.db"), time.process_time(), time.perf_counter()
    connection = sqlite3.connect(target)
    connection.executescript(schema)
    with file.open(newline="", encoding="utf-8") as opened, connection:
        rows = csv.reader(opened)
        places = ", ".join("?" * len(next(rows)))
        connection.executemany(f"INSERT INTO response VALUES ({places})", rows)  # noqa: S608 - question marks
    connection.close()
    return Run(time.perf_counter() - started, time.process_time() - before, 0)


def by_waymark(home: Path, file: Path, recipe: Path) -> Run:
    """``waymark import survey`` into an empty database that is up to date; the start of the process included."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    migrations.upgrade(databases.sqlite_url(home / "waymark.db"))
    environment = {**os.environ, "WAYMARK_HOME": str(home)}
    asked = ["import", "survey", str(file), "--recipe", str(recipe), "--create-touchpoints"]
    run = timed([*WAYMARK, *asked], environment)
    [[kept]] = fetched(home / "waymark.db", "SELECT count(*) FROM response")
    [[tallied]] = fetched(home / "waymark.db", "SELECT sum(n) FROM tally")
    assert kept == tallied == ROWS, f"{kept} responses are stored, {tallied} are tallied"
    return run


def fetched(database: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(statement).fetchall()


def exported(database: Path, file: Path) -> Path:
    """The responses as they are stored, all columns."""
    with closing(sqlite3.connect(database)) as connection, file.open("w", newline="", encoding="utf-8") as opened:
        rows = connection.execute("SELECT * FROM response")
        written = csv.writer(opened)
        written.writerow(name for name, *_ in rows.description)
        written.writerows(rows)  # one by one: a process counts what its parent holds at the fork as its own peak
    return file


def schema(database: Path) -> str:
    """The table of responses and its index, as they are in the database."""
    found = fetched(database, "SELECT sql FROM sqlite_master WHERE tbl_name = 'response' ORDER BY type DESC")
    return ";\n".join(sql for (sql,) in found)


def fresh(target: Path) -> Path:
    for suffix in ("", "-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    return target


def timed(command: list[str], environment: dict[str, str] | None = None, *, asked: str = "") -> Run:
    """Run it to its end. AssertionError when it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(asked.encode())
    process.stdin.close()
    ended, peak = threading.Event(), [0.0]
    watch = threading.Thread(target=watch_memory, args=(process.pid, ended, peak))
    watch.start()
    told = process.stdout.read().decode()
    process.stdout.close()
    ended.set()
    watch.join()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, told
    return Run(time.perf_counter() - started, used.ru_utime + used.ru_stime, peak[0])


def watch_memory(process_id: int, ended: threading.Event, peak: list[float]) -> None:
    """Until it has ended: the most memory that it and those it started held together, in MB of 1,000,000 bytes.

    What they share counts in each.
    """
    first = psutil.Process(process_id)
    while not ended.wait(0.2):  # to look through all processes takes time from those that are measured
        held = 0
        for each in (first, *first.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                held += each.memory_info().rss
        peak[0] = max(peak[0], held / 1e6)


def meanwhile(folder: Path, file: Path) -> Iterator[Row]:
    """The backlog page while the server's own queue loads the file, on both databases."""
    yield from watched(folder, "SQLite", databases.sqlite_url(folder / "meanwhile.db"), file)
    try:
        server = databases.postgresql()
    except databases.Unavailable as error:
        yield Row("backlog page during an import, PostgreSQL", 0, "ms", note=f"not measured: {error}")
        return
    asyncio.run(server.execute("CREATE DATABASE bench_importing"))
    try:
        yield from watched(folder, "PostgreSQL", server.url("bench_importing"), file)
    finally:
        asyncio.run(server.execute("DROP DATABASE bench_importing WITH (FORCE)"))


def watched(folder: Path, name: str, url: str, file: Path) -> Iterator[Row]:
    secret = asyncio.run(prepared(url, INITIATIVES))
    with served(folder, DEMO="0", DATABASE_URL=url) as product, signed_in(secret) as client:
        import_id = asyncio.run(queued(url, file))
        started = time.perf_counter()
        took = answered(product, client, lambda: asyncio.run(is_under_way(url, import_id)))
        seconds = time.perf_counter() - started
    state, responses = asyncio.run(outcome(url, import_id))
    assert (state, responses) == (ImportState.LOADED, ROWS), f"the import is {state} with {responses} responses"
    p95 = statistics.quantiles(took, n=20)[-1]
    yield Row(f"import through the pages, {name}", ROWS / seconds, "rows/s")
    note = f"of {len(took)} requests, the slowest {max(took):,.0f} ms"
    yield Row(f"backlog page during an import, {name}, p95", p95, "ms", limit=ANSWERED, note=note)


def answered(product: Served, client: httpx.Client, is_running: Callable[[], bool]) -> list[float]:
    """Milliseconds that one request after the other took while it runs. AssertionError unless each answer is 200."""
    took: list[float] = []
    while is_running():
        pause = time.monotonic() + 1
        while time.monotonic() < pause:
            started = time.perf_counter()
            ask(client, f"{product.url}/backlog")
            took.append((time.perf_counter() - started) * 1000)
            time.sleep(0.02)
    return took


async def queued(url: str, file: Path) -> int:
    async with databases.opened(url) as database, database.writing() as session:
        row = new_import(file.name, str(file), by=Actor("Kim"))
        row.queue(recipes.to_builtins(RECIPE), {"*": "create"})
        session.add(row)
        await session.flush()
        return row.id


async def is_under_way(url: str, import_id: int) -> bool:
    async with databases.opened(url) as database, database.reading() as session:
        return (await session.get_one(Import, import_id)).is_under_way


async def outcome(url: str, import_id: int) -> tuple[ImportState, int]:
    async with databases.opened(url) as database, database.reading() as session:
        row = await session.get_one(Import, import_id)
        return row.state, row.responses
