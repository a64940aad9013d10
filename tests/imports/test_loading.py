"""Imports in a database: visible all at once or not at all, and taken out without a trace."""

import asyncio
import csv
import gc
import sqlite3
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from backlog import history
from backlog.database import Database
from backlog.errors import Conflict, Refused
from backlog.evidence import touchpoints
from backlog.evidence.insights import Insight
from backlog.evidence.measures import Measure
from backlog.evidence.personas import Persona
from backlog.evidence.responses import Response, Tally
from backlog.evidence.scores import Score
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor
from backlog.imports import aside, calls, claims, copies, loading, recipes, removal
from backlog.imports.calls import Answered
from backlog.imports.loads import MOST_UNREADABLE
from backlog.imports.previews import Rows
from backlog.imports.recipes import Recipe
from backlog.imports.surveys import Import, ImportState, SetAside, SummaryRow, new_import
from backlog.people import tokens
from backlog.people.roles import Role
from tests.imports.surveys import DEMO, LONG, LONG_NAMES, SUMMARY, SUMMARY_NAMES, long_row

ANNA = Actor("Anna Berg")
CREATE: dict[str, Any] = {"*": "create"}


async def queued(database: Database, path: Path, recipe: Recipe, resolutions: dict[str, Any] | None = None) -> int:
    async with database.writing() as session:
        row = new_import(path.name, str(path), by=ANNA)
        row.queue(recipes.to_builtins(recipe), CREATE if resolutions is None else resolutions)
        session.add(row)
    return row.id


async def found(database: Database, import_id: int) -> Import:
    async with database.reading() as session:
        return await session.get_one(Import, import_id)


async def count(database: Database, *tables: type) -> list[int]:
    async with database.reading() as session:
        return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


async def tally_rows(database: Database) -> list[tuple[Any, ...]]:
    async with database.reading() as session:
        places = select(
            Tally.touchpoint_id, Tally.measure_id, Tally.month, Tally.persona_id, Tally.value, Tally.n, Tally.weight
        )
        return [tuple(row) for row in await session.execute(places.order_by(*places.selected_columns))]


def survey(tmp_path: Path, *rows: list[str], names: list[str] = LONG_NAMES, name: str = "survey.csv") -> Path:
    path = tmp_path / name
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, *rows])
    return path


async def test_an_sfo_survey_loads_with_scores_that_agree_with_the_published_figures(database: Database) -> None:
    recipe = recipes.read((DEMO / "recipes" / "sfo_2018.json").read_bytes())
    import_id = await queued(database, DEMO / "sfo" / "sfo_2018.csv", recipe)

    await loading.load(database, import_id)

    row = await found(database, import_id)
    assert (row.state, row.rows, row.rows_aside, row.error) == (ImportState.LOADED, 2809, 0, None)
    async with database.reading() as session:
        restaurants = await session.scalar(select(Touchpoint.id).where(Touchpoint.name_key == "restaurants"))
        score = await session.get_one(Score, restaurants)
        overall = (await session.execute(
            select(func.sum(Tally.n), func.sum(Tally.total) / func.sum(Tally.weight)).join(Measure)
            .where(Tally.touchpoint_id.is_(None), Measure.name == "experience")
        )).one()  # fmt: skip
    assert score.n == 2342
    assert 1 + 4 * score.value / 10 == pytest.approx(3.6219, abs=0.0001)
    assert overall[0] == 2625
    assert 1 + 4 * overall[1] / 10 == pytest.approx(4.0421, abs=0.0001)
    assert await count(database, Persona, Touchpoint) == [2, 19]
    assert await count(database, Response) == [row.responses]


async def test_comments_become_insights_on_their_touchpoints(database: Database, tmp_path: Path) -> None:
    recipe = recipes.read((DEMO / "recipes" / "sfo_2018_comments.json").read_bytes())
    import_id = await queued(database, DEMO / "sfo" / "sfo_2018_comments.csv", recipe)

    await loading.load(database, import_id)

    async with database.reading() as session:
        said = await session.scalar(select(func.count()).where(Insight.touchpoint_id.is_not(None), Insight.text != ""))
    assert await count(database, Insight) == [2952]
    assert (said or 0) > 150


