"""Both sides edited at random while the network fails and workers are killed: in the end both say the same, nothing
is there twice, and nothing anybody entered is lost.

CONVERGING_RUNS and CONVERGING_STEPS make it longer, CONVERGING_SEED repeats one run: CONVERGING_RUNS=1 with its number.
"""

import asyncio
import datetime as dt
import json
import os
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import select

from backlog.history import Event
from backlog.trackers.answering import Answer
from backlog.trackers.conflicts import Disagreement, Side, by_id
from backlog.trackers.conflicts import decide as settle
from backlog.trackers.link import LinkState, Question
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import Tied as Issue
from tests.trackers.failures.steps import (
    answer,
    fail,
    fail_creation,
    fresh,
    retry,
    seen,
    set_connection,
    told,
    writes,
)  # fmt: skip
from tests.trackers.fake_gitlab import airport as gitlab_airport
from tests.trackers.grounds import GitHubGround, JiraGround
from tests.trackers.office import KIM

RUNS = int(os.environ.get("CONVERGING_RUNS", "12"))
STEPS = int(os.environ.get("CONVERGING_STEPS", "30"))
SEED = int(os.environ.get("CONVERGING_SEED", "1"))
PROBLEM = re.compile(r"Passengers wait \d+ minutes")
FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("drop", {}), ("reset", {}), ("cut", {}), ("html", {}), ("latency", {"seconds": 0.01}), ("bad_json", {}),
    ("status", {"status": 500}), ("status", {"status": 503}), ("rate_limited", {"headers": {"Retry-After": "7"}}),
]  # fmt: skip


@dataclass
class Run:
    """One initiative and its issue. ``log``: what was done, to be read when it fails. ``live``: what people there
    entered last, by field; ``kept``: what somebody entered and only Waymark can have replaced."""

    both: Both
    seed: int
    number: int
    link_id: int
    before: frozenset[str]
    random: Random = field(init=False)
    log: list[str] = field(default_factory=list)
    live: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    ours: list[str] = field(default_factory=list)
    theirs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def next(self) -> int:
        self.count += 1
        return self.seed * 1000 + self.count

    @property
    def keys(self) -> list[str]:
        """Of every issue made for it."""
        return [each for each in self.both.ground.keys() if each not in self.before]  # noqa: SIM118 - a method of the ground

    @property
    def key(self) -> str:
        return self.keys[0] if self.keys else ""

    async def step(self) -> None:
        here = [self.our_title, self.our_problem, self.our_comment]
        there = [self.their_title, self.their_problem, self.their_comment, self.their_text, self.their_label]
        around = [
            self.hook,
            self.fault,
            self.fault,
            self.fault,
            self.lag,
            self.kill,
            self.kill,
            self.restart,
            self.decide,
        ]
        steps: list[Callable[[], Awaitable[None]]] = [*here, *(there if self.key else []), *around, *[self.work] * 5]
        chosen = self.random.choice(steps)
        self.log.append(chosen.__name__)
        await chosen()

    async def our_title(self) -> None:
        await self.both.office.change(self.number, title=self.entered(f"Queue {self.next()} here"))

    async def our_problem(self) -> None:
        await self.both.office.change(self.number, problem=self.entered(f"Passengers wait {self.next()} minutes") + ".")

    def entered(self, value: str) -> str:
        self.kept.add(value)
        return value

    async def our_comment(self) -> None:
        self.ours.append(f"Comment {self.next()} here")
        await self.both.office.comment(self.number, self.ours[-1])

    async def their_title(self) -> None:
        self.replaced("title", self.both.ground.title(self.key), f"Queue {self.next()} there")
        self.both.ground.retitle(self.key, self.live["title"])

    async def their_problem(self) -> None:
        said = PROBLEM.search(self.both.ground.text(self.key))
        if said is not None:
            self.replaced("problem", said[0], f"Passengers wait {self.next()} minutes")
            rewrite(self.both, self.key, said[0], self.live["problem"])

    def replaced(self, name: str, now: str, value: str) -> None:
        """What they replace themselves only their tracker knows."""
        if self.live.get(name) == now:
            self.kept.discard(now)
        self.live[name] = value
        self.kept.add(value)

    async def their_comment(self) -> None:
        self.theirs.append(f"Comment {self.next()} there")
        self.both.ground.comment(self.key, self.theirs[-1])

    async def their_text(self) -> None:
        self.notes.append(f"Note {self.next()} of Mara")
        self.both.ground.add_text(self.key, self.notes[-1])

    async def their_label(self) -> None:
        self.labels.append(f"people-{self.next()}")
        self.both.ground.label(self.key, self.labels[-1])

    async def hook(self) -> None:
        if self.key:
            tied = Issue(self.number, self.link_id, self.key, self.both.ground.issue_id(self.key))
            await told(self.both, tied, str(self.random.randrange(5)), times=self.random.randint(1, 2))

    async def fault(self) -> None:
        kind, more = self.random.choice(FAULTS)
        self.log[-1] += f" {kind}"
        method = self.random.choice([None, None, "POST", "PUT", "PATCH"])
        when = (
            "before" if kind == "rate_limited" else self.random.choice(["before", "after"])
        )  # it is never carried out
        fail(self.both, kind, when, method=method, times=1, **more)

    async def lag(self) -> None:
        self.both.ground.lag(self.random.choice([0, 5, 45]))

    async def kill(self) -> None:
        """A worker that leaves its lease behind."""
        office = self.both.office
        work = asyncio.create_task(office.worker.finish())
        await asyncio.sleep(self.random.random() * 0.06)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await set_connection(self.both, worked_by="killed", worked_until=office.now + dt.timedelta(seconds=45))
        await self.restart()

    async def together(self) -> None:
        """Somebody here edits while a worker is at it. For what people there do in that moment no tracker has a way."""
        work = asyncio.create_task(self.both.office.worker.finish())
        await asyncio.sleep(self.random.random() * 0.06)
        await self.random.choice([self.our_title, self.our_problem, self.our_comment])()
        await work

    async def restart(self) -> None:
        office = self.both.office
        await office.worker.close()
        office.worker = fresh(self.both)

    async def decide(self) -> None:
        for each in await self.both.office.conflicts():
            if each.decision is None:
                await decided(self.both, each, self.random.choice(list(Side)))

    async def work(self) -> None:
        await self.both.office.work(self.random.choice([0, 3, 10, 40]), step=10)

    async def end(self) -> None:
        """Faults are over, time passes, and people decide what they are asked."""
        self.both.ground.faults.clear()
        self.both.ground.lag(0)
        for _ in range(6):
            await self.both.office.work(400, step=80)
            link = await self.both.office.link(self.link_id)
            if link.question is Question.STILL_UNKNOWN:
                await answer(self.both, self.link_id, Answer.RETRY if self.keys else Answer.ANEW)
            elif link.question is Question.TRIES:
                await answer(self.both, self.link_id, Answer.RETRY)
            elif link.state is LinkState.IN_STEP:
                return
            await self.decide()
            await retry(self.both, self.link_id)

    async def check(self) -> None:
        office, ground = self.both.office, self.both.ground
        link, initiative = await office.link(self.link_id), await office.initiative(self.number)
        told = f"seed {self.seed}: {self.log}"
        assert link.state is LinkState.IN_STEP, (link.question, link.last_error, link.detail, told)
        assert self.keys == [link.external_key], told
        problem = PROBLEM.search(ground.text(self.key))
        assert problem is not None
        assert (ground.title(self.key), f"{problem[0]}.") == (initiative.title, initiative.problem), told
        here, there = [each.text for each in await office.comments(self.number)], ground.comments(self.key)
        assert sorted(here) == sorted([*self.ours, *self.theirs]), told
        assert [sum(said in each for each in there) for said in self.ours] == [1] * len(self.ours), told
        assert len(there) == len(self.ours) + len(self.theirs), told
        assert [note for note in self.notes if note not in ground.text(self.key)] == [], told
        assert set(self.labels) <= ground.labels(self.key), told
        known = await everything(self.both) + ground.title(self.key) + ground.text(self.key)
        assert [value for value in self.kept if value not in known] == [], told


