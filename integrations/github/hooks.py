"""Webhooks of a repository: registered, removed, and asked to send again what did not arrive.

GitHub never sends anything twice by itself.
"""

import datetime as dt
from typing import Any

from backlog.errors import N_, Text
from integrations.errors import Gone, Missing, NoAccess, Refused
from integrations.github import answers
from integrations.github.answers import shaped
from integrations.github.calls import Calls
from integrations.webhook import Hook
from integrations.writes import Write

EVENTS = ("issues", "issue_comment")
NEWER = ("sub_issues", "issue_dependencies")
"""Events older Enterprise Servers do not know."""
MOST_AGAIN = 20
"""Deliveries asked for: each takes a write of GitHub's limits, and what the others tell is found without them."""


async def register(calls: Calls, repository: str, url: str, secret: str) -> Hook | None:
    """The one there is for this address is given the secret and the events. None where the account may not."""
    try:
        known = await _known(calls, f"{repository}/hooks", url)
        try:
            return await _put(calls, repository, known, _wished(url, secret, (*EVENTS, *NEWER)))
        except Refused:
            return await _put(calls, repository, known, _wished(url, secret, EVENTS))
    except (Missing, NoAccess):
        return None


def _wished(url: str, secret: str, events: tuple[str, ...]) -> dict[str, Any]:
    config = {"url": url, "content_type": "json", "secret": secret, "insecure_ssl": "0"}
    return {"config": config, "events": list(events), "active": True}


async def _put(calls: Calls, repository: str, known: int | None, wished: dict[str, Any]) -> Hook:
    if known is None:
        said = await calls.write("POST", f"{repository}/hooks", {"name": "web", **wished})
    else:
        said = await calls.write("PATCH", f"{repository}/hooks/{known}", wished)
    return Hook(str(shaped(said, answers.Hook, writes=True).id))


async def _known(calls: Calls, path: str, url: str) -> int | None:
    async for page in calls.pages(path, {"per_page": 100}):
        for each in shaped(page, tuple[answers.Hook, ...]):
            if each.config.url == url:
                return each.id
    return None


async def renewed(calls: Calls, repository: str, hook: Hook) -> Hook:
    """It stays until somebody removes it; then Missing."""
    return Hook(str(shaped(await calls.get(f"{repository}/hooks/{int(hook.id)}"), answers.Hook).id))


async def remove(calls: Calls, repository: str, hook: Hook) -> None:
    try:
        await calls.write("DELETE", f"{repository}/hooks/{int(hook.id)}")
    except (Missing, Gone):
        return


async def redeliveries(calls: Calls, repository: str, hook: Hook, since: dt.datetime) -> list[Write]:
    """For what none of its attempts brought here. Nothing where the account may not look."""
    path, what = f"{repository}/hooks/{int(hook.id)}/deliveries", Text(N_("Have a webhook sent again"))
    try:
        lost = await _lost(calls, path, since)
    except (Missing, NoAccess):
        return []
    return [Write("POST", f"{path}/{each.id}/attempts", None, what) for each in lost[:MOST_AGAIN]]


async def _lost(calls: Calls, path: str, since: dt.datetime) -> list[answers.Delivery]:
    """The newest attempt of each delivery, the oldest first."""
    attempts: dict[str, list[answers.Delivery]] = {}
    async for page in calls.pages(path, {"per_page": 100}):
        found = shaped(page, tuple[answers.Delivery, ...])
        for each in found:
            if each.delivered_at >= since:
                attempts.setdefault(each.guid, []).append(each)
        if any(each.delivered_at < since for each in found):
            break
    lost = [every[0] for every in attempts.values() if not any(each.arrived for each in every)]
    return lost[::-1]
