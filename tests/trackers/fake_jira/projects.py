"""Projects: issue types with their screens, workflows with their transitions, components."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Category:
    id: int
    key: str
    name: str
    colour: str


NEW = Category(2, "new", "To Do", "blue-gray")
INDETERMINATE = Category(4, "indeterminate", "In Progress", "yellow")
DONE = Category(3, "done", "Done", "green")


@dataclass(frozen=True, slots=True)
class Status:
    id: str
    name: str
    category: Category


@dataclass(frozen=True, slots=True)
class Transition:
    """`sources` are status ids, empty for a transition from anywhere; `required` is part of `screen`."""

    id: str
    name: str
    to: Status
    sources: frozenset[str] = frozenset()
    screen: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()

    def leaves(self, status: str) -> bool:
        return not self.sources or status in self.sources


@dataclass(frozen=True, slots=True)
class Workflow:
    """`initial` is the status of a new issue."""

    initial: Status
    transitions: tuple[Transition, ...]

    @property
    def statuses(self) -> tuple[Status, ...]:
        """Every status once, in the order of first mention."""
        return tuple(dict.fromkeys((self.initial, *(each.to for each in self.transitions))))

    def from_status(self, status: str) -> tuple[Transition, ...]:
        return tuple(each for each in self.transitions if each.leaves(status))


@dataclass(frozen=True, slots=True)
class IssueType:
    """`screen` are the field ids that may be set; `required` those that must be when creating."""

    id: str
    name: str
    workflow: Workflow
    screen: tuple[str, ...]
    required: frozenset[str] = frozenset({"summary"})
    subtask: bool = False


@dataclass(frozen=True, slots=True)
class Component:
    id: str
    name: str


@dataclass(slots=True)
class Project:
    """`number` is the last key number given away; `old_keys` are those it had before it was renamed."""

    id: int
    key: str
    name: str
    types: tuple[IssueType, ...]
    components: tuple[Component, ...] = ()
    number: int = 0
    old_keys: list[str] = field(default_factory=list)

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def type(self, wanted: str) -> IssueType | None:
        """By id or by name."""
        return next((each for each in self.types if wanted in (each.id, each.name)), None)

    @property
    def statuses(self) -> tuple[Status, ...]:
        return tuple(dict.fromkeys(status for each in self.types for status in each.workflow.statuses))
