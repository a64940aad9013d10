"""Issues are found though the index runs behind, pages shift and numbers have gaps."""

import datetime as dt

import pytest

from integrations.jira import searches
from integrations.writes import Edit
from tests.trackers.jira.sites import NOON, Jira, block
from tests.trackers.jira.test_issues import TASK, made


def filed(jira: Jira, count: int) -> list[str]:
    by = jira.person("tom")
    return [jira.site.create("GATE", by, "Task", summary=f"Queue at gate B{at}").key for at in range(count)]


async def test_what_changed_comes_page_by_page_and_each_once(jira: Jira, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "PAGE", 20)
    keys = filed(jira, 45)
    jira.clock.forward(minutes=30)

    pages = [[each.key for each in page] async for page in jira.tracker.changed(NOON)]

    assert len(pages) > 2
    assert [key for page in pages for key in page] == keys


async def test_what_did_not_change_since_does_not_come(jira: Jira) -> None:
    first, second = filed(jira, 2)
    jira.clock.forward(hours=1)
    jira.site.edit(second, jira.person("tom"), summary="Longer queue")

    pages = [[each.key for each in page] async for page in jira.tracker.changed(jira.clock())]

    assert pages == [[second]]
    assert first != second


async def test_an_issue_that_leaves_the_result_hides_no_other(
    data_center: Jira, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searches, "PAGE", 20)
    keys = filed(data_center, 45)
    seen: list[str] = []

    async for page in data_center.tracker.changed(NOON):
        seen += [each.key for each in page]
        if len(seen) == 20:
            data_center.site.move(keys[0], "SHOP", data_center.person("tom"))

    assert set(seen) == set(keys)


async def test_an_issue_is_found_by_its_marker_before_the_index_knows_it(jira: Jira) -> None:
    filed(jira, 3)
    after = await jira.tracker.newest()
    jira.site.index.lag = dt.timedelta(minutes=5)
    jira.site.switches.refusals_consume_a_key = True
    jira.site.projects[10_000].number += 7
    issue = await made(jira)
    assert [page async for page in jira.tracker.changed(NOON) if issue.key in {each.key for each in page}] == []

    found = await jira.tracker.find("m-12", NOON, after)

    assert after == "GATE-3"
    assert issue.key == "GATE-11"
    assert [each.id for each in found] == [issue.id]


async def test_in_a_project_without_issues_the_first_is_found_too(jira: Jira) -> None:
    jira.site.index.lag = dt.timedelta(minutes=5)
    assert await jira.tracker.newest() == ""
    issue = await made(jira)

    assert [each.id for each in await jira.tracker.find("m-12", NOON, "")] == [issue.id]


async def test_it_looks_on_while_there_are_further_keys(jira: Jira) -> None:
    jira.site.index.lag = dt.timedelta(minutes=5)
    filed(jira, 70)
    issue = await made(jira)

    assert [each.key for each in await jira.tracker.find("m-12", NOON, "GATE-1")] == [issue.key] == ["GATE-71"]


async def test_two_with_one_marker_are_both_found(jira: Jira) -> None:
    first, second = await made(jira), await made(jira)

    assert [each.id for each in await jira.tracker.find("m-12", NOON, "GATE-2")] == [first.id, second.id]
    assert await jira.tracker.find("m-13", NOON, "") == []


async def test_without_its_block_an_issue_is_found_by_its_property(jira: Jira) -> None:
    issue = await made(jira)
    jira.site.edit(issue.key, jira.person("tom"), description="Wiped by Tom")

    (found,) = await jira.tracker.find("m-12", NOON, "GATE-1")

    assert (found.id, found.marker, found.sections) == (issue.id, "m-12", None)


async def test_issues_are_searched_by_words_and_by_key(jira: Jira) -> None:
    filed(jira, 3)
    edit = Edit(title="Shorter queues at security", block=block(), type=TASK)
    await jira.tracker.send(jira.tracker.creation(edit, "m-12"))

    assert [each.key for each in await jira.tracker.search("secur")] == ["GATE-4"]
    assert [each.key for each in await jira.tracker.search("gate-2")] == ["GATE-2"]
    assert await jira.tracker.search("GATE-99") == []
    assert [each.key for each in await jira.tracker.search("")] == ["GATE-4", "GATE-3", "GATE-2", "GATE-1"]
    assert await jira.tracker.search('" OR project = SHOP OR summary ~ "') == []


async def test_the_newest_is_the_highest_number_not_the_last_letter(jira: Jira) -> None:
    filed(jira, 11)

    assert await jira.tracker.newest() == "GATE-11"
