"""What the rows have in common: a linked initiative, requests that were seen, deliveries that came in."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import update

from backlog import history
from backlog.initiatives import initiatives
from backlog.initiatives.stages import Stage
from backlog.trackers import answering, conflicts, connections, hooks, links, turns, undelivered
from backlog.trackers.answering import Answer
from backlog.trackers.conflicts import Side
from backlog.trackers.connections import Connection
from backlog.trackers.link import LinkState
from integrations.engine.working import Worker
from tests.trackers.conftest import Both
from tests.trackers.connection import Exchange
from tests.trackers.faults import Fault
from tests.trackers.grounds import GitHubGround, JiraGround
from tests.trackers.office import KIM
from web.speech import voice

CREATIONS = {"github": r"/issues$", "gitlab": r"/issues$", "jira-cloud": r"/issue$", "jira-dc": r"/issue$"}
"""Paths to which new issues are POSTed."""
CHANGES = {
    "github": ("PATCH", r"/issues/\d+$"),
    "gitlab": ("PUT", r"/issues/\d+$"),
    "jira-cloud": ("PUT", r"/issue/"),
    "jira-dc": ("PUT", r"/issue/"),
}
"""What changes the fields of an issue."""


@dataclass(frozen=True)
class Tied:
    """An initiative and its issue."""

    number: int
    link_id: int
    key: str
    issue_id: str


async def linked(both: Both, title: str = "Shorter queues at security", **words: Any) -> Tied:
    """In step, and a minute old."""
    number = await both.office.propose(title, **words)
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(60, step=20)
    link = await both.office.link(link_id)
    assert link.state is LinkState.IN_STEP, (link.last_error, link.detail)
    assert link.external_key
    return Tied(number, link_id, link.external_key, both.ground.issue_id(link.external_key))


def fail(both: Both, kind: Any, when: Any = "before", **more: Any) -> None:
    both.ground.faults.add(Fault(kind, when, **more))


def fail_creation(both: Both, kind: Any, when: Any = "before", **more: Any) -> None:
    fail(both, kind, when, method="POST", path=CREATIONS[both.ground.kind], **more)


def fail_change(both: Both, kind: Any, when: Any = "before", **more: Any) -> None:
    method, path = CHANGES[both.ground.kind]
    fail(both, kind, when, method=method, path=path, **more)


def creations(both: Both) -> list[Exchange]:
    """Requests that made an issue, answered or not."""
    path = CREATIONS[both.ground.kind].rstrip("$")
    return [
        each
        for each in both.ground.server.exchanges
        if each.method == "POST" and each.path.endswith(path) and each.effect is not None and each.effect.status == 201
    ]


def writes(both: Both, since: int = 0) -> list[Exchange]:
    """Requests from the given one on that change something; searches are POSTs too."""
    asked = both.ground.server.exchanges[since:]
    reading = ("/search/jql", "/search", "/bulkfetch", "/graphql", "/oauth/token")
    return [each for each in asked if each.method != "GET" and not each.path.endswith(reading)]


def seen(both: Both) -> int:
    return len(both.ground.server.exchanges)


def fresh(both: Both) -> Worker:
    """One more worker of the same product."""
    return Worker(both.office.outside, voice, both.office.worker.address)


async def stage(both: Both, number: int, to: Stage) -> None:
    """The initiative is moved here, whatever it lacks for that."""
    async with both.office.database.writing() as session:
        found = await initiatives.by_key(session, number, for_change=True)
        found.stage = to
        history.record(session, KIM, "moved", "initiative", number)


async def told(both: Both, tied: Tied, delivery: str = "", times: int = 1) -> list[bool]:
    """A webhook about the issue came in; whether it was new."""
    answers = []
    for _ in range(times):
        async with both.office.database.writing() as session:
            answers.append(await hooks.receive(
                session, both.connection_id, delivery=delivery or str(uuid4()), event="issue changed",
                issue_id=tied.issue_id, issue_key=tied.key, marker=None, sender="mara",
            ))  # fmt: skip
    return answers


async def decide(both: Both, side: Side) -> None:
    """The one conflict that waits."""
    async with both.office.database.writing() as session:
        (waiting,) = [each for each in await both.office.conflicts() if each.decision is None]
        await conflicts.decide(session, await conflicts.by_id(session, waiting.id, for_change=True), side, by=KIM)


async def answer(both: Both, link_id: int, given: Answer) -> None:
    async with both.office.database.writing() as session:
        await answering.answer(session, await links.by_id(session, link_id, for_change=True), given, by=KIM)


async def retry(both: Both, link_id: int) -> None:
    """Everything of the link that could not be delivered."""
    async with both.office.database.writing() as session:
        for each in await both.office.undelivered(link_id):
            item = await undelivered.by_id(session, each.id, for_change=True)
            await undelivered.retry(session, item, by=KIM)


async def set_connection(both: Both, **values: Any) -> None:
    async with both.office.database.writing() as session:
        await session.execute(update(Connection).where(Connection.id == both.connection_id).values(values))


async def map_anew(both: Both, **fields: Any) -> None:
    """The same mapping but for these fields."""
    async with both.office.database.writing() as session:
        found = await connections.by_id(session, both.connection_id, for_change=True)
        mapping = replace_fields(found, fields)
        await connections.map_fields(session, found, mapping, by=KIM)
        await turns.ask_all(session, found.id)


def replace_fields(connection: Connection, fields: dict[str, Any]) -> Any:
    maps = connection.maps
    return type(maps)(**{name: getattr(maps, name) for name in maps.__struct_fields__} | fields)


def github_of(both: Both) -> GitHubGround:
    assert isinstance(both.ground, GitHubGround)
    return both.ground


def jira_of(both: Both) -> JiraGround:
    assert isinstance(both.ground, JiraGround)
    return both.ground


async def waits(both: Both) -> float:
    """Seconds until the connection is worked at again; 0 when it does not wait."""
    until = (await both.office.connection(both.connection_id)).waits_until
    return 0.0 if until is None else (until - both.office.now).total_seconds()


async def in_step(both: Both, *tied: Tied) -> None:
    for each in tied:
        link = await both.office.link(each.link_id)
        assert link.state is LinkState.IN_STEP, (link.last_error, link.detail)


async def state_of(both: Both, tied: Tied) -> tuple[LinkState, Any]:
    link = await both.office.link(tied.link_id)
    return link.state, link.question


def later(both: Both, **by: float) -> None:
    both.office.now += dt.timedelta(**by)
