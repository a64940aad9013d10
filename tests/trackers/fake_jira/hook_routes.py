"""Registration of webhooks: dynamic ones by apps (Cloud), the administrator's at /rest/webhooks/1.0."""

from typing import Any

from litestar import Response, delete, get, post, put
from litestar.params import FromPath

from tests.trackers.fake_jira import jql
from tests.trackers.fake_jira.calls import Asking, Call
from tests.trackers.fake_jira.hooks import LIFE, Hook
from tests.trackers.fake_jira.people import ADMINISTER, Kind
from tests.trackers.fake_jira.refusals import UNBOUNDED, Refusal
from tests.trackers.fake_jira.shapes import Json

MOST = 5  # dynamic webhooks of one person and app
NOT_AN_APP = "Only Connect and OAuth 2.0 apps can use this operation."
KNOWN = frozenset(
    {
        "jira:issue_created",
        "jira:issue_updated",
        "jira:issue_deleted",
        "comment_created",
        "comment_updated",
        "comment_deleted",
        "issue_property_set",
        "issue_property_deleted",
    }
)


@get("/webhook")
async def listed(call: Asking) -> Response[Json]:
    return Response(call.page("values", [_dynamic(each) for each in _own(call)], size=100))


@post("/webhook")
async def register(call: Asking) -> Response[Json]:
    """One result for each; those that fail do not keep the others from being registered."""
    app = _app(call)
    sent = await call.body()
    if not str(sent.get("url", "")).startswith(("http://", "https://")):
        raise Refusal(400, "The webhook URL is not valid.")
    results = [_register(call, app, str(sent["url"]), each) for each in sent.get("webhooks") or []]
    return Response({"webhookRegistrationResult": results}, status_code=200)


@delete("/webhook", status_code=202)
async def drop(call: Asking) -> None:
    for hook in await _named(call):
        del call.site.hooks.registered[hook.id]


@put("/webhook/refresh")
async def refresh(call: Asking) -> Response[Json]:
    """Another 30 days; one that has expired is gone and stays so."""
    expires_at = call.site.clock() + LIFE
    for hook in await _named(call):
        hook.expires_at = expires_at
    return Response({"expirationDate": int(expires_at.timestamp() * 1000)})


@get("/webhook/failed")
async def failed(call: Asking) -> Response[Json]:
    """Deliveries given up in the last 72 hours."""
    shown = [
        {
            "id": each.identifier,
            "url": each.hook.url,
            "body": each.body.decode(),
            "failureTime": int(at.timestamp() * 1000),
        }
        for at, each in call.site.hooks.lately_failed(_app(call))
    ]
    return Response({"maxResults": 100, "values": shown[:100]})


@get("/webhook")
async def admin_listed(call: Asking) -> Response[list[Json]]:
    _administrator(call)
    return Response([_admin(call, each) for each in call.site.hooks.registered.values() if not each.app])


@post("/webhook")
async def admin_register(call: Asking) -> Response[Json]:
    owner, sent = _administrator(call), await call.body()
    if not sent.get("name") or not sent.get("url"):
        raise Refusal(400, body={"messages": [{"key": "name and url are required", "arguments": []}]})
    hook = call.site.hooks.register(
        str(sent["url"]),
        tuple(sent.get("events") or ()),
        owner,
        name=str(sent["name"]),
        jql=str((sent.get("filters") or {}).get("issue-related-events-section", "")),
        secret=str(sent.get("secret") or (sent.get("configuration") or {}).get("SECRET", "")),
    )
    return Response(_admin(call, hook), status_code=201)


@delete("/webhook/{number:int}", status_code=204)
async def admin_drop(call: Asking, number: FromPath[int]) -> None:
    _administrator(call)
    if call.site.hooks.registered.pop(number, None) is None:
        raise Refusal(404, "Webhook does not exist.")


def _app(call: Call) -> str:
    call.signed_in  # noqa: B018 # refuses the anonymous
    if call.token is None or call.token.kind is not Kind.OAUTH:
        raise Refusal(403, NOT_AN_APP)
    return call.token.app


def _own(call: Call) -> list[Hook]:
    return call.site.hooks.of_app(_app(call), call.signed_in.id)


async def _named(call: Call) -> list[Hook]:
    """Ids of others, and of none, are passed over in silence."""
    own = _own(call)
    wanted = (await call.body()).get("webhookIds")
    if not isinstance(wanted, list):
        raise Refusal(400, "The 'webhookIds' field is required.")
    return [each for each in own if each.id in wanted]


def _register(call: Call, app: str, url: str, sent: Json) -> Json:
    errors = [f"Unknown event '{each}'." for each in sent.get("events") or [] if each not in KNOWN]
    if len(call.site.hooks.of_app(app, call.signed_in.id)) >= MOST:
        errors.append(f"The maximum number of webhooks ({MOST}) has been reached.")
    try:
        if jql.parse(str(sent.get("jqlFilter") or "")).where is None:
            errors.append(UNBOUNDED)
    except Refusal as refusal:
        errors.extend(refusal.messages)
    if errors:
        return {"errors": errors}
    events = tuple(sent["events"])
    more: dict[str, Any] = {"jql": str(sent["jqlFilter"]), "app": app, "expires_at": call.site.clock() + LIFE}
    return {"createdWebhookId": call.site.hooks.register(url, events, call.signed_in.id, **more).id}


def _dynamic(hook: Hook) -> Json:
    assert hook.expires_at is not None
    expires = int(hook.expires_at.timestamp() * 1000)
    return {
        "id": hook.id,
        "url": hook.url,
        "events": list(hook.events),
        "jqlFilter": hook.jql,
        "expirationDate": expires,
    }


def _administrator(call: Call) -> str:
    if ADMINISTER not in call.signed_in.permissions:
        raise Refusal(403, "You do not have permission to administer webhooks.")
    return call.signed_in.id


def _admin(call: Call, hook: Hook) -> Json:
    return {
        "self": f"{call.site.url}/rest/webhooks/1.0/webhook/{hook.id}",
        "name": hook.name,
        "url": hook.url,
        "events": list(hook.events),
        "filters": {"issue-related-events-section": hook.jql},
        "enabled": hook.enabled,
        "isSigned": bool(hook.secret),
    }


HANDLERS = [listed, register, drop, refresh, failed]
ADMIN_HANDLERS = [admin_listed, admin_register, admin_drop]
