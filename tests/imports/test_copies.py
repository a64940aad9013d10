"""The same answers a second time: known by their bytes, and told of before they count double."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from backlog import history
from backlog.database import Database
from backlog.errors import Conflict, Refused
from backlog.history import Actor
from backlog.imports import bodies, calls, copies, drafts, loading, recipes, removal
from backlog.imports.bodies import NAMELESS
from backlog.imports.copies import AlreadyIn
from backlog.imports.surveys import Import, ImportState, new_import
from tests.imports.surveys import LONG, TODAY

ANNA = Actor("Anna Berg")
SURVEY = "touchpoint,value,answered_on,weight,respondent\nCheck-in,4,2026-05-04,1,7\n"


async def a_draft(database: Database, path: Path, name: str = "may.csv") -> int:
    """An uploaded file whose columns are matched."""
    digest = copies.digest_of(path)
    async with database.writing() as session:
        row = await drafts.arrive(session, name, str(path), LONG, rows=1, digest=digest, by=ANNA)
    return row.id


async def started(database: Database, import_id: int, known: tuple[int, ...] = ()) -> None:
    async with database.writing() as session:
        row = await drafts.get(session, import_id, for_change=True)
        await drafts.start(session, row, {"*": "create"}, version=row.version, known=known, by=ANNA)


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    path = tmp_path / "may.csv"
    path.write_text(SURVEY)
    return path


def test_a_digest_is_the_sha_256_of_the_bytes(survey: Path) -> None:
    assert copies.digest_of(survey) == hashlib.sha256(survey.read_bytes()).hexdigest()


async def test_a_file_that_is_in_is_not_loaded_a_second_time_unasked(database: Database, survey: Path) -> None:
    first, second = await a_draft(database, survey), await a_draft(database, survey, "may (1).csv")
    await started(database, first)
    await loading.load(database, first)

    with pytest.raises(AlreadyIn, match=r"in already: import 1, “may\.csv” of \d{4}-\d\d-\d\d, by Anna Berg") as told:
        await started(database, second)

    assert told.value.imports == [first]
    await started(database, second, known=(first,))


async def test_a_copy_that_came_while_somebody_looked_is_told_of_too(database: Database, survey: Path) -> None:
    first, second, third = [await a_draft(database, survey) for _ in range(3)]
    await started(database, first)
    await started(database, second, known=(first,))

    with pytest.raises(AlreadyIn, match="being imported just now"):
        await started(database, third, known=(first,))


async def test_of_two_who_start_the_same_file_at_once_one_is_told(database: Database, survey: Path) -> None:
    ids = [await a_draft(database, survey) for _ in range(4)]

    ended = await asyncio.gather(*(started(database, number) for number in ids), return_exceptions=True)

    assert sorted(type(each).__name__ for each in ended) == ["AlreadyIn"] * 3 + ["NoneType"]


async def test_what_was_undone_stopped_or_failed_is_not_in(sqlite_database: Database, survey: Path) -> None:
    undone, other = await a_draft(sqlite_database, survey), await a_draft(sqlite_database, survey)
    await started(sqlite_database, undone)
    await loading.load(sqlite_database, undone)
    await removal.undo(sqlite_database, undone, by=ANNA)
    await started(sqlite_database, other)
    async with sqlite_database.writing() as session:
        row = await drafts.get(session, other, for_change=True)
        drafts.stop(session, row, by=ANNA)

    await started(sqlite_database, await a_draft(sqlite_database, survey))


async def test_trying_again_is_held_to_the_same(sqlite_database: Database, survey: Path) -> None:
    stopped, other = await a_draft(sqlite_database, survey), await a_draft(sqlite_database, survey)
    await started(sqlite_database, stopped)
    async with sqlite_database.writing() as session:
        drafts.stop(session, await drafts.get(session, stopped, for_change=True), by=ANNA)
    await started(sqlite_database, other)

    async with sqlite_database.writing() as session:
        row = await drafts.get(session, stopped, for_change=True)
        with pytest.raises(Conflict, match="being imported just now"):
            await drafts.again(session, row, version=row.version, by=ANNA)
        await drafts.again(session, row, version=row.version, known={other}, by=ANNA)


async def test_a_changed_matching_stands_in_the_history(sqlite_database: Database, survey: Path) -> None:
    number = await a_draft(sqlite_database, survey)
    changed = recipes.read(recipes.write(LONG).replace('"low":1.0,', "").replace("99", "98"))
    assert changed != LONG

    async with sqlite_database.writing() as session:
        row = await drafts.get(session, number, for_change=True)
        drafts.change(session, row, changed, version=row.version, by=ANNA)
    async with sqlite_database.writing() as session:  # saved once more as it is: nothing to tell
        row = await drafts.get(session, number, for_change=True)
        drafts.change(session, row, changed, version=row.version, by=ANNA)

    async with sqlite_database.reading() as session:
        told = (await session.scalars(history.of("import", number))).all()
    assert [(each.verb, each.actor) for each in told] == [("matched", "Anna Berg"), ("uploaded", "Anna Berg")]
    [(column, (before, after))] = told[0].changes.items()
    assert (column, before["missing"], after["missing"]) == ("column value", ["99"], ["98"])


def digest(body: str, today: str = "2026-11-21") -> str | None:
    day = TODAY.fromisoformat(today)
    return bodies.digest_of(body.encode(), bodies.read_json(body.encode(), day), day)


ANSWER = '{"touchpoint": "Gate", "value": 4%s}'


def test_a_few_nameless_answers_may_be_said_twice() -> None:
    assert digest(f"[{ANSWER % ''}]") is None
    assert digest("[" + ",".join([ANSWER % ""] * NAMELESS) + "]") is not None
    assert digest("[" + ANSWER % ', "respondent": 7' + "]") is not None


def test_answers_without_a_day_are_of_the_day_they_come() -> None:
    undated, dated = ', "respondent": 7', ', "respondent": 7, "answered_on": "2026-05-04"'

    assert digest(f"[{ANSWER % undated}]") != digest(f"[{ANSWER % undated}]", "2026-11-22")
    assert digest(f"[{ANSWER % dated}]") == digest(f"[{ANSWER % dated}]", "2026-11-22")


def test_rows_are_counted_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MOST", 3)
    braces = '{"touchpoint": "{{{\\"{{", "value": 4}'

    assert bodies.read_json(f"[{braces},{braces},{braces}]".encode(), TODAY).estimated_rows == 3
    with pytest.raises(Refused, match="At most 3 rows"):
        bodies.read_json(f"[{','.join([braces] * 4)}, and no JSON at all".encode(), TODAY)


def test_an_import_without_a_digest_has_no_copies() -> None:
    row: Import = new_import("API: nightly", None, by=ANNA)

    assert (row.digest, row.state) == (None, ImportState.UPLOADED)
