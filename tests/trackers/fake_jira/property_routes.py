"""What hangs on an issue without being a field of it: entity properties and remote links."""

from typing import Any

from litestar import Response, delete, get, post, put
from litestar.exceptions import SerializationException
from litestar.params import FromPath

from tests.trackers.fake_jira.calls import Asking, Call
from tests.trackers.fake_jira.forms import check_property
from tests.trackers.fake_jira.issue_routes import NO_EDIT
from tests.trackers.fake_jira.issues import Issue, RemoteLink
from tests.trackers.fake_jira.people import EDIT
from tests.trackers.fake_jira.refusals import Refusal
from tests.trackers.fake_jira.shapes import Json

NO_LINKING = "You do not have permission to link issues in this project."


@get("/issue/{key:str}/properties")
async def keys(call: Asking, key: FromPath[str]) -> Response[Json]:
    issue = call.issue(key)
    return Response({"keys": [{"key": name, "self": _url(call, issue, name)} for name in issue.properties]})


@get("/issue/{key:str}/properties/{name:str}")
async def read(call: Asking, key: FromPath[str], name: FromPath[str]) -> Response[Json]:
    return Response({"key": name, "value": _property(call.issue(key), name)})


@put("/issue/{key:str}/properties/{name:str}")
async def write(call: Asking, key: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """201 for a new one, 200 for a changed one; neither changes when the issue was updated."""
    issue = call.issue(key)
    call.need(EDIT, issue, 403, NO_EDIT)
    try:
        value = await call.request.json()
    except SerializationException:
        raise Refusal(400, "The property value is not valid JSON.") from None
    check_property(value)
    call.site.rates.write(issue.id)
    status = 200 if name in issue.properties else 201
    issue.properties[name] = value
    return Response({}, status_code=status)


@delete("/issue/{key:str}/properties/{name:str}", status_code=204)
async def remove(call: Asking, key: FromPath[str], name: FromPath[str]) -> None:
    issue = call.issue(key)
    call.need(EDIT, issue, 403, NO_EDIT)
    _property(issue, name)
    del issue.properties[name]


@get("/issue/{key:str}/remotelink")
async def links(call: Asking, key: FromPath[str]) -> Response[Any]:
    """All of them, or the one whose `globalId` is asked for."""
    issue, wanted = call.issue(key), call.word("globalId")
    if not wanted:
        return Response([_link(call, issue, each) for each in issue.links])
    for each in issue.links:
        if each.global_id == wanted:
            return Response(_link(call, issue, each))
    raise Refusal(404, f"The remote link with global id '{wanted}' does not exist.")


@post("/issue/{key:str}/remotelink")
async def tie(call: Asking, key: FromPath[str]) -> Response[Json]:
    """An upsert by `globalId`: 201 for a new one, 200 for a known one, of which nothing not sent survives."""
    issue, sent = call.issue(key), await call.body()
    call.need(EDIT, issue, 403, NO_LINKING)
    shown = sent.get("object") or {}
    if errors := {name: f"'{name}' is required." for name in ("title", "url") if not shown.get(name)}:
        raise Refusal(400, errors=errors)
    call.site.rates.write(issue.id)
    body = {name: sent[name] for name in ("application", "relationship", "object") if sent.get(name)}
    global_id = sent.get("globalId")
    known = next((each for each in issue.links if global_id and each.global_id == global_id), None)
    if known is not None:
        known.body = body
        return Response(_tied(call, issue, known), status_code=200)
    link = RemoteLink(call.site.next_id(), global_id, body)
    issue.links.append(link)
    return Response(_tied(call, issue, link), status_code=201)


@delete("/issue/{key:str}/remotelink", status_code=204)
async def untie(call: Asking, key: FromPath[str]) -> None:
    issue, wanted = call.issue(key), call.word("globalId")
    call.need(EDIT, issue, 403, NO_LINKING)
    kept = [each for each in issue.links if each.global_id != wanted]
    if len(kept) == len(issue.links):
        raise Refusal(404, f"The remote link with global id '{wanted}' does not exist.")
    issue.links[:] = kept


def _property(issue: Issue, name: str) -> Any:
    if name not in issue.properties:
        raise Refusal(404, f"The property {name} does not exist.")
    return issue.properties[name]


def _url(call: Call, issue: Issue, name: str) -> str:
    return call.shapes.url("issue", issue.id, "properties", name)


def _tied(call: Call, issue: Issue, link: RemoteLink) -> Json:
    return {"id": link.id, "self": call.shapes.url("issue", issue.id, "remotelink", link.id)}


def _link(call: Call, issue: Issue, link: RemoteLink) -> Json:
    tied = {**_tied(call, issue, link), **link.body}
    return {**tied, "globalId": link.global_id} if link.global_id else tied


HANDLERS = [keys, read, write, remove, links, tie, untie]
