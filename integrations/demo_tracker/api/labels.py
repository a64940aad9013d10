"""/repos/{owner}/{repo}/labels, and those of an issue: adding is additive, PUT replaces"""

from typing import Any

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from integrations.demo_tracker import payloads
from integrations.demo_tracker.api.issues import names
from integrations.demo_tracker.calls import Call, answered, body, may_write, paged, required, typed
from integrations.demo_tracker.issues import Changes, Issue
from integrations.demo_tracker.refusals import Refusal
from integrations.demo_tracker.repository import Repository


@get("/labels", sync_to_thread=False)
def listed(request: Call, repository: NamedDependency[Repository]) -> Response[bytes]:
    return paged(request, repository, repository.labels.every(), payloads.label)


@post("/labels")
async def create(request: Call, repository: NamedDependency[Repository]) -> Response[bytes]:
    may_write(request, repository)
    sent = await body(request)
    color, description = typed(sent, "color", str), typed(sent, "description", str)
    label = repository.labels.create(required(sent, "name", str), color or "ededed", description)
    said = payloads.label(repository, label)
    return answered(request, said, status=201, headers={"Location": said["url"]})


@get("/labels/{name:str}", sync_to_thread=False)
def show(request: Call, repository: NamedDependency[Repository], name: FromPath[str]) -> Response[bytes]:
    return answered(request, payloads.label(repository, repository.labels.get(name)))


@patch("/labels/{name:str}")
async def change(request: Call, repository: NamedDependency[Repository], name: FromPath[str]) -> Response[bytes]:
    may_write(request, repository)
    sent = await body(request)
    wanted = {field: typed(sent, field, str) for field in ("new_name", "color", "description")}
    return answered(request, payloads.label(repository, repository.labels.change(name, **wanted)))


@delete("/labels/{name:str}", sync_to_thread=False)
def remove(request: Call, repository: NamedDependency[Repository], name: FromPath[str]) -> None:
    repository.labels.delete(name, by=may_write(request, repository))


@get("/issues/{number:int}/labels", sync_to_thread=False)
def of_issue(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    found = [repository.labels.named(name) for name in repository.issues.here(number).labels]
    return paged(request, repository, found, payloads.label)


@post("/issues/{number:int}/labels", status_code=200)
async def add(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    repository.issues.here(number)
    caller = may_write(request, repository, permission="triage")
    wanted = names(await body(request), "labels", "name")
    return every(request, repository, repository.label(number, *wanted, by=caller))


@put("/issues/{number:int}/labels")
async def replace(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    repository.issues.here(number)
    caller = may_write(request, repository, permission="triage")
    wanted = [repository.labels.known(name).name for name in names(await body(request), "labels", "name")]
    return every(request, repository, repository.change(number, Changes(labels=wanted), by=caller))


@delete("/issues/{number:int}/labels", sync_to_thread=False)
def clear(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> None:
    repository.issues.here(number)
    repository.change(number, Changes(labels=()), by=may_write(request, repository, permission="triage"))


@delete("/issues/{number:int}/labels/{name:str}", status_code=200, sync_to_thread=False)
def take(
    request: Call, repository: NamedDependency[Repository], number: FromPath[int], name: FromPath[str]
) -> Response[bytes]:
    issue = repository.issues.here(number)
    caller = may_write(request, repository, permission="triage")
    if name.lower() not in {one.lower() for one in issue.labels}:
        raise Refusal(404, "Label does not exist")
    return every(request, repository, repository.unlabel(number, name, by=caller))


def every(request: Call, repository: Repository, issue: Issue) -> Response[Any]:
    return answered(request, [payloads.label(repository, repository.labels.named(name)) for name in issue.labels])


handlers = [listed, create, show, change, remove, of_issue, add, replace, clear, take]
