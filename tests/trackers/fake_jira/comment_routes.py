"""/issue/{key}/comment and the history of an issue."""

from typing import Any

from litestar import Response, delete, get, post, put
from litestar.params import FromPath

from tests.trackers.fake_jira import texts, work
from tests.trackers.fake_jira.calls import Asking, Call
from tests.trackers.fake_jira.issues import Comment, Issue
from tests.trackers.fake_jira.people import COMMENT
from tests.trackers.fake_jira.refusals import Refusal, Unfit
from tests.trackers.fake_jira.shapes import Json

NO_COMMENT = "You do not have the permission to comment on this issue."


@get("/issue/{key:str}/comment")
async def listed(call: Asking, key: FromPath[str]) -> Response[Json]:
    issue, start, size = call.issue(key), call.number("startAt", 0), call.number("maxResults", 50)
    oldest_first = not call.word("orderBy").startswith("-")
    ordered = issue.comments if oldest_first else issue.comments[::-1]
    return Response(call.shapes.comments(issue, ordered[start : start + size], start, size))


@post("/issue/{key:str}/comment")
async def write(call: Asking, key: FromPath[str]) -> Response[Json]:
    issue = call.issue(key)
    body = _body(call, await call.body())
    call.site.rates.write(issue.id)
    by = call.need(COMMENT, issue, 400, NO_COMMENT)
    return Response(call.shapes.comment(issue, work.comment(call.site, issue, by, body)), status_code=201)


@get("/issue/{key:str}/comment/{comment:int}")
async def read(call: Asking, key: FromPath[str], comment: FromPath[int]) -> Response[Json]:
    issue = call.issue(key)
    return Response(call.shapes.comment(issue, _found(issue, comment)))


@put("/issue/{key:str}/comment/{comment:int}")
async def rewrite(call: Asking, key: FromPath[str], comment: FromPath[int]) -> Response[Json]:
    issue = call.issue(key)
    written, body = _found(issue, comment), _body(call, await call.body())
    call.site.rates.write(issue.id)
    work.rewrite(call.site, issue, written, call.need(COMMENT, issue, 400, NO_COMMENT), body)
    return Response(call.shapes.comment(issue, written))


@delete("/issue/{key:str}/comment/{comment:int}", status_code=204)
async def withdraw(call: Asking, key: FromPath[str], comment: FromPath[int]) -> None:
    issue = call.issue(key)
    work.withdraw(call.site, issue, _found(issue, comment), call.need(COMMENT, issue, 400, NO_COMMENT))


@get("/issue/{key:str}/changelog")
async def changelog(call: Asking, key: FromPath[str]) -> Response[Json]:
    """Cloud only; Data Center has `expand=changelog`."""
    if not call.site.cloud:
        raise Refusal(404, body={"message": "null for uri", "status-code": 404})
    issue = call.issue(key)
    return Response(call.page("values", [call.shapes.change(each) for each in issue.changes], size=100))


def _found(issue: Issue, number: int) -> Comment:
    for each in issue.comments:
        if each.id == number:
            return each
    raise Refusal(404, f"Can not find a comment for the id: {number}.")


def _body(call: Call, sent: Json) -> Any:
    try:
        body = texts.accepted(sent.get("body"), cloud=call.site.cloud, version=call.version, field="comment")
    except Unfit as unfit:
        raise Refusal(400, errors={"comment": str(unfit)}) from None
    if not texts.plain(body).strip():
        raise Refusal(400, errors={"comment": "Comment body can not be empty!"})
    return body


HANDLERS = [listed, write, read, rewrite, withdraw, changelog]