async def test_wrong_rows_are_kept_with_their_reason_and_can_be_downloaded(database: Database, tmp_path: Path) -> None:
    path = survey(
        tmp_path, long_row(), long_row(value="43"), long_row(touchpoint="=1+1", value="x"), long_row(day="soon")
    )
    import_id = await queued(database, path, LONG, {"check-in": "create"})

    await loading.load(database, import_id)

    row = await found(database, import_id)
    assert (row.rows, row.rows_aside, row.responses) == (4, 3, 1)
    lines = "".join([piece async for piece in aside.download(database, import_id, LONG_NAMES)]).splitlines()
    assert lines[1] == "Check-in,43,2026-05-04,1,7,3,value,43 is above 5. Did you mean 4.3?"
    assert lines[2].startswith("'=1+1,x,")
    async with database.reading() as session:
        counted = [tuple(each) for each in await session.execute(aside.reasons(import_id))]
    assert sorted(counted) == [("answered_on", 1), ("touchpoint", 1), ("value", 1)]


async def test_rows_set_aside_are_downloaded_once_each_in_the_order_of_the_file(database: Database) -> None:
    async with database.writing() as session:
        session.add(row := new_import("survey.csv", None, by=ANNA))
        await session.flush()
        reason = {"message": "“%(value)s” is not a number.", "params": {"value": "x"}}
        wanted = [min(at, 2 * aside.AT_ONCE - at % 2) for at in range(2 * aside.AT_ONCE + 40)]
        about = {"import_id": row.id, "column": "value", "value": "x", "reason": reason}
        await session.execute(
            insert(SetAside), [{**about, "row": at, "record": [f"{at}", "é\n"]} for at in wanted[::-1]]
        )

    pieces = [piece async for piece in aside.download(database, row.id, ["who", "value", "more"])]

    read = list(csv.reader("".join(pieces).splitlines(keepends=True)))
    assert [int(line[0]) for line in read[1:]] == sorted(wanted)
    assert read[1] == ["0", "é\n", "", "0", "value", "“x” is not a number."]


