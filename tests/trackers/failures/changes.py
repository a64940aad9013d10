"""Rows 13 to 18 and 25: fields that are refused, dropped, changed on both sides or written in another way."""

import asyncio
import json

from backlog.initiatives.stages import Stage
from backlog.trackers.conflicts import Side
from backlog.trackers.fields import Field
from backlog.trackers.link import LinkState, Question
from tests.trackers.conftest import Both
from tests.trackers.failures.rows import row
from tests.trackers.failures.steps import (
    decide,
    fail,
    fail_change,
    github_of,
    in_step,
    jira_of,
    linked,
    retry,
    seen,
    stage,
    state_of,
    told,
    writes,
)  # fmt: skip
from tests.trackers.grounds import JiraGround

REFUSED = {
    "github": {"message": "Validation Failed", "errors": [{"resource": "Issue", "field": "title", "code": "invalid"}]},
    "gitlab": {"message": {"title": ["is invalid"]}},
    "jira-cloud": {"errorMessages": [], "errors": {"summary": "is invalid"}},
    "jira-dc": {"errorMessages": [], "errors": {"summary": "is invalid"}},
}
WAYS_OPEN = "opening and closing is always possible"


@row(13, "one field is refused", "the rest is sent, what was refused waits with its reason, and is not tried by itself")
async def refused(both: Both) -> None:
    tied = await linked(both)
    status = 422 if both.ground.kind == "github" else 400
    fail_change(both, "status", status=status, body=json.dumps(REFUSED[both.ground.kind]).encode(), times=1)

    await both.office.change(tied.number, title="Queues under ten minutes", problem="Passengers wait 50 minutes.")
    await both.office.work(600, step=120)

    (item,) = await both.office.undelivered(tied.link_id)
    assert (item.field, item.value, item.tries) == (Field.TITLE, "Queues under ten minutes", 1)
    assert "valid" in item.detail + str(item.reason)
    assert "50 minutes" in both.ground.text(tied.key)
    assert both.ground.title(tied.key) == "Shorter queues at security"
    assert (await state_of(both, tied))[0] is LinkState.FAILED

    await retry(both, tied.link_id)
    await both.office.work()

    assert both.ground.title(tied.key) == "Queues under ten minutes"
    await in_step(both, tied)


@row(13, "what was refused is not wanted any more", "it waits for nobody")
async def refused_and_withdrawn(both: Both) -> None:
    tied = await linked(both)
    status = 422 if both.ground.kind == "github" else 400
    fail_change(both, "status", status=status, body=json.dumps(REFUSED[both.ground.kind]).encode(), times=1)
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work()
    assert (await state_of(both, tied))[0] is LinkState.FAILED

    await both.office.change(tied.number, title="Shorter queues at security")
    await both.office.work()

    assert await both.office.undelivered(tied.link_id) == []
    await in_step(both, tied)


@row(14, "labels left out without a word", "seen in what comes back, and told",
     gitlab="it refuses what it does not take", jira_cloud="it refuses what it does not take",
     jira_dc="it refuses what it does not take")  # fmt: skip
async def dropped(both: Both) -> None:
    github_of(both).repository.push_access = False
    fail(both, "status", status=200, method="POST", path=r"/labels$", body=b"[]")
    number = await both.office.propose()
    link_id = await both.office.push(number, both.connection_id)

    await both.office.work(60, step=20)

    (item,) = await both.office.undelivered(link_id)
    assert (item.field, item.dropped, item.tries) == (Field.LABELS, True, 1)
    assert (await both.office.link(link_id)).external_key


@row(15, "no way to the status, or it asks for more", "said once with what it needs; the rest goes on; tried when decided",
     github=WAYS_OPEN, gitlab=WAYS_OPEN)  # fmt: skip
async def unreachable(both: Both) -> None:
    tied = await linked(both)
    await stage(both, tied.number, Stage.MEASURING)
    await both.office.change(tied.number, title="Queues under ten minutes")
    before = seen(both)
    await both.office.work(600, step=120)

    (item,) = await both.office.undelivered(tied.link_id)
    assert (item.field, item.tries) == (Field.STAGE, 1)
    assert both.ground.title(tied.key) == "Queues under ten minutes"
    assert len(writes(both, before)) == 1

    both.ground.start(tied.key)
    jira_of(both).site.type_of(jira_of(both).site.issue(tied.key))
    await told(both, tied)
    await both.office.work()
    await decide(both, Side.OURS)
    await both.office.work(5)

    (item,) = await both.office.undelivered(tied.link_id)
    assert item.tries == 2
    assert "esolution" in f"{item.reason} {item.detail}"


@row(15, "our side cannot follow their status", "it waits with its reason, and is over when they take it back")
async def cannot_follow(both: Both) -> None:
    tied = await linked(both)
    both.ground.close(tied.key)
    await told(both, tied)
    await both.office.work()

    (item,) = await both.office.undelivered(tied.link_id)
    assert (item.field, item.inward) == (Field.STAGE, True)
    assert both.ground.is_closed(tied.key)

    reopen(both, tied.key)
    await told(both, tied)
    await both.office.work()

    assert await both.office.undelivered(tied.link_id) == []
    await in_step(both, tied)


def reopen(both: Both, key: str) -> None:
    if isinstance(both.ground, JiraGround):
        both.ground.site.transition(key, "Backlog", both.ground._tom)
    elif both.ground.kind == "github":
        github = github_of(both)
        github.repository.reopen(int(key.rpartition("#")[2]), by=github.repository.host.people()[1])
    else:
        place, issue = both.ground._found(key)  # type: ignore[attr-defined] # GitLab's
        both.ground.host.edit(place, issue, issue.author, state_event="reopen")  # type: ignore[attr-defined] # GitLab's


