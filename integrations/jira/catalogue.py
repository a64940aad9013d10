"""What there is to choose from in a project: types of issue, fields of one type, its statuses, priorities, people.

The project itself is needed. Everything else is optional: where Jira has no such look-up, or forbids it, there is
nothing to choose from.
"""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backlog.errors import N_, Text
from integrations.catalogue import Catalogue, TrackerField
from integrations.errors import TrackerError, Unavailable
from integrations.issue import NOWHERE, Account, Choice, Status
from integrations.jira.answers import NOT_WHOLE, REFUSALS, read_as
from integrations.jira.fields import tracker_field
from integrations.jira.issues import project, status
from integrations.jira.people import account
from integrations.jira.site import Site

OURS = frozenset({"summary", "description", "project", "issuetype", "parent", "attachment", "issuelinks"})
"""Fields that Waymark fills by itself or never."""
PEOPLE = 100  # accounts to choose from, at most
KINDS_OF_FIELDS, TYPES, FIELDS = (
    N_("can read the kinds of fields"),
    N_("can read the types of issue"),
    N_("can read the fields"),
)
STATUSES, PRIORITIES = N_("can read the statuses"), N_("can read the priorities")
ACCOUNTS = N_("can read the people to assign")


@dataclass
class Wishes:
    """``unread``: which of them were not answered, and why."""

    unread: dict[str, TrackerError] = field(default_factory=dict)

    async def of(self, name: str, asking: Awaitable[Any]) -> list[Any]:
        try:
            found = await asking
        except REFUSALS as error:
            self.unread[name] = error
            return []
        if not isinstance(found, list):
            self.unread[name] = Unavailable(Text(NOT_WHOLE))
            return []
        return found


async def catalogue(
    site: Site, key: str, issue_type: str, home: str, us: str, wishes: Wishes | None = None
) -> Catalogue:
    """``issue_type`` by id or name; empty: the first that is no sub-task. ``wishes`` are told what could not be read."""
    wishes = wishes or Wishes()
    found = await site.get(f"project/{key}")
    with read_as("project"):
        types = tasks(await types_of(site, key, wishes) or found.get("issueTypes") or ())
        chosen = chosen_type(types, issue_type)
        fields = await fields_of(site, key, str(chosen["id"]), wishes) if chosen else ()
        return Catalogue(
            project=project(found, home),
            types=tuple(Choice(str(each["id"]), str(each["name"])) for each in types),
            fields=fields,
            statuses=statuses(await wishes.of(STATUSES, site.get(f"project/{key}/statuses")), chosen),
            priorities=await priorities(site, fields, wishes),
            accounts=await people(site, key, us, wishes),
        )


async def types_of(site: Site, key: str, wishes: Wishes) -> list[Any]:
    asking = site.entries(f"issue/createmeta/{key}/issuetypes", "issueTypes", "values")
    return await wishes.of(TYPES, asking)


def tasks(types: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [each for each in types if not each.get("subtask")]


def chosen_type(types: Sequence[Mapping[str, Any]], wished: str) -> Mapping[str, Any] | None:
    by_name = next((each for each in types if wished and wished in (str(each["id"]), each["name"])), None)
    return by_name or next(iter(types), None)


async def fields_of(site: Site, key: str, type_id: str, wishes: Wishes) -> tuple[TrackerField, ...]:
    asking = site.entries(f"issue/createmeta/{key}/issuetypes/{type_id}", "fields", "values")
    read = (tracker_field(each) for each in await wishes.of(FIELDS, asking))
    return tuple(each for each in read if each is not None and each.id not in OURS)


def statuses(by_type: Iterable[Mapping[str, Any]], chosen: Mapping[str, Any] | None) -> tuple[Status, ...]:
    """Of the chosen type; of all types when it is not there."""
    listed = list(by_type)
    own = [each for each in listed if chosen is not None and str(each.get("id")) == str(chosen["id"])]
    found = [status(each) for one in own or listed for each in one.get("statuses") or ()]
    return tuple({each.id: each for each in found if each.id != NOWHERE}.values())


async def priorities(site: Site, fields: Iterable[TrackerField], wishes: Wishes) -> tuple[Choice, ...]:
    """Of this type's screen, where the project may have its own; without the field none can be set."""
    shown = next((each for each in fields if each.id == "priority"), None)
    if shown is None:
        return ()
    if shown.choices:
        return shown.choices
    asking = site.entries("priority/search", "values") if site.dialect.is_cloud else site.get("priority")
    return tuple(Choice(str(each["id"]), str(each["name"])) for each in await wishes.of(PRIORITIES, asking))


async def people(site: Site, key: str, us: str, wishes: Wishes) -> tuple[Account, ...]:
    found = await wishes.of(ACCOUNTS, site.get("user/assignable/search", project=key, maxResults=PEOPLE))
    return tuple(each for each in (account(one, us) for one in found) if each is not None)


async def first_type(site: Site, key: str) -> str:
    """The id of the first type that is no sub-task; empty when nothing can be made there."""
    wishes = Wishes()
    listed = tasks(await types_of(site, key, wishes))
    if wishes.unread:
        listed = tasks((await site.get(f"project/{key}")).get("issueTypes") or ())
    chosen = chosen_type(listed, "")
    return str(chosen["id"]) if chosen else ""