async def test_others_are_answered_while_rows_set_aside_are_written(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sqlite_database.writing() as session:
        session.add(row := new_import("survey.csv", None, by=ANNA))
        await session.flush()
        reason = {"message": "The date is missing.", "params": {}}
        session.add(SetAside(import_id=row.id, row=2, column="day", value="", reason=reason, record=["a"]))
    writing: list[str] = []

    def noted(cell: str) -> str:
        writing.append(threading.current_thread().name)
        return cell

    monkeypatch.setattr(aside, "harmless", noted)

    [_, _] = [piece async for piece in aside.download(sqlite_database, row.id, ["who"])]

    assert threading.main_thread().name not in writing[4:]


async def test_rows_set_aside_on_purpose_are_not_taken_for_a_wrong_mapping(
    sqlite_database: Database, tmp_path: Path
) -> None:
    unwanted = [long_row("Car park")] * (MOST_UNREADABLE + 1)
    import_id = await queued(sqlite_database, survey(tmp_path, long_row(), *unwanted), LONG, {"check-in": "create"})

    await loading.load(sqlite_database, import_id)

    row = await found(sqlite_database, import_id)
    assert (row.state, row.rows_aside, row.responses) == (ImportState.LOADED, len(unwanted), 1)


async def test_a_file_with_far_too_many_wrong_rows_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    wrong = [long_row(value="x")] * (MOST_UNREADABLE + 1)
    import_id = await queued(sqlite_database, survey(tmp_path, long_row(), *wrong), LONG)

    with pytest.raises(Refused, match="cannot be read; the mapping does not fit"):
        await loading.load(sqlite_database, import_id)

    assert await count(sqlite_database, Response, Tally, SetAside) == [0, 0, 0]


async def test_unknown_touchpoints_are_made_matched_or_set_aside_as_decided(database: Database, tmp_path: Path) -> None:
    async with database.writing() as session:
        lounge = await touchpoints.add(session, {"name": "Lounge"}, by=ANNA)
    path = survey(tmp_path, long_row("Check-in"), long_row("The lounge"), long_row("Gate"), long_row("Website"))
    decided = {"check-in": "create", "the lounge": lounge.id, "website": "create"}
    import_id = await queued(database, path, LONG, decided)

    await loading.load(database, import_id)

    async with database.reading() as session:
        names = (await session.scalars(select(Touchpoint.name).order_by(Touchpoint.id))).all()
        reasons = (await session.scalars(select(SetAside.reason))).all()
        at_lounge = await session.scalar(select(func.sum(Tally.n)).where(Tally.touchpoint_id == lounge.id))
    assert names == ["Lounge", "Check-in", "Website"]
    assert at_lounge == 1
    assert [reason["params"]["name"] for reason in reasons] == ["Gate"]
    [warning] = (await found(database, import_id)).warnings
    assert "interaction layer" in warning["message"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([long_row(weight="0"), long_row(weight="0.0")], "All weights are 0"),
        ([long_row(value="99")], "no answers"),
        ([long_row(value="x"), long_row(value="y")], "Not one of the 2 rows"),
        ([], "no rows"),
    ],
)
async def test_a_file_without_answers_leaves_everything_as_it_was(
    database: Database, tmp_path: Path, rows: list[list[str]], words: str
) -> None:
    import_id = await queued(database, survey(tmp_path, *rows), LONG)

    with pytest.raises(Refused, match=words):
        await loading.load(database, import_id)

    row = await found(database, import_id)
    assert row.state is ImportState.FAILED
    assert row.error
    assert words in str(row.error["message"]) % row.error["params"]
    assert await count(database, Response, Tally, SetAside, Touchpoint, Score) == [0, 0, 0, 0, 0]


async def test_a_file_that_breaks_late_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    path = survey(tmp_path, *[long_row()] * 25_000)
    with path.open("a") as file:
        file.write('"' + "x" * 150_000 + '",4,2026-05-04,1,7\n')
    import_id = await queued(database, path, LONG)

    with pytest.raises(Refused, match="longer than"):
        await loading.load(database, import_id)

    assert await count(database, Response, Tally, Touchpoint) == [0, 0, 0]


async def test_a_stopped_import_leaves_nothing_behind_and_can_be_tried_again(
    database: Database, tmp_path: Path
) -> None:
    path = survey(tmp_path, *[long_row()] * 300_000)
    import_id = await queued(database, path, LONG)
    loop = asyncio.get_running_loop()
    stops: list[asyncio.Task[None]] = []

    async def stop() -> None:
        async with database.writing() as session:
            row = await session.get_one(Import, import_id)
            row.stop(at=row.created_at)

    def at_first_progress(rows: int, wrong: int) -> None:
        if not stops:
            stops.append(loop.create_task(stop()))

    with pytest.raises(claims.Stopped):
        await loading.load(database, import_id, progress=at_first_progress)

    await stops[0]
    assert (await found(database, import_id)).state is ImportState.STOPPED
    assert await count(database, Response, Tally, Touchpoint) == [0, 0, 0]
    async with database.writing() as session:
        (await session.get_one(Import, import_id)).queue(recipes.to_builtins(LONG), CREATE)
    await loading.load(database, import_id)
    assert await count(database, Response) == [300_000]


