"""A tracker that answers pages without a network: what it says is set by the test."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from backlog import history
from backlog.errors import Text
from backlog.history import WAYMARK
from backlog.initiatives import initiatives
from backlog.initiatives.stages import Stage
from backlog.trackers import connections, links
from backlog.trackers.connections import Connection
from backlog.trackers.fields import Direction, Field, FieldMapping, OnBoth, Rule, StageRule
from backlog.trackers.link import Link, LinkState
from integrations.catalogue import Catalogue, Kind, TrackerField
from integrations.errors import Missing, TrackerError, Unreachable
from integrations.issue import Account, Category, Choice, Issue, Project, Status
from integrations.kinds import KINDS
from integrations.opening import Outside
from integrations.tracker import Check
from integrations.webhook import Hook
from integrations.writes import Edit, Write
from tests.web.clients import Served

AIR = Project("10001", "AIR", "Airport", "https://nordhafen.example/browse/AIR")
STATUSES = (
    Status("1", "To Do", Category.TODO),
    Status("2", "In Progress", Category.DOING),
    Status("3", "In Review", Category.DOING),
    Status("4", "Done", Category.DONE),
)
CATALOGUE = Catalogue(
    AIR,
    types=(Choice("10", "Story"), Choice("11", "Epic")),
    fields=(
        TrackerField("duedate", "Due date", Kind.DAY, is_editable=False),
        TrackerField("components", "Components", Kind.CHOICES, choices=(Choice("7", "Baggage"), Choice("8", "Retail"))),
        TrackerField("cf_score", "CX score", Kind.NUMBER),
        TrackerField("priority", "Priority", Kind.CHOICE, choices=(Choice("2", "High"), Choice("3", "Medium"))),
        TrackerField("assignee", "Assignee", Kind.ACCOUNT),
    ),
    statuses=STATUSES,
    accounts=(Account("5", "Jan-Erik Thomsen"),),
)
MAPPING = FieldMapping(
    fields={
        Field.TITLE: Rule(Direction.BOTH),
        Field.STAGE: Rule(Direction.BOTH, OnBoth.ASK),
        Field.DUE: Rule(Direction.BOTH, OnBoth.ASK, "duedate"),
        Field.LEAD: Rule(Direction.OUT, target="components"),
        Field.SCORE: Rule(Direction.OUT, target="cf_score"),
        Field.PRIORITY: Rule(Direction.OUT, target="priority"),
    },
    stages={Stage.READY: StageRule("1", ("1",)), Stage.IN_DELIVERY: StageRule("2", ("2", "3"))},
    labels=("waymark",),
)


def issue(number: int, title: str = "Bag tracking for passengers", **more: Any) -> Issue:
    then = dt.datetime(2026, 11, 19, 9, 12, tzinfo=dt.UTC)
    known: dict[str, Any] = {"status": STATUSES[1], "updated_at": then, "created_at": then, **more}
    return Issue(str(20000 + number), f"AIR-{number}", f"{AIR.url}-{number}", AIR, title, **known)


@dataclass
class StandIn:
    """``trouble`` is raised by whatever is asked; without ``hook`` the account may not register any."""

    trouble: TrackerError | None = None
    checks: Sequence[Check] = (Check(Text("can read")), Check(Text("can write")))
    issues: Sequence[Issue] = ()
    visible: Sequence[Project] = (AIR, Project("10002", "PARK", "Parking"))
    hook: Hook | None = None
    opened: list[Any] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    columns: dict[str, Sequence[Status]] = field(default_factory=dict)
    """Of its boards, by their ids."""

    def open(self, _http: Any, access: Any) -> Any:
        self.opened.append(access)
        return self

    def _asked(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    async def me(self) -> Account:
        self._asked()
        return Account("900", "waymark-sync", is_us=True)

    async def check(self) -> Sequence[Check]:
        self._asked()
        return self.checks

    async def project(self) -> Project:
        self._asked()
        return AIR

    async def projects(self, text: str = "") -> Sequence[Project]:
        self._asked()
        return [each for each in self.visible if text.lower() in each.name.lower()]

    async def catalogue(self, issue_type: str = "") -> Catalogue:
        self._asked()
        boards = tuple(Choice(each, each) for each in self.columns)
        board = self.opened[-1].board
        if board and board not in self.columns:
            raise Unreachable(Text("The project board has no field Status, or it was deleted."))
        return replace(CATALOGUE, boards=boards, statuses=tuple(self.columns[board]) if board else STATUSES)

    async def search(self, text: str) -> Sequence[Issue]:
        self._asked()
        return [each for each in self.issues if text.lower() in each.title.lower()]

    async def changed(self, since: dt.datetime) -> AsyncIterator[Sequence[Issue]]:
        self._asked()
        yield self.issues

    def creation(self, edit: Edit, marker: str) -> Write:
        return Write(
            "POST", "issue", {"summary": edit.title}, Text("Make an issue"), ("title", "labels"), is_creation=True
        )

    async def read(self, key: str) -> Issue:
        self._asked()
        for each in self.issues:
            if key in (each.id, each.key):
                return each
        raise Missing(Text("There is no such issue."), status=404)

    async def register_hook(self, url: str, secret: str) -> Hook | None:
        self._asked()
        self.secrets.append(secret)
        return self.hook

    async def remove_hook(self, hook: Hook) -> None:
        self._asked()
        self.removed.append(hook.id)

    async def close(self) -> None:
        pass


Stood = TypeVar("Stood", bound=StandIn)


def stand_in(served: Served) -> StandIn:
    """In place of every tracker, from now on."""
    return standing(served, StandIn())


def standing(served: Served, tracker: Stood) -> Stood:
    """The same with one of the test's own."""
    kinds = {name: replace(kind, open=tracker.open) for name, kind in KINDS.items()}
    outside: Outside = served.app.state.outside
    served.app.state.outside = Outside(outside.database, outside.seal, outside.allowed, kinds)
    return tracker


