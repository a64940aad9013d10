"""Where the issue of a link is: what stands under its key is not always the one that was linked."""

import dataclasses

import pytest

from backlog.trackers.link import LinkState, Question
from integrations.demo_tracker.issues import Issue
from tests.trackers.conftest import Both
from tests.trackers.grounds import GitHubGround
from tests.trackers.test_syncing import linked


@pytest.mark.parametrize("place", [("github", "sqlite")], indirect=True)
async def test_another_issue_under_the_same_key_is_neither_read_nor_written(both: Both) -> None:
    assert isinstance(both.ground, GitHubGround)
    number = await both.office.propose()
    key = await linked(both, number)
    repository = both.ground.repository
    stranger = repository.open_issue("Somebody else's issue", by=repository.person("mara-delivery"), body="private")
    records: dict[int, Issue] = repository.records.issues
    records[1], records[1].number = stranger, 1

    await both.office.change(number, title="Queues under ten minutes")
    await both.office.work(120)

    (link,) = [await both.office.link(1)]
    assert (link.state, link.question) == (LinkState.PARKED, Question.MOVED)
    assert (both.ground.title(key), both.ground.text(key)) == ("Somebody else's issue", "private")
    assert (await both.office.initiative(number)).title == "Queues under ten minutes"


@pytest.mark.parametrize("url", ["javascript:alert(1)//", "data:text/html,x", "https://tracker.example/" + "x" * 1000])
@pytest.mark.parametrize("place", [("github", "sqlite")], indirect=True)
async def test_people_are_led_to_no_address_that_is_none_of_the_web(both: Both, url: str) -> None:
    await linked(both, await both.office.propose())
    connection = await both.office.connection(both.connection_id)

    async with both.office.outside.opened(connection) as tracker:
        issue = await tracker.read(both.ground.keys()[0])

    assert issue.url.startswith("http://")
    assert not dataclasses.replace(issue, url=url).url