async def test_an_import_ends_when_what_it_is_about_is_removed_meanwhile(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with sqlite_database.writing() as session:
        gate = await touchpoints.add(session, {"name": "Check-in"}, by=ANNA)
    import_id = await queued(sqlite_database, survey(tmp_path, *[long_row()] * 300_000), LONG)
    removals: list[asyncio.Task[None]] = []

    async def remove() -> None:
        async with sqlite_database.writing() as session:
            await touchpoints.remove(session, await session.get_one(Touchpoint, gate.id), version=1, by=ANNA)

    def at_first_progress(rows: int, wrong: int) -> None:
        if not removals:
            removals.append(asyncio.get_running_loop().create_task(remove()))

    with pytest.raises(Conflict, match="was removed while they were loading"):
        await loading.load(sqlite_database, import_id, progress=at_first_progress)

    await removals[0]
    assert (await found(sqlite_database, import_id)).state is ImportState.FAILED
    assert await count(sqlite_database, Response, Tally, Touchpoint) == [0, 0, 0]


async def test_an_import_whose_process_died_is_cleared_at_the_next_start(database: Database, tmp_path: Path) -> None:
    import_id = await queued(database, survey(tmp_path, long_row()), LONG)
    async with database.writing() as session:
        lounge = await touchpoints.add(session, {"name": "Lounge"}, by=ANNA)
        session.add(measure := Measure(name="experience"))
        await session.flush()
        row = await session.get_one(Import, import_id)
        row.state, row.created = ImportState.LOADING, [lounge.id]
        session.add(
            Response(
                import_id=import_id,
                touchpoint_id=lounge.id,
                measure_id=measure.id,
                answered_on=date(2026, 5, 4),
                value=5,
            )
        )

    assert await removal.recover(database) == 1

    row = await found(database, import_id)
    assert row.state is ImportState.FAILED
    assert row.error
    assert "stopped while this was loading" in row.error["message"]
    async with database.reading() as session:
        last = await session.scalar(history.of("import", import_id, limit=1))
    assert last is not None
    assert (last.verb, last.actor) == ("failed", "Waymark")
    assert await count(database, Response, Touchpoint) == [0, 0]


def pid_of_the_dead() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


async def test_a_call_that_was_cut_off_before_it_was_loaded_is_failed_at_the_next_start(database: Database) -> None:
    host, _, own = removal.this_worker().rpartition(":")
    async with database.writing() as session:
        rows = [new_import(name, None, digest=name, by=ANNA) for name in ("dead", "ours", "unknown", "elsewhere")]
        rows.append(new_import("file", "survey.csv", digest="file", by=ANNA))
        workers = (f"{host}:{pid_of_the_dead()}", f"{host}:{own}", None, "other-host:7", None)
        for row, worker in zip(rows, workers, strict=True):
            row.queue(recipes.to_builtins(LONG), CREATE)
            row.worker = worker
        session.add_all(rows)

    assert await removal.recover(database) == 3

    states = [(await found(database, row.id)).state for row in rows]
    assert states == [ImportState.FAILED] * 3 + [ImportState.QUEUED] * 2
    assert "stopped while this was loading" in ((await found(database, rows[0].id)).error or {})["message"]
    async with database.writing() as session:
        await copies.refuse(session, "dead")


async def left_by_a_crash(database: Database, import_id: int, state: ImportState) -> None:
    """What stays of an import when the loader and the server die at once, and somebody stops it: rows, and no more."""
    async with database.writing() as session:
        lounge = await touchpoints.add(session, {"name": "Lounge"}, by=ANNA)
        session.add(measure := Measure(name="experience", low=1, high=5))
        await session.flush()
        row = await session.get_one(Import, import_id)
        row.state, row.created, row.rows_read, row.rows_aside = state, [lounge.id], 2, 1
        about: dict[str, Any] = {"import_id": import_id, "touchpoint_id": lounge.id, "measure_id": measure.id}
        session.add(Response(**about, answered_on=date(2026, 5, 4), value=5))
        session.add(SetAside(import_id=import_id, row=2, column="value", value="x", reason={}, record=[]))


async def test_an_import_tried_again_begins_without_what_an_earlier_run_left(
    database: Database, tmp_path: Path
) -> None:
    import_id = await queued(database, survey(tmp_path, long_row(), long_row(value="3")), LONG)
    await left_by_a_crash(database, import_id, ImportState.STOPPED)
    async with database.writing() as session:
        (await session.get_one(Import, import_id)).queue(recipes.to_builtins(LONG), CREATE)

    await loading.load(database, import_id)

    assert await count(database, Response, SetAside, Touchpoint) == [2, 0, 1]
    assert sum(n for *_, n, _ in await tally_rows(database)) == 2
    await removal.undo(database, import_id, by=ANNA)
    assert await count(database, Response, Tally, Touchpoint) == [0, 0, 0]


async def test_a_load_ends_when_another_process_has_begun_the_same_import(database: Database, tmp_path: Path) -> None:
    """Stopped and started once more within one chunk: the first loader must neither go on nor clear up."""
    import_id = await queued(database, survey(tmp_path, *[long_row()] * 300_000), LONG)
    begun: list[asyncio.Task[None]] = []

    async def begin_elsewhere() -> None:
        async with database.writing() as session:
            (await session.get_one(Import, import_id)).worker = "elsewhere:1"
            [measure] = await session.scalars(select(Measure.id))
            theirs = {"respondent": "theirs", "answered_on": date(2026, 5, 4), "value": 5}
            session.add(Response(import_id=import_id, measure_id=measure, **theirs))

    def at_first_progress(rows: int, wrong: int) -> None:
        if not begun:
            begun.append(asyncio.get_running_loop().create_task(begin_elsewhere()))

    with pytest.raises(claims.Stopped):
        await loading.load(database, import_id, progress=at_first_progress)

    await begun[0]
    row = await found(database, import_id)
    assert (row.state, row.worker) == (ImportState.LOADING, "elsewhere:1")
    assert await count(database, Tally) == [0]
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).where(Response.respondent == "theirs")) == 1