async def decided(both: Both, conflict: Disagreement, side: Side) -> None:
    async with both.office.database.writing() as session:
        await settle(session, await by_id(session, conflict.id, for_change=True), side, by=KIM)


async def everything(both: Both) -> str:
    """The whole history and every conflict, as one text."""
    async with both.office.database.reading() as session:
        events = [each.changes for each in await session.scalars(select(Event))]
        conflicts = [[each.base, each.ours, each.theirs] for each in await session.scalars(select(Disagreement))]
    return json.dumps([events, conflicts], ensure_ascii=False)


def rewrite(both: Both, key: str, old: str, new: str) -> None:
    """Somebody changes words inside our part of the description."""
    ground: Any = both.ground
    if isinstance(ground, GitHubGround):
        by = ground.repository.host.accounts["mara"]
        ground.repository.edit(int(key.rpartition("#")[2]), by=by, body=ground.text(key).replace(old, new, 1))
    elif isinstance(ground, JiraGround):
        text = ground.text(key).replace(old, new, 1)
        found = ground.site.issue(key).values["description"]
        ground.site.edit(key, ground._tom, description=text if isinstance(found, str) else json.loads(text))
    else:
        ground.host.edit(*ground._found(key), gitlab_airport.MARA, description=ground.text(key).replace(old, new, 1))


async def test_both_sides_come_to_say_the_same_whatever_fails(both: Both) -> None:
    for seed in range(SEED, SEED + RUNS):
        before = frozenset(both.ground.keys())
        number = await both.office.propose(f"Queue {seed}000 here", problem=f"Passengers wait {seed}000 minutes.")
        run = Run(both, seed, number, await both.office.push(number, both.connection_id), before)
        if run.random.random() < 0.5:
            fail_creation(both, run.random.choice(["drop", "reset", "cut"]), "after", times=1)
        for _ in range(STEPS):
            await run.step()
        await run.end()
        await run.check()
    last = seen(both)

    await both.office.work(600, step=60)

    assert writes(both, last) == []
