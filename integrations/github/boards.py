"""GitHub's project boards (Projects v2): the columns of the field "Status", and moving an issue between them.

They are spoken to by GraphQL alone. A move on a board does not touch the issue's own time of change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backlog.errors import N_, Text
from integrations.errors import Missing, NoAccess, Refused, Unreachable, Unsupported
from integrations.github.answers import shaped
from integrations.github.calls import Calls
from integrations.issue import Category, Choice, Status
from integrations.writes import Write

PATH = "/graphql"
DONE = frozenset({"done", "closed", "complete", "completed", "shipped", "released", "fertig", "erledigt"})
TODO = frozenset({"todo", "to do", "backlog", "new", "triage", "ready", "no status", "offen", "zu erledigen"})

BOARDS = """query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) {
  projectsV2(first: 50) { nodes { id title closed } } } }"""
COLUMNS = """query($board: ID!) { node(id: $board) { ... on ProjectV2 { id
  field(name: "Status") { ... on ProjectV2SingleSelectField { id options { id name } } } } } }"""
ITEMS = """query($issues: [ID!]!) { nodes(ids: $issues) { ... on Issue { id
  projectItems(first: 20) { nodes { id project { id }
    fieldValueByName(name: "Status") { ... on ProjectV2ItemFieldSingleSelectValue { optionId } } } } } } }"""
ADD = """mutation($board: ID!, $issue: ID!) {
  addProjectV2ItemById(input: {projectId: $board, contentId: $issue}) { item { id } } }"""
MOVE = """mutation($board: ID!, $item: ID!, $field: ID!, $option: String!) {
  updateProjectV2ItemFieldValue(input: {projectId: $board, itemId: $item, fieldId: $field,
    value: {singleSelectOptionId: $option}}) { projectV2Item { id } } }"""


@dataclass(frozen=True, slots=True)
class Columns:
    """``field``: the node id of "Status"."""

    field: str
    statuses: tuple[Status, ...]

    def get(self, option: str | None) -> Status | None:
        return next((each for each in self.statuses if each.id == option), None)


class Board:
    """``id`` is its node id."""

    def __init__(self, calls: Calls, board: str) -> None:
        self._calls, self.id = calls, board
        self._columns: Columns | None = None

    async def columns(self, option: str | None = None) -> Columns:
        """Kept in mind until an issue stands in one that is not among them."""
        if self._columns is None or (option is not None and self._columns.get(option) is None):
            self._columns = await self._read()
        return self._columns

    async def _read(self) -> Columns:
        data = await self._calls.graphql(COLUMNS, {"board": self.id})
        field = (data.get("node") or {}).get("field") or {}
        if not field.get("id"):
            raise Unreachable(Text(N_("The project board has no field Status, or it was deleted.")))
        options = field.get("options") or []
        statuses = [Status(each["id"], each["name"], category(each["name"], n)) for n, each in enumerate(options)]
        return Columns(field["id"], tuple(statuses))

    async def places(self, nodes: Sequence[str]) -> Mapping[str, tuple[str, str | None]]:
        """Node id of an issue -> its item on this board and the id of its column; those not on it are absent."""
        data = await self._calls.graphql(ITEMS, {"issues": list(nodes)}) if nodes else {}
        return {
            issue["id"]: (item["id"], (item.get("fieldValueByName") or {}).get("optionId"))
            for issue in data.get("nodes") or []
            if issue
            for item in (issue.get("projectItems") or {}).get("nodes") or []
            if (item.get("project") or {}).get("id") == self.id
        }

    async def move(self, write: Write) -> None:
        """Put the issue on the board when it is not there (to do so twice is the same) and into its column."""
        given = dict(write.body["variables"])
        issue = given.pop("issue")
        if not given["item"]:
            data = await self._calls.graphql(ADD, {"board": self.id, "issue": issue}, writes=True)
            given["item"] = shaped(data["addProjectV2ItemById"]["item"]["id"], str, writes=True)
        await self._calls.graphql(MOVE, given, writes=True)


def moving(board: Board, columns: Columns, key: str, issue_id: str, node: str, item: str, option: str) -> Write:
    """``item`` is empty while the issue is not on the board."""
    variables = {"board": board.id, "issue": node, "item": item, "field": columns.field, "option": option}
    what = Text(
        N_("Move %(key)s to “%(column)s” on the board"),
        {"key": key, "column": next(each.name for each in columns.statuses if each.id == option)},
    )
    return Write("POST", PATH, {"query": MOVE, "variables": variables}, what, ("status",), issue_id)


async def boards(calls: Calls, repository: str) -> tuple[Choice, ...]:
    """The open ones of a repository; none when the token may not look."""
    owner, _, name = repository.partition("/")
    try:
        data = await calls.graphql(BOARDS, {"owner": owner, "name": name})
    except (NoAccess, Missing, Refused, Unsupported):
        return ()
    found: Sequence[Any] = (((data.get("repository") or {}).get("projectsV2")) or {}).get("nodes") or []
    return tuple(Choice(each["id"], each["title"]) for each in found if each and not each.get("closed"))


def category(name: str, position: int) -> Category:
    """Of a column by its name, else by its place: what comes first is still to do."""
    word = name.casefold().strip(" .!✅")
    if word in DONE:
        return Category.DONE
    return Category.TODO if word in TODO or position == 0 else Category.DOING
