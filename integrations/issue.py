"""Issues as trackers have them: values of our own, whatever the tracker. Texts of people are Markdown here, whatever form
the tracker keeps them in."""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Value = str | float | tuple[str, ...] | None
"""Of a field as the tracker has it: a text, a number, a day as 2027-01-31, the id of a choice, or several of these."""

URL_MOST = 1000  # characters
NOWHERE = ""
"""The id of the status of an issue that has none: it is not on the board."""


class Category(enum.StrEnum):
    """What a status means, whatever it is called."""

    TODO = "to do"
    DOING = "doing"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody in the tracker; ``is_us``: the account this connection signs in with. ``expires_at``: when its token
    ends, where `Tracker.me` is told."""

    id: str
    name: str
    is_us: bool = False
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values of a field: a priority, a component, a milestone, a type of issue."""

    id: str
    name: str

    def is_called(self, wished: str) -> bool:
        """By its id or its name, as mappings have it."""
        return wished.casefold() in (self.id.casefold(), self.name.casefold())


@dataclass(frozen=True, slots=True)
class Status:
    """``id`` stays when it is renamed; ``category`` is what it means."""

    id: str
    name: str
    category: Category


@dataclass(frozen=True, slots=True)
class Project:
    """Where issues are kept: ``id`` never changes, ``key`` is what people write: owner/repo, AIR."""

    id: str
    key: str
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as it is now. ``id`` never changes, ``key`` may (moved, transferred). ``text`` is the description
    without our block, as Markdown; ``sections`` are those of our block, None where it has none. ``native`` is the
    description as the tracker keeps it. ``values``: every other field by its id. ``done`` of ``children`` issues
    below it are done."""

    id: str
    key: str
    url: str
    project: Project
    title: str
    status: Status
    updated_at: dt.datetime
    created_at: dt.datetime
    native: Any = field(default=None, repr=False)
    text: str = field(default="", repr=False)
    sections: Mapping[str, str] | None = field(default=None, repr=False)
    marker: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    type: Choice | None = None
    author: Account | None = None
    assignees: tuple[Account, ...] = ()
    labels: tuple[str, ...] = ()
    milestone: str = ""
    parent_id: str | None = None
    children: int = 0
    done: int = 0

    def __post_init__(self) -> None:
        """An address people are led to is one of the web, of a length that can be kept; any other is left out."""
        if not self.url.startswith(("https://", "http://")) or len(self.url) > URL_MOST:
            object.__setattr__(self, "url", "")

    @property
    def is_done(self) -> bool:
        return self.status.category is Category.DONE


@dataclass(frozen=True, slots=True)
class Comment:
    """``marker`` is that of the comment of ours it was made from, None for what people wrote in the tracker."""

    id: str
    author: Account
    text: str
    written_at: dt.datetime
    edited_at: dt.datetime
    marker: str | None = None
