"""Of two issues that Waymark made of one initiative, since a person had it made anew, one is closed, with one word."""

from dataclasses import replace
from typing import Any

import pytest

from backlog.trackers.answering import Answer
from backlog.trackers.link import LinkState, Question
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import answer, fail, fail_creation, linked
from tests.trackers.fake_jira.airport import SIMPLE
from tests.trackers.grounds import JiraGround
from tests.trackers.test_making_once import set_link

CLOSINGS = {
    "github": ("PATCH", r"/issues/1$"),
    "gitlab": ("PUT", r"/issues/1$"),
    "jira-cloud": ("POST", r"/transitions$"),
    "jira-dc": ("POST", r"/transitions$"),
}
"""What closes the first issue."""
WORDS = {"github": r"/comments$", "gitlab": r"/notes$", "jira-cloud": r"/comment$", "jira-dc": r"/comment$"}
"""Paths to which comments are POSTed."""


async def made_twice(both: Both) -> tuple[int, str]:
    """The link, and the issue that is one too many."""
    let_close(both)
    both.ground.lag(30)
    fail_creation(both, "drop", "after", times=1)
    link_id = await both.office.push(await both.office.propose(), both.connection_id)
    await both.office.work()
    (first,) = both.ground.keys()
    await set_link(both, link_id, question=Question.STILL_UNKNOWN, state=LinkState.PARKED)
    await answer(both, link_id, Answer.ANEW)
    await both.office.work()
    return link_id, first


def let_close(both: Both) -> None:
    """A workflow that asks for nothing."""
    if isinstance(both.ground, JiraGround):
        for project in both.ground.site.projects.values():
            project.types = tuple(replace(each, workflow=SIMPLE) for each in project.types)


def fail_closing(both: Both, kind: Any, when: Any = "before", **more: Any) -> None:
    method, path = CLOSINGS[both.ground.kind]
    fail(both, kind, when, method=method, path=path, **more)


async def test_a_double_that_cannot_be_closed_is_asked_about_and_the_sweep_ends(both: Both) -> None:
    link_id, first = await made_twice(both)
    fail_closing(both, "status", status=500)

    await both.office.work(1200, step=60)

    link, connection = await both.office.link(link_id), await both.office.connection(both.connection_id)
    assert (link.question, both.ground.is_closed(first)) == (Question.DOUBLED, False)
    assert both.ground.comments(first) == []
    assert connection.swept_to is not None
    assert (both.office.now - connection.swept_to).total_seconds() < 600
    assert connection.troubles == 0


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_double_is_closed_with_one_word_though_its_answer_is_lost(both: Both, when: str) -> None:
    link_id, first = await made_twice(both)
    fail(both, "drop", when, method="POST", path=WORDS[both.ground.kind], times=1)

    await both.office.work(1200, step=60)

    assert both.ground.is_closed(first)
    (word,) = both.ground.comments(first)
    assert "twice by mistake" in word
    assert (await both.office.link(link_id)).state is LinkState.IN_STEP
    assert (await both.office.connection(both.connection_id)).troubles == 0


async def test_a_double_is_closed_once_the_tracker_takes_requests_again(both: Both) -> None:
    link_id, first = await made_twice(both)
    fail_closing(both, "rate_limited", status=429, headers={"Retry-After": "60"}, times=1)

    await both.office.work(1200, step=60)

    link = await both.office.link(link_id)
    assert (link.state, link.question, both.ground.is_closed(first)) == (LinkState.IN_STEP, None, True)


async def test_one_that_cannot_be_read_just_now_keeps_nothing_else_from_being_found(both: Both) -> None:
    link_id, _ = await made_twice(both)
    other = await linked(both, "Signs that lead to the gates")
    kept = await both.office.link(link_id)
    fail(both, "status", method="GET", path=rf"/issues?/({kept.external_id}|2)$", status=500)
    both.ground.retitle(other.key, "Signs that lead to the trains")

    await both.office.work(1200, step=60)

    connection = await both.office.connection(both.connection_id)
    assert (await both.office.initiative(other.number)).title == "Signs that lead to the trains"
    assert connection.swept_to is not None
    assert (both.office.now - connection.swept_to).total_seconds() < 600
