"""What Waymark does at a tracker, each at one of its own, and whether it has come to be."""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.initiatives import comments, initiatives, moves
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage, Verb
from backlog.trackers.connections import Connection
from backlog.trackers.link import Link, LinkState
from tests.faults.workers import Airport
from tests.trackers.fake_jira.airport import BACKLOG
from tests.trackers.grounds import Ground, JiraGround
from tests.trackers.office import KIM

ACTIONS = ("push", "title", "comment", "close", "sweep")
OURS = "Queues under ten minutes"
THEIRS = "Queues under five minutes"
WORDS = "The airlines agree."

Done = Mapping[str, tuple[int, int]]
"""Initiative and connection by action."""


async def begun(aurora: Airport, to: Mapping[str, int]) -> Done:
    """An initiative for each action, pushed but for the one whose action that is."""
    found = {}
    for action, connection_id in to.items():
        number = await aurora.propose(f"Shorter queues: {action}")
        found[action] = number, connection_id
        if action != "push":
            await aurora.link(number, connection_id)
    return found


async def act(aurora: Airport, done: Done) -> None:
    for action in ACTIONS:
        initiative_id, connection_id = done[action]
        if action == "push":
            await aurora.link(initiative_id, connection_id)
        elif action == "sweep":
            await _sweep(aurora, connection_id)
        else:
            is_step = action == "close" and isinstance(aurora.grounds[connection_id], JiraGround)
            await _here(aurora, initiative_id, _start if is_step else CHANGES[action])


async def _here(
    aurora: Airport, initiative_id: int, change: Callable[[AsyncSession, Initiative], Awaitable[None]]
) -> None:
    with history.at(aurora.clock()):
        async with aurora.database.writing() as session:
            await change(session, await initiatives.by_key(session, initiative_id, for_change=True))


async def _title(session: AsyncSession, row: Initiative) -> None:
    await initiatives.change(session, row, {"title": OURS}, version=row.version, by=KIM)


async def _comment(session: AsyncSession, row: Initiative) -> None:
    await comments.write(session, row, WORDS, by=KIM)


async def _close(session: AsyncSession, row: Initiative) -> None:
    """As if all its steps had been taken."""
    before, row.stage = row.stage, Stage.DONE
    moves.note(session, row, Verb.FINISH, before, by=KIM)


async def _start(session: AsyncSession, row: Initiative) -> None:
    """As far as Jira's workflow goes in one step."""
    before, row.stage = row.stage, Stage.IN_DELIVERY
    moves.note(session, row, Verb.START_DELIVERY, before, by=KIM)


CHANGES = {"title": _title, "comment": _comment, "close": _close}


async def _sweep(aurora: Airport, connection_id: int) -> None:
    """Somebody changes the title there, and no webhook tells."""
    ground = aurora.grounds[connection_id]
    ground.retitle(ground.keys()[0], THEIRS)
    asked = update(Connection).where(Connection.id == connection_id).values(sweep_at=aurora.clock())
    async with aurora.database.writing() as session:
        await session.execute(asked)


async def arrived(aurora: Airport, done: Done, seconds: float) -> tuple[Sequence[str], float]:
    """The actions that have not come to be, and after how many seconds all had or patience ended."""
    began = aurora.clock()
    while True:
        left = [action for action in ACTIONS if not await _has(aurora, action, *done[action])]
        passed = (aurora.clock() - began).total_seconds()
        if not left or passed > seconds:
            return left, passed
        await asyncio.sleep(0.05)


async def _has(aurora: Airport, action: str, initiative_id: int, connection_id: int) -> bool:
    ground = aurora.grounds[connection_id]
    (link,) = [each for each in await aurora.links() if each.connection_id == connection_id]
    if action == "sweep":
        async with aurora.database.reading() as session:
            return (await session.get_one(Initiative, initiative_id)).title == THEIRS
    return THERE[action](ground, link)


def _is_closed(ground: Ground, link: Link) -> bool:
    key = link.external_key or ""
    return ground.site.issue(key).status != BACKLOG.id if isinstance(ground, JiraGround) else ground.is_closed(key)


THERE: Mapping[str, Callable[[Ground, Link], bool]] = {
    "push": lambda ground, link: link.state is LinkState.IN_STEP and ground.keys() == [link.external_key],
    "title": lambda ground, link: ground.title(link.external_key or "") == OURS,
    "comment": lambda ground, link: sum(WORDS in each for each in ground.comments(link.external_key or "")) == 1,
    "close": _is_closed,
}


@dataclass
class Watch:
    """How long a worker held a connection without asking anything there, at the longest, and what it asked in vain."""

    airport: Airport
    stuck: float = 0.0
    before: Counter[int] = field(init=False)
    quiet: dict[int, tuple[str, int, dt.datetime]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = Counter({number: len(each.server.exchanges) for number, each in self.airport.grounds.items()})

    async def watch(self, seconds: float) -> None:
        end = self.airport.clock() + dt.timedelta(seconds=seconds)
        while (now := self.airport.clock()) < end:
            for row in await self.airport.connections():
                seen = row.worked_by, len(self.airport.grounds[row.id].server.exchanges)
                holder, count, since = self.quiet.get(row.id, (*seen, now))
                if (holder, count) != seen or not row.worked_by:
                    since = now
                self.quiet[row.id] = *seen, since
                self.stuck = max(self.stuck, (now - since).total_seconds())
            await asyncio.sleep(0.05)

    def tries(self, connection_id: int) -> int:
        exchanges = self.airport.grounds[connection_id].server.exchanges[self.before[connection_id] :]
        return sum(each.fault is not None for each in exchanges)
