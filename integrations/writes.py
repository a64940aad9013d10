"""What is to become of an issue, and the requests that make it so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backlog.errors import Text
from integrations.issue import Value
from integrations.prose.block import Block


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to become of an issue; what is None or not named stays as it is. ``status`` by its id. ``values`` by the
    ids of the tracker's fields; labels of people are never touched, so they are added and taken away one by one."""

    title: str | None = None
    block: Block | None = None
    status: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    labels_added: tuple[str, ...] = ()
    labels_removed: tuple[str, ...] = ()
    type: str = ""

    @property
    def is_empty(self) -> bool:
        return self == Edit()


@dataclass(frozen=True, slots=True)
class Write:
    """One request that changes something in the tracker, not yet sent. ``what`` tells people; ``fields`` are the
    tracker's names of what it changes (``title``, ``block``, ``status``, ``labels``, else ids of fields); ``issue_id``
    None for a new one. ``is_creation``: sending it twice would make two of it."""

    method: str
    path: str
    body: Any
    what: Text
    fields: tuple[str, ...] = ()
    issue_id: str | None = None
    is_creation: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What a write that made something answered: the id and, of an issue, the key."""

    id: str = ""
    key: str = ""
