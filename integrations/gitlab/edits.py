"""What is to become of an issue, as requests GitLab takes: one, and none that would change nothing."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backlog.errors import N_, Text
from integrations.errors import Refused
from integrations.gitlab import texts
from integrations.gitlab.faults import FIELDS
from integrations.gitlab.keys import Key, project_path
from integrations.gitlab.statuses import event
from integrations.issue import Issue, Value
from integrations.prose.block import Block
from integrations.writes import Edit, Write

LABEL_MOST = 255
NOBODY = [0]
"""How GitLab wants to be told that an issue is nobody's."""


def creation(project: str, edit: Edit, marker: str) -> Write:
    """All at once. The status comes afterwards: a new issue is open. ``project``: its path in the interface."""
    block = edit.block or Block(marker, "", ())
    body: dict[str, Any] = {"title": texts.title(edit.title or ""), "description": texts.placed("", block)}
    if labels := _checked((), edit.labels_added):
        body["labels"] = ",".join(labels)
    body |= {name: value for name, value in _values(edit.values) if value not in (None, "", 0, NOBODY)}
    if edit.type:
        body["issue_type"] = edit.type
    what = Text(N_("Make the issue “%(title)s”"), {"title": texts.title_of(body["title"])})
    return Write("POST", f"{project}/issues", body, what, _fields(body), is_creation=True)


def writes(issue: Issue, key: Key, edit: Edit) -> Iterator[Write]:
    """By the project's number, which stays when it is renamed."""
    body = dict(_changes(issue, edit))
    if body:
        path = f"{project_path(issue.project.id)}/issues/{key.number}"
        yield Write("PUT", path, body, _what(key, body), _fields(body), issue.id)


def _fields(body: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(FIELDS.get(name, name) for name in body))


def _changes(issue: Issue, edit: Edit) -> Iterator[tuple[str, Any]]:
    if edit.title is not None and texts.title_of(texts.title(edit.title)) != issue.title:
        yield "title", texts.title(edit.title)
    if edit.block is not None:
        description = texts.placed(issue.native or "", edit.block)
        if description != (issue.native or ""):
            yield "description", description
    now = dict(_values(issue.values))
    yield from ((name, value) for name, value in _values(edit.values) if value != now.get(name))
    if edit.type and edit.type != (issue.type.id if issue.type else ""):
        yield "issue_type", edit.type
    yield from _labels(issue, edit)
    if edit.status is not None and (step := event(issue.status.id, edit.status)):
        yield "state_event", step


def _labels(issue: Issue, edit: Edit) -> Iterator[tuple[str, str]]:
    """Those of people stay: nothing else is named."""
    removed = {label.casefold() for label in edit.labels_removed}
    gone = [label for label in issue.labels if label.casefold() in removed]
    stay = [label for label in issue.labels if label not in gone]
    if added := _checked(stay, edit.labels_added):
        yield "add_labels", ",".join(added)
    if gone:
        yield "remove_labels", ",".join(gone)


def _checked(has: Sequence[str], added: Sequence[str]) -> tuple[str, ...]:
    """Those it has not. Refused when GitLab would not take them as they are: it parts labels at commas."""
    names = {label.strip().casefold(): label.strip() for label in reversed(added) if label.strip()}
    known = {label.casefold() for label in has}
    fresh = tuple(names[each] for each in reversed(names) if each not in known)
    for label in fresh:
        if "," in label or len(label) > LABEL_MOST:
            why = Text(N_("GitLab takes no label like “%(label)s”."), {"label": label[:LABEL_MOST]})
            raise Refused(why, {"labels": str(why)})
    return fresh


def _what(key: Key, body: Mapping[str, Any]) -> Text:
    if body.keys() == {"state_event"}:
        template = N_("Close %(key)s") if body["state_event"] == "close" else N_("Open %(key)s again")
        return Text(template, {"key": str(key)})
    return Text(N_("Change %(key)s"), {"key": str(key)})


def _values(values: Mapping[str, Value]) -> Iterator[tuple[str, Any]]:
    """In GitLab's form; what takes a value away is ``0`` or empty, as it wants it."""
    return ((name, _value(name, value)) for name, value in values.items())


def _value(name: str, value: Value) -> Any:
    try:
        return FORMS[name](value)
    except (KeyError, TypeError, ValueError) as error:
        why = Text(N_("Issues of GitLab have no field “%(field)s” that takes this."), {"field": name})
        raise Refused(why, {name: str(why)}) from error


def _day(value: Any) -> str:
    return dt.date.fromisoformat(value).isoformat() if value else ""


def _people(value: Any) -> list[int]:
    ids = value if isinstance(value, tuple) else (value,) if value else ()
    return sorted(int(each) for each in ids) or NOBODY


def _weight(value: Any) -> int | None:
    """Whole numbers from 0."""
    return None if value is None else max(0, round(float(value)))


FORMS: Mapping[str, Any] = {
    "due_date": _day,
    "milestone_id": lambda value: int(value) if value else 0,
    "assignee_ids": _people,
    "weight": _weight,
}