async def test_undo_takes_an_import_out_of_tally_and_scores_and_leaves_the_others(
    database: Database, tmp_path: Path
) -> None:
    async with database.writing() as session:
        await touchpoints.add(session, {"name": "Check-in"}, by=ANNA)
    first = await queued(
        database, survey(tmp_path, *[long_row(weight=w) for w in ("0.5", "1.5", "2")], name="a.csv"), LONG
    )
    await loading.load(database, first)
    before = await tally_rows(database)
    second = await queued(
        database, survey(tmp_path, long_row(value="1"), long_row(), long_row("Lounge"), name="b.csv"), LONG
    )
    await loading.load(database, second)
    assert await tally_rows(database) != before

    await removal.undo(database, second, by=ANNA)

    assert await tally_rows(database) == before
    assert await count(database, Response, Touchpoint, Score) == [3, 1, 1]
    assert (await found(database, second)).state is ImportState.UNDONE
    with pytest.raises(Conflict):
        await removal.undo(database, second, by=ANNA)


async def test_summaries_count_like_the_answers_they_sum_up_and_can_be_undone(
    database: Database, tmp_path: Path
) -> None:
    rows = [["Sicherheitskontrolle", "Q3 2026", "3,61", "2417", "2,38"], ["Lounge", "Q3 2026", "7,4", "120", "1,9"]]
    import_id = await queued(database, survey(tmp_path, *rows, names=SUMMARY_NAMES), SUMMARY)

    await loading.load(database, import_id)

    async with database.reading() as session:
        score = (await session.scalars(select(Score).where(Score.n == 2417))).one()
    assert score.value == pytest.approx(3.61)
    assert score.deviation == pytest.approx(2.38)
    await removal.undo(database, import_id, by=ANNA)
    assert await count(database, Tally, Score, SummaryRow) == [0, 0, 0]


