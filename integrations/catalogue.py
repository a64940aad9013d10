"""What there is to choose from in one project of a tracker: fields, types, statuses, accounts."""

import enum
from dataclasses import dataclass

from integrations.issue import Account, Choice, Project, Status


class Kind(enum.StrEnum):
    """Of a field of the tracker."""

    TEXT = "text"
    PROSE = "prose"
    NUMBER = "number"
    DAY = "day"
    CHOICE = "choice"
    CHOICES = "choices"
    LABELS = "labels"
    ACCOUNT = "account"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class TrackerField:
    """A field of issues of one type; ``choices`` where it has any; ``is_required`` when an issue is made;
    ``is_editable``: it stands on the screen on which issues are edited."""

    id: str
    name: str
    kind: Kind
    is_required: bool = False
    is_editable: bool = True
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What there is to choose from in one project, read from the tracker. ``boards`` of GitHub."""

    project: Project
    types: tuple[Choice, ...] = ()
    fields: tuple[TrackerField, ...] = ()
    statuses: tuple[Status, ...] = ()
    priorities: tuple[Choice, ...] = ()
    accounts: tuple[Account, ...] = ()
    boards: tuple[Choice, ...] = ()

    def field(self, name: str) -> TrackerField | None:
        return next((each for each in self.fields if each.id == name), None)

    def lacks_type(self, wished: str) -> bool:
        """Whether there is no such type of issue, or the account does not see it."""
        return bool(wished) and not any(each.is_called(wished) for each in self.types)
