"""What a connection needs, asked of Jira without changing anything."""

from collections.abc import Mapping, Sequence
from typing import Any

from backlog.errors import N_, Text
from integrations.errors import Limited, Missing, NoAccess, TrackerError, Unauthorized, Unavailable, Unsupported
from integrations.jira import jql, searches
from integrations.jira.answers import UNANSWERED, read_as
from integrations.jira.catalogue import KINDS_OF_FIELDS, TYPES, Wishes, catalogue
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
TYPE, HOOKS = N_("has a type of issue"), N_("may register webhooks")
SEARCH = N_("can find what changed")
UNTOLD = N_("Jira does not tell it.")
UNTOLD_RIGHTS = N_(
    "Jira does not tell what the account may do in this project. What it may not do shows when it is tried."
)
ASK = N_("Jira does not give this account the permission “%(permission)s” in the project. Its administrator can.")
BY_HAND = N_(
    "This sign-in cannot register webhooks. Set one up by hand; without, changes in Jira arrive with the next look."
)


async def checks(site: Site, key: str) -> Sequence[Check]:
    """In the order in which they rest on each other; those that rest on one that failed are left out. What could not be
    asked is neither good nor bad. That the tracker cannot be reached is raised after the first three: it says nothing of
    rights."""
    kind, signing = await deployment(site), await signed_in(site)
    if signing.problem is not None:
        return [kind, signing]
    if kind.problem is not None:
        return [kind]  # who asks has signed in to ask
    told = [kind, await project(site, key)]
    if told[-1].problem is not None:
        return told
    return [*told, *await permissions(site, key), *await choices(site, key), await hooks(site)]


async def deployment(site: Site) -> Check:
    """Cloud chosen but Data Center found, or the other way round. Some sites tell it to those signed in alone."""
    label = site.dialect.label
    name = Text(DEPLOYMENT, {"label": label})
    try:
        with read_as("serverInfo"):
            found = str((await site.get("serverInfo")).get("deploymentType", ""))
    except TrackerError:
        found = ""
    if not found:
        return Check(name, unasked=Text(UNTOLD))
    if found in site.dialect.deployments:
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
        with read_as("mypermissions"):
            held: Mapping[str, Mapping[str, Any]] = answer.get("permissions") or {}
            return [permission(name, held.get(name) or {}) for name in PERMISSIONS]
    except (Unavailable, Unauthorized, Limited):
        raise
    except TrackerError:
        return [permission(name, {}) for name in PERMISSIONS]


def permission(name: str, held: Mapping[str, Any]) -> Check:
    label = Text(PERMISSIONS[name])
    if "havePermission" not in held:
        return Check(label, unasked=Text(UNTOLD_RIGHTS))
    if held["havePermission"]:
        return Check(label)
    return Check(label, Text(ASK, {"permission": str(held.get("name") or name)}))


async def choices(site: Site, key: str) -> list[Check]:
    """Whether there is a type of issue, and of what else there is to choose from what cannot be read."""
    wishes = Wishes()
    found = await catalogue(site, key, "", "", "", wishes)
    await wishes.of(KINDS_OF_FIELDS, site.get("field"))
    unread = [Check(Text(name), error.text, is_needed=False) for name, error in wishes.unread.items()]
    return [types(bool(found.types), TYPES not in wishes.unread), *unread, await search(site, key)]


async def search(site: Site, key: str) -> Check:
    """As the sweep does it."""
    try:
        await searches.first(site, jql.changed(key, site.access.now(), site.access.now()), 1)
    except UNANSWERED:
        return Check(Text(SEARCH), Text(searches.UNSEARCHED), is_needed=False)
    except Unsupported as error:
        return Check(Text(SEARCH), error.text)
    return Check(Text(SEARCH))


def types(are_there: bool, are_told: bool) -> Check:
    if are_there or not are_told:
        return Check(Text(TYPE), unasked=None if are_there else Text(UNTOLD))
    return Check(Text(TYPE), Text(N_("This account can make no issue of any type in the project.")))


async def hooks(site: Site) -> Check:
    """OAuth can on Cloud, administrators on Data Center; nobody has to."""
    if site.dialect.is_cloud:
        able = is_oauth(site.access.credentials)
        return Check(Text(HOOKS), None if able else Text(BY_HAND), is_needed=False)
    try:
        answer = await site.get("mypermissions", permissions="ADMINISTER")
    except TrackerError:
        return Check(Text(HOOKS), is_needed=False, unasked=Text(UNTOLD_RIGHTS))
    with read_as("mypermissions"):
        held = (answer.get("permissions") or {}).get("ADMINISTER") or {}
        return Check(Text(HOOKS), None if held.get("havePermission") else Text(BY_HAND), is_needed=False)
