"""Who changes an initiative takes it before its links, people and workers alike, so that none waits for the other for
ever. SQLite has one writer at a time and cannot tell."""

import asyncio
import contextlib
from dataclasses import replace
from typing import cast

import pytest

from backlog.database import Database
from backlog.errors import Conflict
from backlog.initiatives import initiatives
from backlog.trackers import conflicts, connections, links, restoring
from backlog.trackers.conflicts import Side
from integrations.engine import sweeping, syncing, whereabouts
from integrations.engine.desk import Left
from integrations.tracker import Tracker
from tests.trackers.conftest import Both
from tests.trackers.office import KIM
from tests.trackers.test_meanwhile import interrupted

LONG_ENOUGH = 0.4  # seconds, for the other one to come to the lock


@pytest.fixture
def place(postgresql_database: Database) -> tuple[str, Database]:
    return "github", postgresql_database


async def edit(both: Both, number: int, begun: asyncio.Event) -> None:
    """Somebody saves a form; its transaction takes a while."""
    async with both.office.database.writing() as session:
        row = await initiatives.by_key(session, number, for_change=True)
        begun.set()
        await asyncio.sleep(LONG_ENOUGH)
        await initiatives.change(session, row, {"next_step": "Open lane 4."}, version=row.version, by=KIM)
        await session.flush()


async def test_a_person_and_a_worker_who_change_one_initiative_wait_for_each_other_once(both: Both) -> None:
    tracker = interrupted(both)
    number = await both.office.propose()
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(70)
    key = (await both.office.link(link_id)).external_key or ""
    both.ground.retitle(key, "Theirs")
    connection = await both.office.connection(both.connection_id)
    desk = both.office.worker._desk(connection, cast(Tracker, tracker), "a desk that holds nothing, so cannot write")
    saved: list[asyncio.Task[None]] = []

    async def begin() -> None:
        begun = asyncio.Event()
        saved.append(asyncio.create_task(edit(both, number, begun)))
        await begun.wait()

    tracker.then = begin
    with contextlib.suppress(Left):
        await syncing.sync(desk, link_id)
    await saved[0]

    found = await both.office.initiative(number)
    assert (found.title, found.next_step) == ("Theirs", "Open lane 4.")


async def test_who_brings_a_value_back_waits_for_who_edits(both: Both) -> None:
    number = await both.office.propose()
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(70)
    both.ground.retitle((await both.office.link(link_id)).external_key or "", "Theirs")
    await both.office.change(number, title="Ours")
    await both.office.work(5)
    (conflict,) = await both.office.conflicts()
    async with both.office.database.writing() as session:
        row = await conflicts.by_id(session, conflict.id, for_change=True)
        await conflicts.decide(session, row, Side.THEIRS, by=KIM)
    await both.office.work(5)
    begun = asyncio.Event()

    saved = asyncio.create_task(edit(both, number, begun))
    await begun.wait()
    async with both.office.database.writing() as session:
        row = await conflicts.by_id(session, conflict.id, for_change=True)
        await restoring.restore(session, row, by=KIM)
    await saved

    found = await both.office.initiative(number)
    assert (found.title, found.next_step) == ("Ours", "Open lane 4.")


async def test_who_links_an_issue_waits_for_who_edits(both: Both) -> None:
    number = await both.office.propose()
    await both.office.push(number, both.connection_id)
    begun = asyncio.Event()

    saved = asyncio.create_task(edit(both, number, begun))
    await begun.wait()
    async with both.office.database.writing() as session:
        connection = await connections.by_id(session, both.connection_id)
        row = await initiatives.by_key(session, number)
        key = both.ground.open("Signs to lane 4")
        part = await links.tie(session, row.id, connection, links.Found(both.ground.issue_id(key), key, ""), by=KIM)
        part_id = part.id
    await saved

    assert (await both.office.initiative(number)).next_step == "Open lane 4."
    assert (await both.office.link(part_id)).is_main is False


async def test_of_two_who_link_one_issue_at_once_the_second_is_told_who_has_it(both: Both) -> None:
    first, second = await both.office.propose(), await both.office.propose("Signs to lane 4")
    key = both.ground.open("Signs to lane 4")
    found, begun = links.Found(both.ground.issue_id(key), key, ""), asyncio.Event()

    async def tie(number: int, takes: float) -> None:
        async with both.office.database.writing() as session:
            connection = await connections.by_id(session, both.connection_id)
            await links.tie(session, number, connection, found, by=KIM)
            begun.set()
            await asyncio.sleep(takes)

    linked = asyncio.create_task(tie(first, LONG_ENOUGH))
    await begun.wait()
    with pytest.raises(Conflict) as refusal:
        await tie(second, 0)
    await linked

    assert str(refusal.value) == f"{key} is linked with CX-{first} already."


async def test_a_sweep_waits_for_who_edits_an_initiative_with_several_issues(both: Both) -> None:
    number = await both.office.propose()
    ids = [await both.office.push(number, both.connection_id, title=title) for title in ("", "Signs to lane 4")]
    await both.office.work(70)
    first, second = [await both.office.link(each) for each in ids]
    connection = await both.office.connection(both.connection_id)
    begun = asyncio.Event()

    async def edited() -> None:
        """As an edit, which makes its links due one after the other."""
        async with both.office.database.writing() as session:
            await initiatives.by_key(session, number, for_change=True)
            (await links.by_id(session, first.id, for_change=True)).ask()
            await session.flush()
            begun.set()
            await asyncio.sleep(LONG_ENOUGH)
            (await links.by_id(session, second.id, for_change=True)).ask()

    async with both.office.outside.opened(connection) as tracker:
        issues = [(each, await tracker.read(each.external_key or "")) for each in (second, first)]
        desk = both.office.worker._desk(connection, tracker, "a desk")
        saved = asyncio.create_task(edited())
        await begun.wait()
        await sweeping.ask(desk, issues)
        await saved

    assert [(await both.office.link(each)).changes for each in ids] == [first.changes + 2, second.changes + 2]


async def test_a_worker_that_follows_a_renamed_project_waits_for_who_links_an_issue(both: Both) -> None:
    number = await both.office.propose()
    link = await both.office.link(await both.office.push(number, both.connection_id))
    await both.office.work(70)
    link, connection = await both.office.link(link.id), await both.office.connection(both.connection_id)
    key = both.ground.open("Signs to lane 4")
    found, begun = links.Found(both.ground.issue_id(key), key, ""), asyncio.Event()

    async def tie() -> None:
        async with both.office.database.writing() as session:
            await initiatives.by_key(session, number, for_change=True)
            begun.set()
            await asyncio.sleep(LONG_ENOUGH)
            ours = await connections.by_id(session, both.connection_id)
            await links.tie(session, number, ours, found, by=KIM)

    async with both.office.outside.opened(connection) as tracker:
        issue = await tracker.read(link.external_key or "")
        desk = both.office.worker._desk(connection, tracker, "a desk")
        tied = asyncio.create_task(tie())
        await begun.wait()
        renamed = replace(issue, key="airport/lanes#1", project=replace(issue.project, key="airport/lanes"))
        await whereabouts.rekey(desk, link, renamed)
        await tied

    assert (await both.office.connection(both.connection_id)).project == "airport/lanes"
    assert (await both.office.link(link.id)).external_key == "airport/lanes#1"
