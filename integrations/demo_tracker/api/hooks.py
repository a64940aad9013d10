"""/repos/{owner}/{repo}/hooks: for those who administer the repository"""

import json
from typing import Any

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from integrations.demo_tracker import payloads
from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.calls import Call, answered, body, caller_of, paged, typed
from integrations.demo_tracker.hooks import Delivery
from integrations.demo_tracker.records import Hook
from integrations.demo_tracker.refusals import Refusal, invalid, not_found
from integrations.demo_tracker.repository import Repository


@get("/hooks", sync_to_thread=False)
def listed(request: Call, repository: NamedDependency[Repository]) -> Response[bytes]:
    may_administer(request, repository)
    return paged(request, repository, list(repository.records.hooks.values()), payloads.hook)


@post("/hooks")
async def create(request: Call, repository: NamedDependency[Repository]) -> Response[bytes]:
    """One hook per address and content type; the first delivery is a ping."""
    caller = may_administer(request, repository)
    sent = await body(request)
    config = typed(sent, "config", dict) or {}
    url = str(config.get("url", ""))
    if not url.startswith(("http://", "https://")):
        raise invalid("Hook", "url", "custom", "url is missing a scheme")
    if any(one.url == url for one in repository.records.hooks.values()):
        raise Refusal(
            422, "Validation Failed", invalid("Hook", "url", "custom", "Hook already exists on this repository").errors
        )
    hook = repository.hooks.create(
        url,
        events=[str(event) for event in typed(sent, "events", list) or ["push"]],
        secret=config.get("secret"),
        active=typed(sent, "active", bool) is not False,
        content_type=config.get("content_type", "form"),
        by=caller,
    )
    said = payloads.hook(repository, hook)
    return answered(request, said, status=201, headers={"Location": said["url"]})


@get("/hooks/{hook_id:int}", sync_to_thread=False)
def show(request: Call, repository: NamedDependency[Repository], hook_id: FromPath[int]) -> Response[bytes]:
    may_administer(request, repository)
    return answered(request, payloads.hook(repository, repository.hooks.get(hook_id)))


@patch("/hooks/{hook_id:int}")
async def change(request: Call, repository: NamedDependency[Repository], hook_id: FromPath[int]) -> Response[bytes]:
    may_administer(request, repository)
    hook = repository.hooks.get(hook_id)
    rewrite(hook, await body(request))
    hook.updated_at = repository.host.clock()
    repository.save()
    return answered(request, payloads.hook(repository, hook))


@delete("/hooks/{hook_id:int}", sync_to_thread=False)
def remove(request: Call, repository: NamedDependency[Repository], hook_id: FromPath[int]) -> None:
    may_administer(request, repository)
    del repository.records.hooks[repository.hooks.get(hook_id).id]
    repository.save()


@post("/hooks/{hook_id:int}/pings", status_code=204, sync_to_thread=False)
def ping(request: Call, repository: NamedDependency[Repository], hook_id: FromPath[int]) -> None:
    repository.hooks.ping(hook_id, by=may_administer(request, repository))


@get("/hooks/{hook_id:int}/deliveries", sync_to_thread=False)
def deliveries(request: Call, repository: NamedDependency[Repository], hook_id: FromPath[int]) -> Response[bytes]:
    """The newest first, those done with only; ``status``: success or failure."""
    may_administer(request, repository)
    repository.hooks.get(hook_id)
    done = [one for one in reversed(repository.hooks.deliveries) if one.hook == hook_id and one.status != "pending"]
    if wanted := request.query_params.get("status"):
        done = [one for one in done if (one.status == "OK") == (wanted == "success")]
    size = request.query_params.get("per_page", "30")
    start = request.query_params.get("cursor", "0")
    if not (size.isdecimal() and start.isdecimal()):
        raise Refusal(400, "Invalid cursor or per_page")
    first, last = int(start), int(start) + min(100, int(size))
    link = f'<{repository.numbered_url}/hooks/{hook_id}/deliveries?per_page={size}&cursor={last}>; rel="next"'
    said = [told(repository, one) for one in done[first:last]]
    return answered(request, said, headers={"Link": link} if last < len(done) else None)


@get("/hooks/{hook_id:int}/deliveries/{delivery_id:int}", sync_to_thread=False)
def delivery(
    request: Call, repository: NamedDependency[Repository], hook_id: FromPath[int], delivery_id: FromPath[int]
) -> Response[bytes]:
    may_administer(request, repository)
    one = repository.hooks.delivery(hook_id, delivery_id)
    asked = {"headers": dict(one.headers), "payload": json.loads(one.payload)}
    said = {"url": repository.hooks.get(hook_id).url, "request": asked}
    response = {"headers": dict(one.answer_headers), "payload": one.answer}
    return answered(request, {**told(repository, one), **said, "response": response})


@post("/hooks/{hook_id:int}/deliveries/{delivery_id:int}/attempts", status_code=202, sync_to_thread=False)
def attempt(
    request: Call, repository: NamedDependency[Repository], hook_id: FromPath[int], delivery_id: FromPath[int]
) -> Response[bytes]:
    """Deliver again, with the same GUID."""
    may_administer(request, repository)
    repository.hooks.redeliver(hook_id, delivery_id)
    return answered(request, {}, status=202)


def may_administer(request: Call, repository: Repository) -> Account:
    """Hooks do not exist for others. Raises Refusal: 401, 404."""
    caller = caller_of(request)
    if not repository.may(caller, "admin"):
        raise not_found()
    return caller


def rewrite(hook: Hook, sent: dict[str, Any]) -> None:
    config = typed(sent, "config", dict) or {}
    hook.url = config.get("url", hook.url)
    hook.secret = config.get("secret", hook.secret)
    hook.content_type = config.get("content_type", hook.content_type)
    events = typed(sent, "events", list) or hook.events
    added, removed = typed(sent, "add_events", list) or [], typed(sent, "remove_events", list) or []
    hook.events = [event for event in dict.fromkeys([*events, *added]) if event not in removed]
    active = typed(sent, "active", bool)
    hook.active = hook.active if active is None else active


def told(repository: Repository, one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id, "guid": one.guid, "delivered_at": payloads.time(one.at), "redelivery": one.redelivery,
        "duration": one.duration, "status": one.status, "status_code": one.status_code, "event": one.event,
        "action": one.action, "installation_id": None, "repository_id": repository.records.id, "throttled_at": None,
    }  # fmt: skip


handlers = [listed, create, show, change, remove, ping, deliveries, delivery, attempt]
