"""What the fake keeps."""

import datetime as dt
from dataclasses import dataclass, field

GUEST, PLANNER, REPORTER, MAINTAINER = 10, 15, 20, 40


@dataclass(frozen=True)
class User:
    """``level`` in every project; ``scopes`` of the one token somebody has."""

    id: int
    username: str
    name: str
    level: int = REPORTER
    scopes: tuple[str, ...] = ("api",)


@dataclass
class Note:
    id: int
    body: str
    author: User
    created_at: dt.datetime
    updated_at: dt.datetime
    system: bool = False
    internal: bool = False


@dataclass(frozen=True)
class Milestone:
    id: int
    iid: int
    title: str


@dataclass
class Issue:
    id: int
    iid: int
    project_id: int
    title: str
    author: User
    created_at: dt.datetime
    updated_at: dt.datetime
    description: str | None = None
    state: str = "opened"
    labels: list[str] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    milestone: Milestone | None = None
    due_date: str | None = None
    weight: int | None = None
    issue_type: str = "issue"
    moved_to_id: int | None = None
    notes: list[Note] = field(default_factory=list)


@dataclass
class Hook:
    id: int
    url: str
    token: str
    events: dict[str, bool]


@dataclass
class Project:
    """``former`` paths lead on. ``is_premium``: its plan knows weights and several assignees.
    ``tells_roles``: not where somebody belongs to it by a group that was invited."""

    id: int
    path: str
    issues: dict[int, Issue] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    hooks: dict[int, Hook] = field(default_factory=dict)
    former: list[str] = field(default_factory=list)
    last_iid: int = 0
    archived: bool = False
    issues_enabled: bool = True
    is_premium: bool = False
    is_private: bool = False
    tells_roles: bool = True


class Refusal(Exception):
    """An answer that is none of the good ones; ``said`` is its JSON."""

    def __init__(self, status: int, said: object, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {said}")
        self.status, self.said, self.headers = status, said, headers or {}


def not_found(what: str = "") -> Refusal:
    return Refusal(404, {"message": f"404 {what} Not Found" if what else "404 Not Found"})
