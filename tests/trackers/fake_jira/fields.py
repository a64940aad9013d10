"""The fields of a site: what kind of value each holds, and whether a sent value fits."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.trackers.fake_jira import texts
from tests.trackers.fake_jira.people import ASSIGNABLE, Account
from tests.trackers.fake_jira.projects import Component, Project
from tests.trackers.fake_jira.refusals import Unfit


class Kind(StrEnum):
    LINE = "string"
    TEXT = "text"
    LABELS = "labels"
    USER = "user"
    PRIORITY = "priority"
    COMPONENTS = "components"
    DATE = "date"
    NUMBER = "number"
    OPTION = "option"
    RESOLUTION = "resolution"
    READ_ONLY = "read-only"


@dataclass(frozen=True, slots=True)
class Choice:
    """A priority, a resolution or an option of a select list."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Field:
    id: str
    name: str
    kind: Kind
    options: tuple[Choice, ...] = ()

    @property
    def custom(self) -> bool:
        return self.id.startswith("customfield_")

    @property
    def number(self) -> int | None:
        return int(self.id.removeprefix("customfield_")) if self.custom else None


SYSTEM = (
    Field("summary", "Summary", Kind.LINE),
    Field("description", "Description", Kind.TEXT),
    Field("environment", "Environment", Kind.TEXT),
    Field("labels", "Labels", Kind.LABELS),
    Field("priority", "Priority", Kind.PRIORITY),
    Field("assignee", "Assignee", Kind.USER),
    Field("reporter", "Reporter", Kind.USER),
    Field("duedate", "Due date", Kind.DATE),
    Field("components", "Components", Kind.COMPONENTS),
    Field("resolution", "Resolution", Kind.RESOLUTION),
    Field("project", "Project", Kind.READ_ONLY),
    Field("issuetype", "Issue Type", Kind.READ_ONLY),
    Field("status", "Status", Kind.READ_ONLY),
    Field("created", "Created", Kind.READ_ONLY),
    Field("updated", "Updated", Kind.READ_ONLY),
    Field("creator", "Creator", Kind.READ_ONLY),
    Field("comment", "Comment", Kind.READ_ONLY),
)
PRIORITIES = tuple(Choice(str(id_), name) for id_, name in enumerate(["Highest", "High", "Medium", "Low", "Lowest"], 1))
RESOLUTIONS = (Choice("10000", "Done"), Choice("10001", "Won't Do"), Choice("10002", "Duplicate"))
MEDIUM = "3"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a value is set: the deployment, the version of the API, the project and the people known."""

    cloud: bool
    version: int
    project: Project
    people: dict[str, Account]

    def accept(self, field: Field, sent: Any) -> Any:
        """The stored form of a sent value; `Unfit` with Jira's words when it does not fit."""
        match field.kind:
            case Kind.LINE:
                return _line(field, sent)
            case Kind.TEXT:
                return texts.accepted(sent, cloud=self.cloud, version=self.version, field=field.id)
            case Kind.LABELS:
                return _labels(sent)
            case Kind.USER:
                return self._user(field, sent)
            case Kind.COMPONENTS:
                return self._components(sent)
            case Kind.DATE:
                return _date(sent)
            case Kind.NUMBER:
                return _number(sent)
            case Kind.PRIORITY | Kind.RESOLUTION | Kind.OPTION:
                return _choice(field, sent)
            case _:
                raise Unfit(f"Field '{field.id}' cannot be set. It is not on the appropriate screen, or unknown.")

    def _user(self, field: Field, sent: Any) -> str | None:
        if sent is None:
            return None
        if not isinstance(sent, dict):
            raise Unfit("data was not an object")
        known = "accountId" if self.cloud else "name"
        wanted = sent.get(known) or sent.get("id" if self.cloud else "key")
        if wanted is None:
            return None
        account = next(
            (each for each in self.people.values() if wanted == (each.id if self.cloud else each.name)), None
        )
        if account is None:
            raise Unfit("Specify a valid value for " + field.id if self.cloud else f"User '{wanted}' does not exist.")
        if field.id == "assignee" and not account.may(ASSIGNABLE, self.project.id):
            raise Unfit(f"User '{wanted}' cannot be assigned issues.")
        return account.id

    def _components(self, sent: Any) -> list[str]:
        return [self._component(each).id for each in sent or []]

    def _component(self, sent: dict[str, Any]) -> Component:
        for component in self.project.components:
            if sent.get("id") == component.id or sent.get("name") == component.name:
                return component
        if "name" in sent:
            raise Unfit(f"Component name '{sent['name']}' is not valid")
        raise Unfit(f"Component id '{sent.get('id')}' is not valid")


def _line(field: Field, sent: Any) -> str | None:
    if sent is not None and not isinstance(sent, str):
        raise Unfit("Operation value must be a string")
    if field.id != "summary":
        return sent
    if not sent or not sent.strip():
        raise Unfit("You must specify a summary of the issue.")
    if "\n" in sent or "\r" in sent:
        raise Unfit("The summary is invalid because it contains newline characters.")
    if len(sent) > 255:
        raise Unfit("Summary can't exceed 255 characters.")
    return sent


def _labels(sent: Any) -> list[str]:
    """Jira keeps them as a set in alphabetical order, letter case as sent."""
    if sent is None:
        return []
    if not isinstance(sent, list) or not all(isinstance(each, str) for each in sent):
        raise Unfit("data was not an array")
    for label in sent:
        if any(sign.isspace() for sign in label):
            raise Unfit(f"The label '{label}' contains spaces which is invalid.")
        if len(label) > 255:
            raise Unfit(f"The label '{label}' exceeds the maximum length of 255 characters.")
    return sorted({label for label in sent if label})


def _date(sent: Any) -> str | None:
    if sent is None:
        return None
    try:
        return dt.date.fromisoformat(sent).isoformat()
    except (TypeError, ValueError):
        raise Unfit(f"Error parsing date string: {sent}") from None


def _number(sent: Any) -> float | None:
    if sent is not None and (isinstance(sent, bool) or not isinstance(sent, int | float)):
        raise Unfit("Operation value must be a number")
    return None if sent is None else float(sent)


def _choice(field: Field, sent: Any) -> str | None:
    if sent is None:
        return None
    if not isinstance(sent, dict):
        raise Unfit("Specify a valid 'id' or 'name' for " + field.name)
    options = field.options or (PRIORITIES if field.kind is Kind.PRIORITY else RESOLUTIONS)
    word = "value" if field.kind is Kind.OPTION else "name"
    for option in options:
        if sent.get("id") == option.id or sent.get(word) == option.name:
            return option.id
    given, value = ("id", sent["id"]) if "id" in sent else (word, sent.get(word))
    raise Unfit(f"{field.name if field.kind is not Kind.OPTION else 'Option'} {given} '{value}' is not valid")
