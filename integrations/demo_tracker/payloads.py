"""The tracker's values in GitHub's JSON: the same shapes answer requests and travel in webhooks."""

from base64 import b64encode
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.issues import Issue
from integrations.demo_tracker.records import Comment, Hook, IssueType, Label, Milestone

if TYPE_CHECKING:
    from integrations.demo_tracker.host import Host
    from integrations.demo_tracker.repository import Repository

Json = dict[str, Any]
ACCOUNT_PLACES = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
REPOSITORY_PLACES = {
    "archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}", "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}", "commits_url": "/commits{/sha}", "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}", "contributors_url": "/contributors", "deployments_url": "/deployments",
    "downloads_url": "/downloads", "events_url": "/events", "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}", "git_refs_url": "/git/refs{/sha}", "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks", "issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}",
    "languages_url": "/languages", "merges_url": "/merges", "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags",
    "teams_url": "/teams", "trees_url": "/git/trees{/sha}",
}  # fmt: skip
REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def time(moment: datetime) -> str:
    """To the second, as GitHub tells times."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def time_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else time(moment)


def node_id(kind: str, number: int) -> str:
    """Opaque, stable, and found again by GraphQL."""
    return f"{kind}_{b64encode(str(number).encode()).decode().rstrip('=')}"


def account(host: "Host", one: Account) -> Json:
    url = f"{host.address}{host.api}/users/{quote(one.login)}"
    page = f"{host.address}/{quote(one.login)}"
    places = {name: url + place for name, place in ACCOUNT_PLACES.items()}
    return {
        "login": one.login, "id": one.id, "node_id": node_id("U", one.id), "avatar_url": f"{page}.png", "gravatar_id": "",
        "url": url, "html_url": page, **places, "type": one.type, "site_admin": False,
    }  # fmt: skip


def repository(one: "Repository", caller: Account | None = None) -> Json:
    """``permissions`` are the caller's; webhooks carry none."""
    records, open_issues = one.records, sum(issue.state == "open" for issue in one.issues.every())
    owner = Account(records.owner, records.id + 1, "Organization")
    said: Json = {
        "id": records.id, "node_id": node_id("R", records.id), "name": records.name, "full_name": one.full_name,
        "private": True, "owner": account(one.host, owner), "html_url": one.page, "description": None, "fork": False,
        "url": one.url, **{name: one.url + place for name, place in REPOSITORY_PLACES.items()},
        "created_at": time(records.created_at), "updated_at": time(records.created_at),
        "pushed_at": time(records.created_at), "git_url": f"git:{one.page.partition(':')[2]}.git", "ssh_url": f"git@{one.full_name}.git",
        "clone_url": f"{one.page}.git", "svn_url": one.page, "homepage": None, "size": 0, "stargazers_count": 0,
        "watchers_count": 0, "language": None, "has_issues": one.has_issues, "has_projects": True, "has_downloads": True,
        "has_wiki": False, "has_pages": False, "has_discussions": False, "forks_count": 0, "mirror_url": None, "archived": False,
        "disabled": False, "open_issues_count": open_issues, "license": None, "allow_forking": True, "is_template": False,
        "web_commit_signoff_required": False, "topics": [], "visibility": "private", "forks": 0,
        "open_issues": open_issues, "watchers": 0, "default_branch": "main", "custom_properties": {},
    }  # fmt: skip
    if caller is not None:
        said["permissions"] = {name: one.may(caller, name) for name in ("admin", "maintain", "push", "triage", "pull")}
    return said


def reactions(url: str) -> Json:
    return {"url": f"{url}/reactions", "total_count": 0, **dict.fromkeys(REACTIONS, 0)}


def issue(one: "Repository", issue: Issue) -> Json:
    url = f"{one.url}/issues/{issue.number}"
    host = one.host
    assignees = [account(host, one.person(login)) for login in issue.assignees]
    milestone = one.records.milestones.get(issue.milestone or 0)
    said = {
        "url": url, "repository_url": one.url, "labels_url": f"{url}/labels{{/name}}", "comments_url": f"{url}/comments",
        "events_url": f"{url}/events", "html_url": f"{one.page}/issues/{issue.number}", "id": issue.id,
        "node_id": node_id("I", issue.id), "number": issue.number, "title": issue.title,
        "user": account(host, issue.author), "labels": [label(one, one.labels.named(name)) for name in issue.labels],
        "state": issue.state, "locked": issue.locked, "assignee": assignees[0] if assignees else None,
        "assignees": assignees, "milestone": milestone_or_none(one, milestone), "comments": issue.comments,
        "created_at": time(issue.created_at), "updated_at": time(issue.updated_at),
        "closed_at": time_or_none(issue.closed_at), "author_association": association(issue.author),
        "active_lock_reason": issue.lock_reason, "draft": False, "body": issue.body, "reactions": reactions(url),
        "timeline_url": f"{url}/timeline", "performed_via_github_app": via_app(issue.author),
        "state_reason": issue.state_reason, "sub_issues_summary": summary(one, issue),
        "issue_dependencies_summary": {"blocked_by": 0, "blocking": 0, "total_blocked_by": 0, "total_blocking": 0},
    }  # fmt: skip
    if issue.closed_by is not None:
        said["closed_by"] = account(host, issue.closed_by)
    if issue.type is not None:
        said["type"] = issue_type(one.type_named(issue.type))
    if issue.parent is not None and (parent := one.issues.by_id(issue.parent)) is not None:
        said["parent_issue_url"] = f"{one.url}/issues/{parent.number}"
    if issue.pull_request:
        page = f"{one.page}/pull/{issue.number}"
        said["pull_request"] = {
            "url": f"{one.url}/pulls/{issue.number}", "html_url": page, "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch", "merged_at": None,
        }  # fmt: skip
    return said


