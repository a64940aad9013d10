"""/repos/{owner}/{repo}/issues/{number}/sub_issues, .../sub_issue and .../parent"""

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from integrations.demo_tracker import payloads
from integrations.demo_tracker.calls import Call, answered, body, may_write, paged, required, typed
from integrations.demo_tracker.repository import Repository


@get("/issues/{number:int}/sub_issues", sync_to_thread=False)
def listed(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    return paged(request, repository, repository.family.children(number), payloads.issue)


@post("/issues/{number:int}/sub_issues")
async def add(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    """Answers the parent."""
    repository.issues.here(number)
    caller = may_write(request, repository, permission="triage")
    sent = await body(request)
    child, replaces = required(sent, "sub_issue_id", int), typed(sent, "replace_parent", bool)
    parent = repository.family.add(number, child, by=caller, replace_parent=bool(replaces))
    said = payloads.issue(repository, parent)
    return answered(request, said, status=201, headers={"Location": said["url"]})


@delete("/issues/{number:int}/sub_issue", status_code=200)
async def remove(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    repository.issues.here(number)
    caller = may_write(request, repository, permission="triage")
    child = required(await body(request), "sub_issue_id", int)
    return answered(request, payloads.issue(repository, repository.family.remove(number, child, by=caller)))


@get("/issues/{number:int}/parent", sync_to_thread=False)
def parent(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    return answered(request, payloads.issue(repository, repository.family.parent(number)))


handlers = [listed, add, remove, parent]
