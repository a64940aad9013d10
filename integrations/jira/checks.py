"""What a connection needs, asked of Jira without changing anything."""

from collections.abc import Mapping, Sequence
from typing import Any

from backlog.errors import N_, Text
from integrations.errors import Missing, NoAccess, TrackerError, Unauthorized
from integrations.jira.catalogue import first_type
from integrations.jira.oauth import is_oauth
from integrations.jira.site import Site
from integrations.tracker import Check

PERMISSIONS = {
    "BROWSE_PROJECTS": N_("can read"),
    "CREATE_ISSUES": N_("can write"),
    "EDIT_ISSUES": N_("may change and label"),
    "TRANSITION_ISSUES": N_("may set the status"),
    "ADD_COMMENTS": N_("may comment"),
}
SIGN_IN, DEPLOYMENT, PROJECT = N_("can sign in"), N_("it is %(label)s"), N_("can see the project %(project)s")
TYPES, HOOKS = N_("has a type of issue"), N_("may register webhooks")
ASK = N_("Jira does not give this account the permission “%(permission)s” in the project. Its administrator can.")
BY_HAND = N_(
    "This sign-in cannot register webhooks. Set one up by hand; without, changes in Jira arrive with the next look."
)


async def checks(site: Site, key: str) -> Sequence[Check]:
    """In the order in which they rest on each other; those that rest on one that failed are left out."""
    told = [await deployment(site), await signed_in(site)]
    if not all(each.ok for each in told):
        return told
    told.pop()  # who asks has signed in to ask
    told.append(await project(site, key))
    if not told[-1].ok:
        return told
    return [*told, *await permissions(site, key), await types(site, key), await hooks(site)]


async def deployment(site: Site) -> Check:
    """Cloud chosen but Data Center found, or the other way round. Some sites tell it to those signed in alone."""
    label = site.dialect.label
    name = Text(DEPLOYMENT, {"label": label})
    try:
        found = str((await site.get("serverInfo")).get("deploymentType", ""))
    except Unauthorized:
        return Check(name)
    except TrackerError as error:
        return Check(name, error.text)
    if not found or found in site.dialect.deployments:
        return Check(name)
    wrong = N_("This address is a Jira of the kind “%(found)s”, not %(label)s. Choose that kind for the connection.")
    return Check(name, Text(wrong, {"found": found, "label": label}))


async def signed_in(site: Site) -> Check:
    try:
        await site.get("myself")
    except TrackerError as error:
        return Check(Text(SIGN_IN), error.text)
    return Check(Text(SIGN_IN))


async def project(site: Site, key: str) -> Check:
    name = Text(PROJECT, {"project": key})
    if not key:
        return Check(name, Text(N_("Choose a project.")))
    try:
        await site.get(f"project/{key}")
    except (Missing, NoAccess):
        unseen = N_("Jira has no project %(project)s, or this account may not see it.")
        return Check(name, Text(unseen, {"project": key}))
    except TrackerError as error:
        return Check(name, error.text)
    return Check(name)


async def permissions(site: Site, key: str) -> list[Check]:
    try:
        answer = await site.get("mypermissions", projectKey=key, permissions=",".join(PERMISSIONS))
    except TrackerError as error:
        return [Check(Text(label), error.text) for label in PERMISSIONS.values()]
    held: Mapping[str, Mapping[str, Any]] = answer.get("permissions") or {}
    return [permission(name, held.get(name) or {}) for name in PERMISSIONS]


def permission(name: str, held: Mapping[str, Any]) -> Check:
    label = Text(PERMISSIONS[name])
    if held.get("havePermission"):
        return Check(label)
    return Check(label, Text(ASK, {"permission": str(held.get("name") or name)}))


async def types(site: Site, key: str) -> Check:
    try:
        found = await first_type(site, key)
    except TrackerError as error:
        return Check(Text(TYPES), error.text)
    none = N_("This account can make no issue of any type in the project.")
    return Check(Text(TYPES), None if found else Text(none))


async def hooks(site: Site) -> Check:
    """OAuth can on Cloud, administrators on Data Center; nobody has to."""
    able = is_oauth(site.access.credentials) if site.dialect.is_cloud else await is_administrator(site)
    return Check(Text(HOOKS), None if able else Text(BY_HAND), is_needed=False)


async def is_administrator(site: Site) -> bool:
    try:
        answer = await site.get("mypermissions", permissions="ADMINISTER")
    except TrackerError:
        return False
    held = (answer.get("permissions") or {}).get("ADMINISTER") or {}
    return bool(held.get("havePermission"))
