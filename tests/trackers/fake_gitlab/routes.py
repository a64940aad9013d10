"""What can be asked, each by its method and path below ``/api/v4``."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.trackers.fake_gitlab import shapes
from tests.trackers.fake_gitlab.host import Host
from tests.trackers.fake_gitlab.records import MAINTAINER, Hook, Issue, Project, Refusal, User, not_found

OF_ISSUES = frozenset(
    {"title", "description", "labels", "due_date", "milestone_id", "assignee_ids", "weight", "issue_type"}
)
OF_EDITS = (OF_ISSUES - {"labels"}) | {"add_labels", "remove_labels", "state_event"}
LISTED = frozenset(
    {"scope", "state", "order_by", "sort", "search", "in", "created_after", "updated_after", "author_id"}
    | {"page", "per_page"}
)


@dataclass(frozen=True)
class Asked:
    """``found`` are the named parts of the path."""

    host: Host
    by: User
    found: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def project(self) -> Project:
        one = self.host.found(self.found["project"])
        if one.is_private and not self.by.level:
            raise not_found("Project")
        return one

    @property
    def issue(self) -> Issue:
        return self.host.issue(self.project, int(self.found["iid"]))


@dataclass(frozen=True)
class Many:
    """To be given page by page."""

    items: list[Any]


Answer = tuple[int, Any]


def me(asked: Asked) -> Answer:
    return 200, shapes.user(asked.host, asked.by)


def token(asked: Asked) -> Answer:
    return 200, {"id": 1, "name": "waymark", "scopes": list(asked.by.scopes), "active": True}


def projects(asked: Asked) -> Answer:
    wanted = asked.query.get("search", "").lower()
    found = [each for each in asked.host.projects if wanted in each.path and (asked.by.level or not each.is_private)]
    return 200, Many([shapes.project(asked.host, each, asked.by) for each in found])


def project(asked: Asked) -> Answer:
    return 200, shapes.project(asked.host, asked.project, asked.by)


def labels(asked: Asked) -> Answer:
    return 200, Many([{"id": at, "name": name, "color": "#0033CC"} for at, name in enumerate(asked.project.labels)])


def milestones(asked: Asked) -> Answer:
    return 200, Many([shapes.milestone(asked.project, each) for each in asked.project.milestones])


def members(asked: Asked) -> Answer:
    found = [each for each in asked.host.users.values() if each.level]
    return 200, Many([{**shapes.user(asked.host, each), "access_level": each.level} for each in found])


def member(asked: Asked) -> Answer:
    found = asked.host.person(int(asked.found["user"]))
    if found is None or not found.level:
        raise not_found()
    return 200, {**shapes.user(asked.host, found), "access_level": found.level}


def issues(asked: Asked) -> Answer:
    known(asked.query, LISTED)
    place, by = asked.project, asked.query.get("order_by", "created_at")
    if not place.issues_enabled:
        raise Refusal(403, {"message": "403 Forbidden"})
    found = [each for each in place.issues.values() if _is_listed(asked, each)]
    found.sort(key=lambda each: (getattr(each, by), each.id), reverse=asked.query.get("sort", "desc") == "desc")
    return 200, Many([shapes.issue(asked.host, place, each) for each in found])


def _is_listed(asked: Asked, one: Issue) -> bool:
    query, until = asked.query, asked.host.clock() - dt.timedelta(seconds=asked.host.lag)
    if one.created_at > until or query.get("author_id", str(one.author.id)) != str(one.author.id):
        return False
    if query.get("search", "").lower() not in one.title.lower():
        return False
    if "created_after" in query and one.created_at < dt.datetime.fromisoformat(query["created_after"]):
        return False
    after = query.get("updated_after")
    return after is None or dt.datetime.fromisoformat(after) <= one.updated_at <= until


def issue(asked: Asked) -> Answer:
    return 200, shapes.issue(asked.host, asked.project, asked.issue)


def create(asked: Asked) -> Answer:
    known(asked.body, OF_ISSUES)
    writable(asked.project)
    title = titled(asked.body.get("title", ""))
    values = {name: value for name, value in asked.body.items() if name != "title"}
    made = asked.host.open(asked.project, asked.by, title, **values)
    return 201, shapes.issue(asked.host, asked.project, made)


def edit(asked: Asked) -> Answer:
    known(asked.body, OF_EDITS)
    writable(asked.project)
    if not asked.body:
        raise Refusal(400, {"error": "title, description, labels, state_event are missing, at least one is needed"})
    if "title" in asked.body:
        titled(asked.body["title"])
    asked.host.edit(asked.project, asked.issue, asked.by, **asked.body)
    asked.host.tell(asked.project, "issue", "update", asked.issue, asked.by)
    return 200, shapes.issue(asked.host, asked.project, asked.issue)


def notes(asked: Asked) -> Answer:
    by = asked.query.get("order_by", "created_at")
    found = sorted(asked.issue.notes, key=lambda each: (getattr(each, by), each.id))
    found = found[::-1] if asked.query.get("sort", "desc") == "desc" else found
    return 200, Many([shapes.note(asked.host, asked.project, asked.issue, each) for each in found])


def write_note(asked: Asked) -> Answer:
    known(asked.body, frozenset({"body", "internal"}))
    writable(asked.project)
    since = asked.host.clock() - dt.timedelta(minutes=1)
    theirs = [each for each in asked.issue.notes if each.author == asked.by and each.created_at > since]
    if asked.host.notes_a_minute and len(theirs) >= asked.host.notes_a_minute:
        too_often = "This endpoint has been requested too many times. Try again later."
        raise Refusal(429, {"message": {"error": too_often}})
    made = asked.host.note(asked.project, asked.issue, asked.by, asked.body.get("body", ""))
    if made is None:
        return 202, {"commands_changes": {}, "summary": ["Done."]}
    return 201, shapes.note(asked.host, asked.project, asked.issue, made)


def hooks(asked: Asked) -> Answer:
    maintained(asked)
    return 200, Many([shapes.hook(asked.project, each) for each in asked.project.hooks.values()])


def hook(asked: Asked) -> Answer:
    maintained(asked)
    return 200, shapes.hook(asked.project, _hook(asked))


def add_hook(asked: Asked) -> Answer:
    maintained(asked)
    made = Hook(asked.host.new_id(), asked.body["url"], asked.body.get("token", ""), _events(asked))
    asked.project.hooks[made.id] = made
    return 201, shapes.hook(asked.project, made)


def change_hook(asked: Asked) -> Answer:
    maintained(asked)
    one = _hook(asked)
    one.token, one.events = asked.body.get("token", one.token), _events(asked)
    return 200, shapes.hook(asked.project, one)


def remove_hook(asked: Asked) -> Answer:
    maintained(asked)
    del asked.project.hooks[_hook(asked).id]
    return 204, None


def _hook(asked: Asked) -> Hook:
    found = asked.project.hooks.get(int(asked.found["hook"]))
    if found is None:
        raise not_found()
    return found


def _events(asked: Asked) -> dict[str, bool]:
    return {name: value for name, value in asked.body.items() if name.endswith("_events")}


def maintained(asked: Asked) -> None:
    asked.project  # noqa: B018 - 404 when it cannot be seen
    if asked.by.level < MAINTAINER:
        raise Refusal(403, {"message": "403 Forbidden"})


def writable(place: Project) -> None:
    if place.archived or not place.issues_enabled:
        raise Refusal(403, {"message": "403 Forbidden"})


def titled(title: str) -> str:
    if not title.strip():
        raise Refusal(400, {"message": {"title": ["can't be blank"]}})
    if len(title) > 255:
        raise Refusal(400, {"message": {"title": ["is too long (maximum is 255 characters)"]}})
    return title


def known(given: Mapping[str, Any], names: frozenset[str]) -> None:
    if strange := set(given) - names:
        raise Refusal(400, {"error": f"{', '.join(sorted(strange))} is in no document"})


PROJECT = r"/projects/(?P<project>[^/]+)"
ISSUE = rf"{PROJECT}/issues/(?P<iid>[0-9]+)"
HOOK = rf"{PROJECT}/hooks/(?P<hook>[0-9]+)"
ROUTES: list[tuple[str, str, Callable[[Asked], Answer]]] = [
    ("GET", "/user", me), ("GET", "/personal_access_tokens/self", token), ("GET", "/projects", projects),
    ("GET", PROJECT, project), ("GET", f"{PROJECT}/labels", labels), ("GET", f"{PROJECT}/milestones", milestones),
    ("GET", f"{PROJECT}/members/all", members), ("GET", rf"{PROJECT}/members/all/(?P<user>[0-9]+)", member),
    ("GET", f"{PROJECT}/issues", issues), ("POST", f"{PROJECT}/issues", create), ("GET", ISSUE, issue),
    ("PUT", ISSUE, edit), ("GET", f"{ISSUE}/notes", notes), ("POST", f"{ISSUE}/notes", write_note),
    ("GET", f"{PROJECT}/hooks", hooks), ("POST", f"{PROJECT}/hooks", add_hook), ("GET", HOOK, hook),
    ("PUT", HOOK, change_hook), ("DELETE", HOOK, remove_hook),
]  # fmt: skip


def routed(method: str, path: str) -> tuple[Callable[[Asked], Answer], Mapping[str, str]]:
    """``path`` as it came, percent signs and all: a project's slashes are encoded. Refusal 404."""
    for verb, pattern, answer in ROUTES:
        match = re.fullmatch(pattern, path)
        if match and verb == method:
            return answer, match.groupdict()
    raise not_found()
