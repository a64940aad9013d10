"""/repos/{owner}/{repo}, its assignees, issue types, and whose token it is"""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from integrations.demo_tracker import payloads
from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.calls import Call, answered, caller_of, paged
from integrations.demo_tracker.host import VERSIONS, Host
from integrations.demo_tracker.refusals import not_found
from integrations.demo_tracker.repository import Repository


@get("/", sync_to_thread=False)
def show(request: Call, repository: NamedDependency[Repository]) -> Response[bytes]:
    return answered(request, payloads.repository(repository, caller_of(request)))


@get("/assignees", sync_to_thread=False)
def assignees(request: Call, repository: NamedDependency[Repository]) -> Response[bytes]:
    return paged(request, repository, assignable(repository), lambda one, person: payloads.account(one.host, person))


@get("/assignees/{login:str}", status_code=204, sync_to_thread=False)
def assignee(repository: NamedDependency[Repository], login: FromPath[str]) -> None:
    if login.lower() not in {person.login.lower() for person in assignable(repository)}:
        raise not_found()


@get("/issue-types", sync_to_thread=False)
def issue_types(request: Call, repository: NamedDependency[Repository]) -> Response[bytes]:
    return answered(request, [payloads.issue_type(one) for one in repository.records.types])


@get("/orgs/{org:str}/issue-types", sync_to_thread=False)
def organisation_issue_types(request: Call, host: NamedDependency[Host], org: FromPath[str]) -> Response[bytes]:
    """Of all its repositories: here every one has its own."""
    caller_of(request)
    owned = [one for one in host.repositories if one.records.owner.lower() == org.lower()]
    if not owned:
        raise not_found()
    return answered(request, [payloads.issue_type(kind) for one in owned for kind in one.records.types])


@get("/user", sync_to_thread=False)
def whose_token(request: Call, host: NamedDependency[Host]) -> Response[bytes]:
    return answered(request, payloads.account(host, caller_of(request)))


@get("/user/repos", sync_to_thread=False)
def own_repositories(request: Call, host: NamedDependency[Host]) -> Response[bytes]:
    """All on one page: here are few."""
    caller = caller_of(request)
    return answered(request, [payloads.repository(one, caller) for one in host.repositories if one.may(caller, "pull")])


@get("/versions", sync_to_thread=False)
def versions(request: Call) -> Response[bytes]:
    return answered(request, sorted(VERSIONS, reverse=True))


@get("/rate_limit", sync_to_thread=False)
def rate_limit(request: Call, host: NamedDependency[Host]) -> Response[bytes]:
    window = host.limits.window(caller_of(request))
    limit = host.limits.an_hour
    core = {
        "limit": limit, "used": window.used, "remaining": max(0, limit - window.used),
        "reset": int(window.resets_at.timestamp()),
    }  # fmt: skip
    return answered(request, {"resources": {"core": core, "search": core, "graphql": core}, "rate": core})


def assignable(repository: Repository) -> list[Account]:
    return [person for person in repository.host.people() if person.type == "User" and repository.may(person, "triage")]


handlers = [show, assignees, assignee, issue_types]
beside = [organisation_issue_types, whose_token, own_repositories, versions, rate_limit]
