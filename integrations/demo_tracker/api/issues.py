"""/repos/{owner}/{repo}/issues"""

from typing import Any

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from integrations.demo_tracker import payloads
from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.calls import Call, answered, body, caller_of, may_write, paged, required, typed
from integrations.demo_tracker.issue_list import Wanted
from integrations.demo_tracker.issues import BODY_LIMIT, TITLE_LIMIT, Changes
from integrations.demo_tracker.refusals import invalid, issues_disabled, token_may_not
from integrations.demo_tracker.repository import Repository

REASONS = {"completed", "not_planned", "duplicate", "reopened", None}


@get("/issues", sync_to_thread=False)
def listed(request: Call, repository: NamedDependency[Repository]) -> Response[bytes]:
    wanted = Wanted.read(dict(request.query_params))
    return paged(request, repository, repository.issues.listed(wanted), payloads.issue)


@post("/issues")
async def create(request: Call, repository: NamedDependency[Repository]) -> Response[bytes]:
    """Anybody who reads may create; labels, assignees, milestone and type of people without push are dropped in silence."""
    caller = caller_of(request)
    if not caller.issues_write:
        raise token_may_not()
    if not repository.has_issues:
        raise issues_disabled()
    sent = await body(request)
    title = checked_title(required(sent, "title", object))
    changes = read(repository, caller, sent)
    issue = repository.open_issue(
        title,
        by=caller,
        body=checked_body(sent),
        labels=given(changes.labels, ()),
        assignees=given(changes.assignees, ()),
        milestone=given(changes.milestone, None),
        type=given(changes.type, None),
    )
    said = payloads.issue(repository, issue)
    return answered(request, said, status=201, headers={"Location": said["url"]})


@get("/issues/{number:int}", sync_to_thread=False)
def show(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    return answered(request, payloads.issue(repository, repository.issues.get(number)))


@patch("/issues/{number:int}")
async def change(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    issue = repository.issues.get(number)
    caller = may_write(request, repository, author=issue.author)
    changes = read(repository, caller, await body(request))
    return answered(request, payloads.issue(repository, repository.change(number, changes, by=caller)))


@put("/issues/{number:int}/lock", status_code=204)
async def lock(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> None:
    repository.issues.here(number)
    reason = typed(await body(request), "lock_reason", str)
    if reason not in {None, "off-topic", "too heated", "resolved", "spam"}:
        raise invalid("Issue", "lock_reason", "invalid", value=reason)
    repository.lock(number, by=may_write(request, repository), reason=reason)


@delete("/issues/{number:int}/lock", sync_to_thread=False)
def unlock(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> None:
    repository.issues.here(number)
    repository.unlock(number, by=may_write(request, repository))


def given(value: Any, default: Any) -> Any:
    return default if isinstance(value, UnsetType) else value


def read(repository: Repository, caller: Account, sent: dict[str, Any]) -> Changes:
    """What the body asks for, less what the caller may not. Raises Refusal: 422."""
    title = checked_title(sent["title"]) if sent.get("title") is not None else UNSET
    state = sent.get("state", UNSET)
    if state not in {UNSET, "open", "closed"}:
        raise invalid("Issue", "state", "invalid", value=str(state))
    reason = sent.get("state_reason")
    if reason not in REASONS:
        raise invalid("Issue", "state_reason", "invalid", value=str(reason))
    written = checked_body(sent) if "body" in sent else UNSET
    if not repository.may(caller, "push"):
        return Changes(title=title, body=written, state=state, state_reason=reason)
    return Changes(
        title=title,
        body=written,
        state=state,
        state_reason=reason,
        labels=labels(repository, sent),
        assignees=assignees(repository, sent),
        milestone=milestone(repository, sent),
        type=issue_type(repository, sent),
    )


def checked_title(title: object) -> str:
    text = str(title)
    if not text.strip():
        raise invalid("Issue", "title", "missing_field")
    if len(text) > TITLE_LIMIT:
        raise invalid("Issue", "title", "custom", f"title is too long (maximum is {TITLE_LIMIT} characters)")
    return text


def checked_body(sent: dict[str, Any]) -> str | None:
    text = typed(sent, "body", str)
    if text is not None and len(text) > BODY_LIMIT:
        raise invalid("Issue", "body", "custom", f"body is too long (maximum is {BODY_LIMIT} characters)")
    return text


def names(sent: dict[str, Any], field: str, key: str) -> list[str]:
    """Plain names or objects that hold one."""
    every = typed(sent, field, list) or []
    return [str(one[key]) if isinstance(one, dict) and key in one else str(one) for one in every]


def labels(repository: Repository, sent: dict[str, Any]) -> list[str] | UnsetType:
    if sent.get("labels") is None:
        return UNSET
    return [repository.labels.known(name).name for name in names(sent, "labels", "name")]


def assignees(repository: Repository, sent: dict[str, Any]) -> list[str] | UnsetType:
    """Raises Refusal: 422 for somebody who cannot be assigned."""
    if sent.get("assignees") is None:
        return [str(sent["assignee"])] if sent.get("assignee") else UNSET
    found = []
    for login in names(sent, "assignees", "login"):
        person = repository.host.person(login)
        if person is None or not repository.may(person, "pull"):
            raise invalid("Issue", "assignees", "invalid", value=login)
        found.append(person.login)
    return found


def milestone(repository: Repository, sent: dict[str, Any]) -> int | UnsetType | None:
    """By number; null takes it away. Raises Refusal: 422 when there is none such."""
    if "milestone" not in sent:
        return UNSET
    wanted = sent["milestone"]
    if wanted is None:
        return None
    number = int(wanted) if str(wanted).isdecimal() else 0
    if number not in repository.records.milestones:
        raise invalid("Issue", "milestone", "invalid", value=str(wanted))
    return number


def issue_type(repository: Repository, sent: dict[str, Any]) -> str | UnsetType | None:
    """By name; null takes it away. Raises Refusal: 422 when there is none such."""
    if "type" not in sent:
        return UNSET
    wanted = sent["type"]["value"] if isinstance(sent["type"], dict) else sent["type"]
    if wanted is None:
        return None
    for one in repository.records.types:
        if one.name.lower() == str(wanted).lower():
            return one.name
    raise invalid("Issue", "type", "invalid", value=str(wanted))


handlers = [listed, create, show, change, lock, unlock]
