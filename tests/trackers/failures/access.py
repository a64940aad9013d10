"""Rows 9 to 12: what may not be seen or is not where it was. Nothing is let go of, and nothing made anew, by itself."""

from backlog.trackers.answering import Answer
from backlog.trackers.connections import ConnectionState
from backlog.trackers.link import LinkState, Question
from tests.trackers.conftest import Both
from tests.trackers.failures.rows import row
from tests.trackers.failures.steps import (
    answer,
    creations,
    fail,
    github_of,
    in_step,
    jira_of,
    linked,
    seen,
    set_connection,
    state_of,
)  # fmt: skip
from tests.trackers.grounds import JiraGround

UNAUTHORIZED = b'{"message": "Bad credentials"}'


async def stopped(both: Both) -> bool:
    found = await both.office.connection(both.connection_id)
    return found.state is ConnectionState.STOPPED and found.problem is not None


@row(9, "token expired or revoked", "stopped at once, hardly asked again, all of it goes on with a good token")
async def unauthorized(both: Both) -> None:
    tied = await linked(both)
    fail(both, "status", status=401, body=UNAUTHORIZED)
    before = seen(both)

    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(3600, step=300)

    assert await stopped(both)
    assert seen(both) - before <= 12
    assert (await both.office.link(tied.link_id)).due_at is not None

    both.ground.faults.clear()
    await both.office.work(3700, step=300)

    assert both.ground.title(tied.key) == "Queues under ten minutes"
    await in_step(both, tied)


@row(
    10, "nothing of the project can be seen any more", "the connection stops and says so; no link is taken for deleted"
)
async def no_access(both: Both) -> None:
    tied = await linked(both)
    fail(both, "status", status=404, body=b'{"message": "Not Found", "errorMessages": ["Not Found"]}')

    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(1200, step=100)
    link = await both.office.link(tied.link_id)

    assert await stopped(both)
    assert (link.question, link.external_key) == (None, tied.key)

    both.ground.faults.clear()
    await both.office.work(3700, step=300)

    assert both.ground.title(tied.key) == "Queues under ten minutes"


@row(10, "one issue may not be read", "it alone waits and is looked at again; the others go on")
async def one_hidden(both: Both) -> None:
    first, second = await linked(both), await linked(both, "Signs that people read")
    number = first.issue_id if isinstance(both.ground, JiraGround) else first.key.rpartition("#")[2]
    fail(both, "status", status=403, path=f"/issues?/{number}$", body=b'{"message": "Forbidden"}')

    await both.office.change(first.number, title="Queues under ten minutes")
    await both.office.change(second.number, title="Signs in four languages")
    await both.office.work(30)

    assert both.ground.title(second.key) == "Signs in four languages"
    assert await state_of(both, first) == (LinkState.PARKED, Question.NO_ACCESS)
    assert not await stopped(both)

    both.ground.faults.clear()
    await both.office.work(3700, step=300)

    assert both.ground.title(first.key) == "Queues under ten minutes"


@row(11, "deleted", "asked about; made anew only when a person says so")
async def deleted(both: Both) -> None:
    tied = await linked(both)
    both.ground.delete(tied.key)
    await both.office.change(tied.number, title="Queues under ten minutes")

    await both.office.work(7200, step=600)

    assert await state_of(both, tied) == (LinkState.PARKED, Question.DELETED)
    assert (both.ground.keys(), len(creations(both))) == ([], 1)

    await answer(both, tied.link_id, Answer.ANEW)
    await both.office.work(10)

    await in_step(both, tied)
    assert [both.ground.title(key) for key in both.ground.keys()]  # noqa: SIM118 - a method of the ground == ["Queues under ten minutes"]


@row(11, "not found once", "a hiccup of the tracker is not a deletion")
async def hiccup(both: Both) -> None:
    tied = await linked(both)
    number = tied.issue_id if isinstance(both.ground, JiraGround) else tied.key.rpartition("#")[2]
    fail(both, "status", status=404, path=f"/issues?/{number}$", times=1, body=b'{"message": "Not Found"}')

    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(5)
    state = await state_of(both, tied)
    await both.office.work(30)

    assert state == (LinkState.IN_STEP, None)
    assert both.ground.title(tied.key) == "Queues under ten minutes"


@row(12, "moved to another project", "asked about; followed when a person says so")
async def moved(both: Both) -> None:
    tied = await linked(both)
    key = both.ground.move(tied.key)
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(120, step=20)

    assert await state_of(both, tied) == (LinkState.PARKED, Question.MOVED)
    assert both.ground.title(key) == "Shorter queues at security"

    await answer(both, tied.link_id, Answer.FOLLOW)
    await both.office.work(120, step=20)

    link = await both.office.link(tied.link_id)
    assert (link.state, link.external_key) == (LinkState.IN_STEP, key), (link.last_error, link.detail)
    assert both.ground.title(key) == "Queues under ten minutes"


@row(
    12,
    "project renamed",
    "rekeyed without a word, and the connection goes by its new name",
    gitlab="its paths are those of the group: see moved",
)
async def renamed(both: Both) -> None:
    tied = await linked(both)
    if both.ground.kind == "github":
        github_of(both).repository.rename("passenger-care")
    else:
        jira_of(both).site.rename_project_key("GATE", "CARE")
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(120, step=20)

    link = await both.office.link(tied.link_id)
    assert (link.state, link.question) == (LinkState.IN_STEP, None), (link.last_error, link.detail)
    assert link.external_key != tied.key
    assert both.ground.title(str(link.external_key)) == "Queues under ten minutes"
    project = (await both.office.connection(both.connection_id)).project
    assert project in ("CARE", "aurora-airport/passenger-care")


@row(12, "another project got the name of ours", "nothing is made in it, and the connection says so")
async def another(both: Both) -> None:
    await linked(both)
    own = (await both.office.connection(both.connection_id)).project_id
    await set_connection(both, project_id="90001")
    before = creations(both)

    link_id = await both.office.push(await both.office.propose("Signs in four languages"), both.connection_id)
    await both.office.work(400, step=20)
    connection = await both.office.connection(both.connection_id)

    assert connection.state is ConnectionState.STOPPED
    assert connection.problem is not None
    assert str(connection.problem).startswith("Another project stands under the name")
    assert creations(both) == before

    await set_connection(both, project_id=own)
    await both.office.work(4000, step=200)
    assert (await both.office.link(link_id)).state is LinkState.IN_STEP


@row(12, "moved, and not said where to", "that one is asked about; the others go on",
     gitlab="it names the new place", jira_cloud="it answers by the id", jira_dc="it answers by the id")  # fmt: skip
async def moved_nowhere(both: Both) -> None:
    first, second = await linked(both), await linked(both, "Signs that people read")
    github_of(both).repository.blank_location = True
    both.ground.move(first.key)
    await both.office.change(first.number, title="Queues under ten minutes")
    await both.office.change(second.number, title="Signs in four languages")
    await both.office.work(60)

    assert await state_of(both, first) == (LinkState.PARKED, Question.NO_ACCESS)
    assert both.ground.title(second.key) == "Signs in four languages"
    assert not await stopped(both)
