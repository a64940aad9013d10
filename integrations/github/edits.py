"""What is to become of an issue, as requests GitHub takes: few, and none that would change nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from backlog.errors import N_, Text
from integrations.errors import Refused
from integrations.github import texts
from integrations.github.keys import Key
from integrations.github.statuses import OPEN
from integrations.issue import Issue, Value
from integrations.prose.block import Block
from integrations.writes import Edit, Write

LABEL_MOST = 50
LABELS_MOST = 100
"""On one issue."""


def creation(repository_path: str, edit: Edit, marker: str) -> Write:
    """All at once. The status comes afterwards: a new issue is open."""
    block = edit.block or Block(marker, "", ())
    body: dict[str, Any] = {"title": texts.title(edit.title or ""), "body": texts.placed("", block)}
    labels = _checked((), edit.labels_added)
    if labels:
        body["labels"] = list(labels)
    body |= {name: value for name, value in _values(edit.values).items() if value not in (None, [])}
    if edit.type:
        body["type"] = edit.type
    fields = tuple("block" if name == "body" else name for name in body)
    what = Text(N_("Make the issue “%(title)s”"), {"title": body["title"]})
    return Write("POST", f"{repository_path}/issues", body, what, fields, is_creation=True)


def writes(issue: Issue, key: Key, edit: Edit, states: Sequence[Mapping[str, Any]]) -> Iterator[Write]:
    """The issue's own fields with the first of ``states`` in one request, the other states, then labels."""
    changes = dict(_changes(issue, edit))
    first, *rest = states or ({},)
    fields = [*("block" if name == "body" else name for name in changes), *(["status"] if first else [])]
    if changes or first:
        yield Write("PATCH", key.path, {**changes, **first}, _what(key, changes, first), tuple(fields), issue.id)
    for state in rest:
        yield Write("PATCH", key.path, dict(state), _what(key, {}, state), ("status",), issue.id)
    yield from _labels(issue, key, edit)


def _changes(issue: Issue, edit: Edit) -> Iterator[tuple[str, Any]]:
    if edit.title is not None and texts.title(edit.title) != issue.title:
        yield "title", texts.title(edit.title)
    if edit.block is not None:
        body = texts.placed(issue.native or "", edit.block)
        if body != (issue.native or ""):
            yield "body", body
    now = _values(issue.values)
    for name, value in _values(edit.values).items():
        if _folded(value) != _folded(now.get(name)):
            yield name, value
    if edit.type and edit.type != (issue.type.name if issue.type else ""):
        yield "type", edit.type


def _what(key: Key, changes: Mapping[str, Any], state: Mapping[str, Any]) -> Text:
    if state and not changes:
        template = N_("Open %(key)s again") if state["state"] == OPEN.id else N_("Close %(key)s")
        return Text(template, {"key": str(key)})
    return Text(N_("Change %(key)s"), {"key": str(key)})


def _labels(issue: Issue, key: Key, edit: Edit) -> Iterator[Write]:
    """One by one, so that those of people stay; GitHub does not tell cases apart."""
    has = {label.casefold() for label in issue.labels}
    removed = [label for label in edit.labels_removed if label.casefold() in has]
    gone = {label.casefold() for label in removed}
    added = _checked([label for label in issue.labels if label.casefold() not in gone], edit.labels_added)
    if added:
        what = Text(N_("Label %(key)s: %(labels)s"), {"key": str(key), "labels": ", ".join(added)})
        yield Write("POST", f"{key.path}/labels", {"labels": list(added)}, what, ("labels",), issue.id)
    for label in removed:
        what = Text(N_("Take the label %(label)s from %(key)s"), {"key": str(key), "label": label})
        yield Write("DELETE", f"{key.path}/labels/{quote(label, safe='')}", None, what, ("labels",), issue.id)


def _checked(has: Sequence[str], added: Sequence[str]) -> tuple[str, ...]:
    """Those it has not. Refused when GitHub would not take them."""
    names = {label.strip().casefold(): label.strip() for label in reversed(added) if label.strip()}
    fresh = tuple(names[each] for each in reversed(names) if each not in {label.casefold() for label in has})
    for label in fresh:
        if len(label) > LABEL_MOST:
            why = Text(
                N_("The label “%(label)s” is longer than the %(most)s characters GitHub takes."),
                {"label": label, "most": LABEL_MOST},
            )
            raise Refused(why, {"labels": str(why)})
    if len(fresh) + len(has) > LABELS_MOST:
        why = Text(
            N_("That would be %(count)s labels; an issue of GitHub has at most %(most)s."),
            {"count": len(fresh) + len(has), "most": LABELS_MOST},
        )
        raise Refused(why, {"labels": str(why)})
    return fresh


def _values(values: Mapping[str, Value]) -> dict[str, Any]:
    """In GitHub's form: ``milestone`` its number, ``assignees`` a list of logins."""
    return {name: _value(name, value) for name, value in values.items()}


def _value(name: str, value: Value) -> Any:
    if name == "assignees":
        logins = value if isinstance(value, tuple) else (str(value),) if value else ()
        return list(logins)
    if name == "milestone" and (not value or str(value).isdecimal()):
        return int(str(value)) if value else None
    why = Text(N_("Issues of GitHub have no field “%(field)s” that takes this."), {"field": name})
    raise Refused(why, {name: str(why)})


def _folded(value: Any) -> Any:
    return sorted(each.casefold() for each in value) if isinstance(value, list) else value