async def test_two_imports_at_once_add_up(database: Database, tmp_path: Path) -> None:
    async with database.writing() as session:
        await touchpoints.add(session, {"name": "Check-in"}, by=ANNA)
        session.add(Measure(name="experience", low=1, high=5))
    paths = [
        survey(tmp_path, *[long_row(value=str(at % 5 + 1)) for at in range(3_000)], name=f"{n}.csv") for n in range(3)
    ]
    ids = [await queued(database, path, LONG) for path in paths]

    await asyncio.gather(*(loading.load(database, import_id) for import_id in ids))

    sums: dict[float, int] = defaultdict(int)
    for *_, value, n, _ in await tally_rows(database):
        sums[value] += n
    assert dict(sums) == {0.0: 1800, 2.5: 1800, 5.0: 1800, 7.5: 1800, 10.0: 1800}


async def test_only_a_queued_import_is_loaded(database: Database, tmp_path: Path) -> None:
    import_id = await queued(database, survey(tmp_path, long_row()), LONG)
    await loading.load(database, import_id)

    with pytest.raises(Conflict):
        await loading.load(database, import_id)

    assert await count(database, Response) == [1]


def test_an_import_runs_in_a_process_of_its_own(sqlite_url: str, tmp_path: Path) -> None:
    path = survey(tmp_path, long_row())

    async def queue() -> int:
        database = Database(sqlite_url)
        import_id = await queued(database, path, LONG)
        await database.close()
        return import_id

    async def responses() -> int | None:
        database = Database(sqlite_url)
        async with database.reading() as session:
            n = await session.scalar(select(func.count()).select_from(Response))
        await database.close()
        return n

    loading.run(sqlite_url, asyncio.run(queue()))

    assert asyncio.run(responses()) == 1


class Watched(Rows):
    """Rows that note, whenever some are asked for, whether the garbage collector is on."""

    def chunks(self, rows: int = 10_000) -> Iterator[tuple[int, list[list[str]]]]:
        for chunk in super().chunks(rows):
            COLLECTED.append(gc.isenabled())
            yield chunk


COLLECTED: list[bool] = []


async def test_a_call_leaves_the_server_its_garbage_collector(sqlite_database: Database) -> None:
    COLLECTED.clear()
    rows = calls.rows_of([Answered("Gate", 4, scale="1-5")] * 30_000, TODAY)

    table = Watched(rows.names, rows.rows)
    await calls.receive(sqlite_database, table, create={"touchpoints"}, by=ANNA, today=TODAY)

    assert (len(COLLECTED) > 3, set(COLLECTED)) == (True, {True})


async def test_a_process_that_only_loads_does_without_the_garbage_collector(
    sqlite_database: Database, tmp_path: Path
) -> None:
    import_id = await queued(sqlite_database, survey(tmp_path, *[long_row()] * 30_000), LONG)
    running = asyncio.create_task(asyncio.to_thread(loading.run, sqlite_database.url, import_id))
    seen = set()

    while not running.done():
        seen.add(gc.isenabled())
        await asyncio.sleep(0.01)

    await running
    assert False in seen
    assert gc.isenabled()


class RemovedAtTheEnd(Rows):
    """Rows whose touchpoint is removed once all answers are stored, before they are counted."""

    def chunks(self, rows: int = 10_000) -> Iterator[tuple[int, list[list[str]]]]:
        yield from super().chunks(rows)
        with sqlite3.connect(FILES[-1], timeout=30) as register:
            while register.execute("SELECT count(*) FROM response").fetchone()[0] < len(self.rows):
                time.sleep(0.01)
            register.execute("DELETE FROM touchpoint")
            register.commit()


FILES: list[str] = []


async def test_an_import_ends_when_what_it_is_about_is_removed_at_the_last_moment(
    sqlite_database: Database, tmp_path: Path
) -> None:
    FILES.append(sqlite_database.engine.url.database or "")
    import_id = await queued(sqlite_database, tmp_path, LONG)

    with pytest.raises(Conflict, match="was removed while they were loading"):
        await loading.load_table(sqlite_database, import_id, RemovedAtTheEnd(tuple(LONG_NAMES), [long_row()] * 3))

    assert (await found(sqlite_database, import_id)).state is ImportState.FAILED
    assert await count(sqlite_database, Response, Tally) == [0, 0]