@row(16, "both sides changed one field", "nothing is overwritten before a person decides; other fields go on")
async def both_changed(both: Both) -> None:
    tied = await linked(both)
    both.ground.retitle(tied.key, "Theirs")
    await both.office.change(tied.number, title="Ours", problem="Passengers wait 50 minutes.")
    await both.office.work(600, step=120)

    (conflict,) = await both.office.conflicts()
    assert (conflict.ours, conflict.theirs) == ("Ours", "Theirs")
    assert (both.ground.title(tied.key), (await both.office.initiative(tied.number)).title) == ("Theirs", "Ours")
    assert "50 minutes" in both.ground.text(tied.key)

    await decide(both, Side.OURS)
    await both.office.work()

    assert both.ground.title(tied.key) == "Ours"
    await in_step(both, tied)


@row(16, "the same conflict comes back later", "a decision holds for what was decided, not for ever")
async def decided_once(both: Both) -> None:
    tied = await linked(both)
    both.ground.retitle(tied.key, "Theirs")
    await both.office.change(tied.number, title="Ours")
    await both.office.work()
    await decide(both, Side.OURS)
    await both.office.work(120, step=60)

    both.ground.retitle(tied.key, "Theirs")
    await both.office.change(tied.number, title="Ours again")
    await both.office.work()

    assert [each.decision for each in await both.office.conflicts()] == [Side.OURS, None]
    assert both.ground.title(tied.key) == "Theirs"


@row(16, "somebody edits the issue between our write and our look at it", "taken in, not taken for our own words")
async def edited_in_between(both: Both) -> None:
    tied = await linked(both)
    await both.office.change(tied.number, title="Queues under ten minutes")
    fail_change(both, "latency", "after", seconds=0.3, times=1)
    before = seen(both)
    work = asyncio.create_task(both.office.worker.finish())
    while not writes(both, before):  # noqa: ASYNC110 - a server in this loop
        await asyncio.sleep(0.01)
    both.ground.retitle(tied.key, "Queues under ten minutes, says Mara")
    await work
    await both.office.work(10)

    assert both.ground.title(tied.key) == "Queues under ten minutes, says Mara"
    assert (await both.office.initiative(tied.number)).title == "Queues under ten minutes, says Mara"


@row(16, "somebody here edits while a worker is at the link", "it is looked at once more")
async def edited_while_working(both: Both) -> None:
    tied = await linked(both)
    await both.office.change(tied.number, title="Queues under ten minutes")
    fail_change(both, "latency", "after", seconds=0.3, times=1)
    before = seen(both)
    work = asyncio.create_task(both.office.worker.finish())
    while not writes(both, before):  # noqa: ASYNC110 - a server in this loop
        await asyncio.sleep(0.01)
    await both.office.change(tied.number, title="Queues under five minutes")
    await work
    await both.office.work(10)

    assert both.ground.title(tied.key) == "Queues under five minutes"
    assert await both.office.conflicts() == []


@row(17, "echo of what we wrote", "read again, and nothing else happens")
async def echo(both: Both) -> None:
    tied = await linked(both)
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work()
    before, changed = seen(both), (await both.office.initiative(tied.number)).version
    await told(both, tied, times=3)
    await both.office.work(60, step=20)

    assert writes(both, before) == []
    assert (await both.office.initiative(tied.number)).version == changed
    await in_step(both, tied)


@row(18, "texts in another notation, blanks, letter case of labels", "no round trip causes a write")
async def normalised(both: Both) -> None:
    problem = (
        "* wait **long**  \n* stand\n\n1) first\n2) then `code`\n\n> said\n\n[a map](https://airport.example/map)\n\n"
    )
    tied = await linked(both, "  Shorter   queues  ", problem=problem)
    before = seen(both)

    both.ground.label(tied.key, "Security")
    for _ in range(3):
        await told(both, tied)
        await both.office.work(120, step=60)

    assert writes(both, before) == []
    await in_step(both, tied)


@row(
    25,
    "one issue that always fails",
    "others go on, it is tried less and less, then waits for a person, and loses nothing",
)
async def poison(both: Both) -> None:
    bad, good = await linked(both), await linked(both, "Signs that people read")
    number = bad.issue_id if isinstance(both.ground, JiraGround) else bad.key.rpartition("#")[2]
    fail(both, "status", method="PATCH" if both.ground.kind == "github" else "PUT", path=f"/issues?/{number}$",
         status=500)  # fmt: skip
    await both.office.change(bad.number, title="Queues under ten minutes")
    await both.office.change(bad.number, title="Queues under five minutes")
    await both.office.change(good.number, title="Signs in four languages")
    before = seen(both)

    await both.office.work(120, step=15)
    assert both.ground.title(good.key) == "Signs in four languages"
    await both.office.work(8 * 3600, step=900)

    assert await state_of(both, bad) == (LinkState.PARKED, Question.TRIES)
    tried = [each for each in writes(both, before) if each.fault]
    assert 18 <= len(tried) <= 24
    await in_step(both, good)

    both.ground.faults.clear()
    async with both.office.database.writing() as session:
        row = await session.get_one(type(await both.office.link(bad.link_id)), bad.link_id)
        row.retry()
    await both.office.work()

    assert both.ground.title(bad.key) == "Queues under five minutes"
    await in_step(both, bad)
