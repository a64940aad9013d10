"""Webhooks of a project: registered and removed.

What did not arrive is not asked for again: the list of deliveries (since 17.3) does not say when they were, only five a
minute may be repeated, and the sweep finds what they told.
"""

from typing import Any

from integrations.errors import Missing, NoAccess
from integrations.gitlab import answers
from integrations.gitlab.answers import shaped
from integrations.gitlab.calls import Calls
from integrations.webhook import Hook

EVENTS = {
    "push_events": False,  # what GitLab would send otherwise
    "issues_events": True,
    "confidential_issues_events": True,
    "note_events": True,
    "confidential_note_events": True,
}


async def register(calls: Calls, project: str, url: str, secret: str) -> Hook | None:
    """The one there is for this address is given the secret and the events. None where the account may not."""
    wished: dict[str, Any] = {"url": url, "token": secret, "enable_ssl_verification": True, **EVENTS}
    try:
        known = await _known(calls, project, url)
        if known is None:
            said = await calls.write("POST", f"{project}/hooks", wished)
        else:
            said = await calls.write("PUT", f"{project}/hooks/{known}", wished)
    except (Missing, NoAccess):
        return None
    return Hook(str(shaped(said, answers.Hook, writes=True).id))


async def _known(calls: Calls, project: str, url: str) -> int | None:
    async for page in calls.pages(f"{project}/hooks", {"per_page": 100}):
        for each in shaped(page, tuple[answers.Hook, ...]):
            if each.url == url:
                return each.id
    return None


async def renewed(calls: Calls, project: str, hook: Hook) -> Hook:
    """It stays until somebody removes it; then Missing."""
    return Hook(str(shaped(await calls.get(f"{project}/hooks/{int(hook.id)}"), answers.Hook).id))


async def remove(calls: Calls, project: str, hook: Hook) -> None:
    try:
        await calls.write("DELETE", f"{project}/hooks/{int(hook.id)}")
    except Missing:
        return
