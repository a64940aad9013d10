"""The issue and what hangs on it, as Jira keeps it; `shapes` says how it looks on the wire."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One field of a change: the ids (or raw values) and the words for them."""

    field: str
    field_id: str
    old: str | None
    old_text: str | None
    new: str | None
    new_text: str | None
    custom: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    id: int
    author: str
    created: dt.datetime
    items: tuple[Item, ...]


@dataclass(slots=True)
class Comment:
    id: int
    author: str
    body: Any
    created: dt.datetime
    updated: dt.datetime
    update_author: str


@dataclass(slots=True)
class RemoteLink:
    id: int
    global_id: str | None
    body: dict[str, Any]


@dataclass(slots=True)
class Issue:
    """`values` by field id: text as ADF (Cloud) or wiki text (Data Center), people, priorities, components by id."""

    id: int
    project: int
    key: str
    type: str
    status: str
    creator: str
    created: dt.datetime
    updated: dt.datetime
    values: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    links: list[RemoteLink] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def number(self) -> int:
        return int(self.key.rpartition("-")[2])

    @property
    def summary(self) -> str:
        return str(self.values.get("summary", ""))
