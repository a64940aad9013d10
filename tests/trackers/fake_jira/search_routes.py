"""/search and /issue/bulkfetch: on Cloud behind an index and page by token, on Data Center by startAt."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from tests.trackers.fake_jira import jql
from tests.trackers.fake_jira.calls import Asking, Call
from tests.trackers.fake_jira.issue_routes import whole
from tests.trackers.fake_jira.issues import Issue
from tests.trackers.fake_jira.refusals import NO_ISSUE, SEARCH_REMOVED, UNBOUNDED, Refusal
from tests.trackers.fake_jira.search import Search
from tests.trackers.fake_jira.shapes import Json

TOKEN_LIFE = dt.timedelta(days=7)
MOST_BULK = 100
MOST_RECONCILED = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """One search; `start` is where the page begins."""

    jql: str
    fields: list[str]
    properties: list[str]
    size: int
    start: int
    fresh: frozenset[int]


@get("/search/jql")
async def jql_get(call: Asking) -> Response[Json]:
    sent: Json = {name: call.word(name) for name in ("jql", "nextPageToken") if call.word(name)}
    sent |= {name: call.words(name) for name in ("fields", "properties", "reconcileIssues")}
    return Response(_page(call, {**sent, "maxResults": call.number("maxResults", 50)}))


@post("/search/jql")
async def jql_post(call: Asking) -> Response[Json]:
    return Response(_page(call, await call.body()), status_code=200)


@get("/search")
async def old_get(call: Asking) -> Response[Json]:
    sent: Json = {"jql": call.word("jql"), "fields": call.words("fields")}
    numbers = {name: call.number(name, default) for name, default in (("startAt", 0), ("maxResults", 50))}
    return Response(_old(call, {**sent, **numbers}))


@post("/search")
async def old_post(call: Asking) -> Response[Json]:
    return Response(_old(call, await call.body()), status_code=200)


@post("/search/approximate-count")
async def count(call: Asking) -> Response[Json]:
    asked = Asked(str((await call.body()).get("jql", "")), [], [], 0, 0, frozenset())
    return Response({"count": len(_found(call, asked))}, status_code=200)


@post("/issue/bulkfetch")
async def bulkfetch(call: Asking) -> Response[Json]:
    sent = await call.body()
    wanted = [str(each) for each in sent.get("issueIdsOrKeys") or []]
    if not wanted:
        raise Refusal(400, "The 'issueIdsOrKeys' field must not be empty.")
    if len(wanted) > MOST_BULK:
        raise Refusal(400, f"The number of issues to fetch must not exceed {MOST_BULK}.")
    fields = list(sent.get("fields") or ["*navigable"])
    found: dict[int, Json] = {}
    errors = []
    for each in wanted:
        try:
            issue = call.issue(each)
        except Refusal:
            errors.append({"id": each, "errorMessage": NO_ISSUE})
        else:
            found[issue.id] = call.shapes.issue(issue, fields, sent.get("properties") or [])
    return Response({"issues": list(found.values()), "issueErrors": errors}, status_code=200)


def _page(call: Call, sent: Json) -> Json:
    if not call.site.cloud:
        raise Refusal(404, body={"message": "null for uri", "status-code": 404})
    asked = _asked(call, sent)
    found = _found(call, asked)
    shown = found[asked.start : asked.start + asked.size]
    body: Json = {"issues": [call.shapes.issue(each, asked.fields, asked.properties) for each in shown]}
    end = asked.start + len(shown)
    if end >= len(found):
        return {**body, "isLast": True}
    return {**body, "isLast": False, "nextPageToken": _token(call, asked.jql, end)}


def _old(call: Call, sent: Json) -> Json:
    if call.site.cloud:
        raise Refusal(410, SEARCH_REMOVED)
    size = min(int(sent.get("maxResults", 50)), call.site.switches.page_size, 1000)
    asked = Asked(str(sent.get("jql") or ""), list(sent.get("fields") or ["*navigable"]), [], size, 0, frozenset())
    found, start = _found(call, asked), int(sent.get("startAt") or 0)
    shown = [whole(call, each, asked.fields) for each in found[start : start + size]]
    return {"startAt": start, "maxResults": size, "total": len(found), "issues": shown}


def _asked(call: Call, sent: Json) -> Asked:
    fresh = frozenset(int(each) for each in sent.get("reconcileIssues") or [])
    if len(fresh) > MOST_RECONCILED:
        raise Refusal(400, f"The number of reconcileIssues must not exceed {MOST_RECONCILED}.")
    text = str(sent.get("jql") or "")
    size = min(int(sent.get("maxResults") or 50), call.site.switches.page_size)
    start = _start(call, text, sent.get("nextPageToken"))
    return Asked(text, list(sent.get("fields") or ["id"]), list(sent.get("properties") or []), size, start, fresh)


def _found(call: Call, asked: Asked) -> list[Issue]:
    query = jql.parse(asked.jql)
    if query.where is None and call.site.cloud:
        raise Refusal(400, UNBOUNDED)
    return Search(call.site, call.account).found(query, call.site.index.seen(asked.fresh))


def _token(call: Call, text: str, start: int) -> str:
    token = f"page-{call.site.next_id()}"
    call.site.page_tokens[token] = (text, start, call.site.clock() + TOKEN_LIFE)
    return token


def _start(call: Call, text: str, token: Any) -> int:
    if not token:
        return 0
    kept = call.site.page_tokens.get(str(token))
    if kept is None or kept[0] != text or call.site.clock() >= kept[2]:
        raise Refusal(400, "The provided next page token is invalid or expired.")
    return kept[1]


HANDLERS = [jql_get, jql_post, old_get, old_post, count, bulkfetch]