TODAY = date(2026, 11, 21)


async def test_a_call_stores_all_its_responses(database: Database) -> None:
    async with database.writing() as session:
        lounge = await touchpoints.add(session, {"name": "Lounge"}, by=ANNA)
    answers = [
        Answered(lounge.id, 4, scale="1-5"), Answered("lounge ", 9, measure="recommend"), Answered("Gate", "3", answered_on="2026-05-04"),
        Answered("Gate", 2.5, weight=0.5, persona="Business", respondent=7),
    ]  # fmt: skip

    row = await calls.receive(database, calls.rows_of(answers, TODAY), create={"touchpoints"}, by=ANNA, today=TODAY)

    assert (row.state, row.responses, len(row.created)) == (ImportState.LOADED, 4, 1)
    async with database.reading() as session:
        stored = (
            await session.execute(
                select(Response.value, Response.answered_on, Response.weight, Response.respondent).order_by(Response.id)
            )
        ).all()
    assert [tuple(each) for each in stored] == [
        (7.5, TODAY, 1.0, None), (9.0, TODAY, 1.0, None), (5.0, date(2026, 5, 4), 1.0, None), (3.75, TODAY, 0.5, "7"),
    ]  # fmt: skip
    await removal.undo(database, row.id, by=ANNA)
    assert await count(database, Response, Tally, Touchpoint) == [0, 0, 1]


async def test_what_a_token_sends_is_told_of_the_token(sqlite_database: Database) -> None:
    async with sqlite_database.writing() as session:
        await tokens.add_token(session, name="nightly", role=Role.CONTRIBUTOR, by=ANNA)
        token = (await session.scalars(select(tokens.Token))).one()

    answers = calls.rows_of([Answered("Gate", 4, scale="1-5")], TODAY)
    row = await calls.receive(sqlite_database, answers, create={"touchpoints"}, by=token.actor, today=TODAY)

    async with sqlite_database.reading() as session:
        told = [
            (await session.scalars(history.of(subject, number, limit=1))).one()
            for subject, number in (("import", row.id), ("touchpoint", row.created[0]))
        ]
    assert [(event.actor, event.token_id, event.person_id) for event in told] == [("nightly", token.id, None)] * 2


@pytest.mark.parametrize(
    ("answer", "column"),
    [
        (Answered("Gate", 4), "touchpoint"),
        (Answered("Lounge", 6, scale="1-5"), "value"),
        (Answered("Lounge", float("inf")), "value"),
        (Answered("Lounge", 4, measure="sorcery"), "measure"),
        (Answered("Lounge", 4, scale="high"), "scale"),
        (Answered("Lounge", 4, answered_on="4 May"), "answered_on"),
        (Answered("Lounge", 4, weight=-1.0), "weight"),
    ],
)
async def test_one_wrong_row_keeps_a_whole_call_out(sqlite_database: Database, answer: Answered, column: str) -> None:
    async with sqlite_database.writing() as session:
        await touchpoints.add(session, {"name": "Lounge"}, by=ANNA)
    table = calls.rows_of([Answered("Lounge", 4), answer], TODAY)

    with pytest.raises(calls.RowsWrong) as wrong:
        await calls.receive(sqlite_database, table, by=ANNA, today=TODAY)

    assert [(each.row, each.column) for each in wrong.value.rows] == [(2, column)]
    assert str(wrong.value) == "One row cannot be read. Nothing was stored."
    assert await count(sqlite_database, Response, Tally, Import, Measure) == [0, 0, 0, 0]


@pytest.mark.parametrize("names", [("touchpoint",), ("touchpoint", "value", "colour")])
async def test_a_call_with_other_fields_is_refused(sqlite_database: Database, names: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="field"):
        await calls.receive(sqlite_database, Rows(names, [["x"] * len(names)]), by=ANNA, today=TODAY)
