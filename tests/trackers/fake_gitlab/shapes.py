"""How GitLab writes things down, after the examples of its documentation: api/issues, api/notes, api/projects,
api/project_webhooks, user/project/integrations/webhook_events."""

import datetime as dt
from typing import Any

from tests.trackers.fake_gitlab.host import Host
from tests.trackers.fake_gitlab.records import Hook, Issue, Milestone, Note, Project, User


def moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def user(host: Host, one: User) -> dict[str, Any]:
    return {
        "id": one.id, "username": one.username, "name": one.name, "state": "active", "avatar_url": None,
        "web_url": f"{host.url}/{one.username}",
    }  # fmt: skip


def milestone(project: Project, one: Milestone) -> dict[str, Any]:
    return {"id": one.id, "iid": one.iid, "project_id": project.id, "title": one.title, "state": "active"}


def issue(host: Host, project: Project, one: Issue) -> dict[str, Any]:
    people = [user(host, each) for each in one.assignees]
    said = {
        "id": one.id, "iid": one.iid, "project_id": one.project_id, "title": one.title,
        "description": one.description, "state": one.state, "created_at": moment(one.created_at),
        "updated_at": moment(one.updated_at), "closed_at": None, "closed_by": None, "labels": sorted(one.labels),
        "milestone": milestone(project, one.milestone) if one.milestone else None, "assignees": people,
        "assignee": people[0] if people else None, "author": user(host, one.author), "type": one.issue_type.upper(),
        "user_notes_count": sum(not each.system for each in one.notes), "due_date": one.due_date,
        "confidential": False, "issue_type": one.issue_type, "web_url": f"{host.url}/{project.path}/-/issues/{one.iid}",
        "references": {"short": f"#{one.iid}", "relative": f"#{one.iid}", "full": f"{project.path}#{one.iid}"},
        "moved_to_id": one.moved_to_id, "task_completion_status": {"count": 0, "completed_count": 0},
    }  # fmt: skip
    return {**said, "weight": one.weight} if project.is_premium else said


def note(host: Host, project: Project, of: Issue, one: Note) -> dict[str, Any]:
    return {
        "id": one.id, "body": one.body, "author": user(host, one.author), "created_at": moment(one.created_at),
        "updated_at": moment(one.updated_at), "system": one.system, "noteable_id": of.id, "noteable_type": "Issue",
        "project_id": project.id, "noteable_iid": of.iid, "resolvable": False, "confidential": one.internal,
        "internal": one.internal,
    }  # fmt: skip


def project(host: Host, one: Project, by: User) -> dict[str, Any]:
    own = {"access_level": by.level, "notification_level": 3} if by.level and one.tells_roles else None
    return {
        "id": one.id, "path_with_namespace": one.path, "name_with_namespace": one.path.replace("/", " / "),
        "web_url": f"{host.url}/{one.path}", "archived": one.archived, "issues_enabled": one.issues_enabled,
        "permissions": {"project_access": own, "group_access": None},
    }  # fmt: skip


def hook(project: Project, one: Hook) -> dict[str, Any]:
    return {"id": one.id, "url": one.url, "project_id": project.id, **one.events}


def event(host: Host, place: Project, about: dict[str, Any]) -> dict[str, Any]:
    """The body of a webhook."""
    one, by = about["issue"], about["by"]
    short = {
        "id": one.id, "iid": one.iid, "title": one.title, "description": one.description or "", "state": one.state,
        "project_id": place.id,
    }  # fmt: skip
    said = {
        "object_kind": about["kind"], "event_type": about["kind"],
        "user": {"id": by.id, "name": by.name, "username": by.username},
        "project": {"id": place.id, "path_with_namespace": place.path, "web_url": f"{host.url}/{place.path}"},
    }  # fmt: skip
    if about["note"] is None:
        return {**said, "object_attributes": {**short, "action": about["action"], "type": "Issue"}}
    attributes = {"id": about["note"].id, "note": about["note"].body, "noteable_type": "Issue", "action": "create"}
    return {**said, "object_attributes": attributes, "issue": short}