async def connect(
    served: Served,
    name: str = "Jira AIR",
    *,
    mapping: FieldMapping | None = MAPPING,
    kind: str = "jira-cloud",
    **columns: Any,
) -> int:
    """A connection that was started and answered once, of the project AIR where no other is named."""
    async with served.database.writing() as session:
        made = await connections.add(
            session, served.app.state.outside.seal, kind=kind, name=name, base_url="https://nordhafen.atlassian.net",
            project=columns.pop("project", "AIR"), credentials={"email": "sync@nordhafen.example", "token": "kept"}, by=WAYMARK,
        )  # fmt: skip
        if mapping is not None:
            await connections.map_fields(session, made, mapping, by=WAYMARK)
        for column, value in {"answered_at": history.now(), **columns}.items():
            setattr(made, column, value)
        return made.id


async def propose(served: Served, title: str = "Tell passengers where their bag is") -> int:
    async with served.database.writing() as session:
        problem = "Nobody tells passengers whether their bag is on the aircraft."
        return (await initiatives.propose(session, title=title, problem=problem, by=WAYMARK)).id


async def link(
    served: Served, initiative_id: int, connection_id: int, number: int | None = 2231, **columns: Any
) -> int:
    """A link with issue AIR-2231; with one on its way without a number."""
    async with served.database.writing() as session:
        connection = await connections.by_id(session, connection_id)
        if number is None:
            made = await links.push(session, initiative_id, connection, title=columns.pop("title", ""), by=WAYMARK)
        else:
            there = issue(number)
            found = links.Found(there.id, there.key, there.url)
            made = await links.tie(session, initiative_id, connection, found, by=WAYMARK)
            made.state, made.due_at = LinkState.IN_STEP, None
        for column, value in columns.items():
            setattr(made, column, value)
        return made.id


async def row(served: Served, connection_id: int) -> Connection:
    async with served.database.reading() as session:
        return await session.get_one(Connection, connection_id)


async def link_row(served: Served, link_id: int) -> Link:
    async with served.database.reading() as session:
        return await session.get_one(Link, link_id)