def search_result(one: "Repository", found: Issue) -> Json:
    """Leaves out what has no value where the document knows no null."""
    said = {name: value for name, value in issue(one, found).items() if name != "body" or value is not None}
    return {**said, "score": 1.0}


def association(author: Account) -> str:
    return "MEMBER" if author.may("push") else "NONE"


def via_app(author: Account) -> Json | None:
    """What an app wrote says so: the clearest sign of an echo."""
    if author.type != "Bot":
        return None
    slug = author.login.removesuffix("[bot]")
    return {"id": author.id, "slug": slug, "name": slug, "node_id": node_id("A", author.id)}


def summary(one: "Repository", issue: Issue) -> Json:
    children = [child for child in map(one.issues.by_id, issue.children) if child is not None]
    done = sum(child.state == "closed" for child in children)
    percent = 100 * done // len(children) if children else 0
    return {"total": len(children), "completed": done, "percent_completed": percent}


def comment(one: "Repository", comment: Comment) -> Json:
    url = f"{one.url}/issues/comments/{comment.id}"
    return {
        "url": url, "html_url": f"{one.page}/issues/{comment.issue}#issuecomment-{comment.id}",
        "issue_url": f"{one.url}/issues/{comment.issue}", "id": comment.id, "node_id": node_id("IC", comment.id),
        "user": account(one.host, comment.author), "created_at": time(comment.created_at),
        "updated_at": time(comment.updated_at), "author_association": association(comment.author),
        "performed_via_github_app": via_app(comment.author), "body": comment.body, "reactions": reactions(url),
    }  # fmt: skip


def label(one: "Repository", label: Label) -> Json:
    return {
        "id": label.id, "node_id": node_id("LA", label.id), "url": f"{one.url}/labels/{quote(label.name, safe='')}",
        "name": label.name, "color": label.color, "default": label.default, "description": label.description,
    }  # fmt: skip


def milestone_or_none(one: "Repository", found: Milestone | None) -> Json | None:
    return None if found is None else milestone(one, found)


def milestone(one: "Repository", milestone: Milestone) -> Json:
    url = f"{one.url}/milestones/{milestone.number}"
    states = [issue.state for issue in one.issues.every() if issue.milestone == milestone.number]
    return {
        "url": url, "html_url": f"{one.page}/milestone/{milestone.number}", "labels_url": f"{url}/labels",
        "id": milestone.id, "node_id": node_id("MI", milestone.id), "number": milestone.number,
        "title": milestone.title, "description": milestone.description, "creator": account(one.host, milestone.creator),
        "open_issues": states.count("open"), "closed_issues": states.count("closed"), "state": milestone.state,
        "created_at": time(milestone.created_at), "updated_at": time(milestone.updated_at),
        "due_on": time_or_none(milestone.due_on), "closed_at": time_or_none(milestone.closed_at),
    }  # fmt: skip


def issue_type(one: IssueType) -> Json:
    return {
        "id": one.id, "node_id": node_id("IT", one.id), "name": one.name, "description": one.description,
        "color": one.color, "is_enabled": True,
    }  # fmt: skip


def hook(one: "Repository", hook: Hook) -> Json:
    """The secret is never told again, only that there is one."""
    url = f"{one.url}/hooks/{hook.id}"
    config = {"content_type": hook.content_type, "url": hook.url, "insecure_ssl": hook.insecure_ssl}
    if hook.secret is not None:
        config["secret"] = "********"  # noqa: S105 # what GitHub shows instead of it
    return {
        "type": "Repository", "id": hook.id, "name": "web", "active": hook.active, "events": hook.events,
        "config": config, "updated_at": time(hook.updated_at), "created_at": time(hook.created_at), "url": url,
        "test_url": f"{url}/test", "ping_url": f"{url}/pings", "deliveries_url": f"{url}/deliveries",
        "last_response": {"code": None, "status": "unused", "message": None},
    }  # fmt: skip
