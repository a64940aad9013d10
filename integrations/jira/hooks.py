"""Having Jira send webhooks: dynamic ones by OAuth on Cloud, an administrator's on Data Center."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from backlog.errors import N_, Text
from integrations.errors import Missing, NoAccess, Refused, Unauthorized
from integrations.http import json_of
from integrations.jira import jql
from integrations.jira.oauth import is_oauth
from integrations.jira.site import Site
from integrations.jira.webhooks import EVENTS
from integrations.webhook import Hook

LIFE = dt.timedelta(days=30)  # of a dynamic webhook
BEFORE_10, SINCE_10 = "/rest/webhooks/1.0/webhook", "/rest/jira-webhook/1.0/webhooks"
"""Of administrators on Data Center; version 10 moved them."""
NAME = "Waymark"
ISSUES = "issue-related-events-section"


async def register(site: Site, key: str, url: str, secret: str) -> Hook | None:
    """None where this account cannot."""
    if site.dialect.is_cloud:
        return await registered_by_app(site, key, url) if is_oauth(site.access.credentials) else None
    try:
        return await registered_by_administrator(site, key, url, secret)
    except (NoAccess, Missing, Unauthorized):
        return None


async def registered_by_app(site: Site, key: str, url: str) -> Hook | None:
    """Without a secret: Jira signs only administrators' webhooks. One that stood for the same address goes first, as
    an app has only five."""
    wanted = {"events": list(EVENTS), "jqlFilter": jql.of_project(key)}
    try:
        await remove_standing(site, url)
        answer = await site.answer("POST", site.dialect.path("webhook"), body={"url": url, "webhooks": [wanted]})
    except NoAccess:
        return None
    made: Mapping[str, Any] = next(iter(json_of(answer).get("webhookRegistrationResult") or ()), {})
    if "createdWebhookId" not in made:
        detail = "; ".join(map(str, made.get("errors") or ()))
        raise Refused(Text(N_("Jira does not register this webhook.")), detail=detail, status=answer.status_code)
    return Hook(str(made["createdWebhookId"]), site.access.now() + LIFE)


async def remove_standing(site: Site, url: str) -> None:
    """Some Jira leave the address out of the list: these are not ours to know."""
    found = await site.entries("webhook", "values")
    if same := [int(each["id"]) for each in found if each.get("url") == url]:
        await site.answer("DELETE", site.dialect.path("webhook"), body={"webhookIds": same})


async def registered_by_administrator(site: Site, key: str, url: str, secret: str) -> Hook:
    path = await administrators(site)
    listed = json_of(await site.answer("GET", path))
    same = next((each for each in listed if each.get("url") == url), None) if isinstance(listed, list) else None
    if same is not None:
        await site.answer("DELETE", f"{path}/{id_of(same)}")
    return Hook(id_of(json_of(await site.answer("POST", path, body=wished(path, key, url, secret)))))


def wished(path: str, key: str, url: str, secret: str) -> Mapping[str, Any]:
    shared = {"name": NAME, "url": url, "events": list(EVENTS), "filters": {ISSUES: jql.of_project(key)}}
    if path == SINCE_10:
        return shared | {"active": True, "configuration": {"SECRET": secret, "EXCLUDE_BODY": "false"}}
    return shared | {"excludeBody": False, "secret": secret}


async def administrators(site: Site) -> str:
    version = (await site.get("serverInfo")).get("versionNumbers") or [0]
    return SINCE_10 if int(version[0]) >= 10 else BEFORE_10


def id_of(found: Mapping[str, Any]) -> str:
    """Before version 10 only its address tells it."""
    return str(found.get("id") or str(found.get("self", "")).rstrip("/").rpartition("/")[2])


async def renew(site: Site, hook: Hook) -> Hook:
    """For another 30 days; an administrator's stays anyway."""
    if not site.dialect.is_cloud:
        return hook
    answer = await site.answer("PUT", site.dialect.path("webhook/refresh"), body={"webhookIds": [int(hook.id)]})
    return Hook(hook.id, expiry(json_of(answer).get("expirationDate"), site.access.now()))


def expiry(told: object, now: dt.datetime) -> dt.datetime:
    """In milliseconds since 1970 by the documents, as ISO 8601 in their examples."""
    if isinstance(told, int | float):
        return dt.datetime.fromtimestamp(told / 1000, dt.UTC)
    try:
        return dt.datetime.fromisoformat(str(told))
    except ValueError:
        return now + LIFE


async def remove(site: Site, hook: Hook) -> None:
    """Nothing happens when it is gone already."""
    try:
        if site.dialect.is_cloud:
            await site.answer("DELETE", site.dialect.path("webhook"), body={"webhookIds": [int(hook.id)]})
        else:
            await site.answer("DELETE", f"{await administrators(site)}/{hook.id}")
    except Missing:
        return
