"""/issue: create, read, edit, delete, transitions."""

from typing import Any

from litestar import Response, delete, get, post, put
from litestar.params import FromPath

from tests.trackers.fake_jira import work
from tests.trackers.fake_jira.calls import Asking, Call
from tests.trackers.fake_jira.forms import edited, new_issue
from tests.trackers.fake_jira.issues import Issue
from tests.trackers.fake_jira.people import DELETE, EDIT, TRANSITION
from tests.trackers.fake_jira.projects import Transition
from tests.trackers.fake_jira.refusals import Refusal
from tests.trackers.fake_jira.shapes import Json

NO_EDIT = "You do not have permission to edit issues in this project."
NO_DELETE = "You do not have permission to delete issues in this project."
CONFLICT = "The issue could not be updated because of a conflicting update."


def nothing(status: int = 204) -> Response[Any]:
    return Response(None, status_code=status)


@post("/issue")
async def create(call: Asking) -> Response[Json]:
    draft = new_issue(call, await call.body())
    issue = work.create(call.site, call.signed_in, draft.project, draft.type, draft.values, draft.properties)
    if draft.transition is not None:
        work.transit(call.site, issue, call.signed_in, draft.transition, {})
    body = {"id": str(issue.id), "key": issue.key, "self": call.shapes.url("issue", issue.id)}
    return Response(body, status_code=201)


@get("/issue/{key:str}")
async def read(call: Asking, key: FromPath[str]) -> Response[Json]:
    return Response(whole(call, call.issue(key), call.words("fields") or ["*all"]))


@put("/issue/{key:str}")
async def edit(call: Asking, key: FromPath[str]) -> Response[Any]:
    issue = call.issue(key)
    by = call.need(EDIT, issue, 403, NO_EDIT)
    sent = await call.body()
    call.site.rates.write(issue.id)
    if call.site.switches.conflicts > 0:
        call.site.switches.conflicts -= 1
        raise Refusal(409, CONFLICT)
    if "transition" in sent:
        raise Refusal(400, "Transition is not supported in this operation.")
    values = edited(call, issue, sent, call.site.type_of(issue).screen)
    work.edit(call.site, issue, by, values)
    issue.properties.update({each["key"]: each["value"] for each in sent.get("properties", [])})
    if call.flag("returnIssue") and call.site.cloud:
        return Response(whole(call, issue, ["*all"]))
    return nothing()


@delete("/issue/{key:str}", status_code=204)
async def remove(call: Asking, key: FromPath[str]) -> None:
    issue = call.issue(key)
    by = call.need(DELETE, issue, 403, NO_DELETE)
    work.delete(call.site, issue, by)


@get("/issue/{key:str}/editmeta")
async def editmeta(call: Asking, key: FromPath[str]) -> Response[Json]:
    issue = call.issue(key)
    return Response(_editmeta(call, issue))


@get("/issue/{key:str}/transitions")
async def transitions(call: Asking, key: FromPath[str]) -> Response[Json]:
    issue = call.issue(key)
    shown = ways(call, issue, fields=call.expands("transitions.fields"))
    wanted = call.word("transitionId")
    return Response({"expand": "transitions", "transitions": [each for each in shown if wanted in ("", each["id"])]})


@post("/issue/{key:str}/transitions")
async def transition(call: Asking, key: FromPath[str]) -> Response[Any]:
    issue, sent = call.issue(key), await call.body()
    call.site.rates.write(issue.id)
    way = _way(call, issue, sent.get("transition"))
    values = edited(call, issue, sent, way.screen, required=way.required)
    work.transit(call.site, issue, call.signed_in, way, values)
    return nothing()


def whole(call: Call, issue: Issue, fields: list[str]) -> Json:
    """An issue with what `expand` and `properties` ask for."""
    shapes = call.shapes
    body = shapes.issue(issue, fields, call.words("properties"))
    if call.expands("transitions") or call.expands("transitions.fields"):
        body["transitions"] = ways(call, issue, fields=call.expands("transitions.fields"))
    if call.expands("editmeta"):
        body["editmeta"] = _editmeta(call, issue)
    if call.expands("names"):
        body["names"] = {each.id: each.name for each in call.site.fields.values()}
    if call.expands("changelog"):
        told = [shapes.change(each) for each in issue.changes]
        body["changelog"] = {"startAt": 0, "maxResults": len(told), "total": len(told), "histories": told}
    return body


def ways(call: Call, issue: Issue, *, fields: bool) -> list[Json]:
    """Without the permission there are none, and that is no error."""
    project = call.site.projects[issue.project]
    return [call.shapes.transition(each, project, fields=fields) for each in _open(call, issue)]


def _open(call: Call, issue: Issue) -> tuple[Transition, ...]:
    if not call.may(TRANSITION, issue.project):
        return ()
    return call.site.type_of(issue).workflow.from_status(issue.status)


def _way(call: Call, issue: Issue, sent: Any) -> Transition:
    if not isinstance(sent, dict) or "id" not in sent:
        raise Refusal(400, "Missing 'transition' identifier")
    if not str(sent["id"]).isdecimal():
        raise Refusal(400, "'transition' identifier must be an integer")
    for each in _open(call, issue):
        if each.id == str(sent["id"]):
            return each
    raise Refusal(400, f"Transition id '{sent['id']}' is not valid for this issue.")


def _editmeta(call: Call, issue: Issue) -> Json:
    if not call.may(EDIT, issue.project):
        return {"fields": {}}
    kind = call.site.type_of(issue)
    return {"fields": call.shapes.metadata(kind.screen, kind.required, call.site.projects[issue.project])}


HANDLERS = [create, read, edit, remove, editmeta, transitions, transition]
