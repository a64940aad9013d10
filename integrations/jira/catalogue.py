"""What there is to choose from in a project: types of issue, fields of one type, its statuses, priorities, people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from integrations.catalogue import Catalogue, TrackerField
from integrations.issue import Account, Choice, Status
from integrations.jira.fields import tracker_field
from integrations.jira.issues import project, status
from integrations.jira.people import account
from integrations.jira.site import Site

OURS = frozenset({"summary", "description", "project", "issuetype", "parent", "attachment", "issuelinks"})
"""Fields that Waymark fills by itself or never."""
PEOPLE = 100  # accounts to choose from, at most


async def catalogue(site: Site, key: str, issue_type: str, home: str, us: str) -> Catalogue:
    """``issue_type`` by id or name; empty: the first that is no sub-task."""
    found = await site.get(f"project/{key}")
    listed = await site.entries(f"issue/createmeta/{key}/issuetypes", "issueTypes", "values")
    types = [each for each in listed if not each.get("subtask")]
    chosen = chosen_type(types, issue_type)
    fields = await fields_of(site, key, str(chosen["id"])) if chosen else ()
    return Catalogue(
        project=project(found, home),
        types=tuple(Choice(str(each["id"]), str(each["name"])) for each in types),
        fields=fields,
        statuses=statuses(await site.get(f"project/{key}/statuses"), chosen),
        priorities=await priorities(site, fields),
        accounts=await people(site, key, us),
    )


def chosen_type(types: Sequence[Mapping[str, Any]], wished: str) -> Mapping[str, Any] | None:
    by_name = next((each for each in types if wished and wished in (str(each["id"]), each["name"])), None)
    return by_name or next(iter(types), None)


async def fields_of(site: Site, key: str, type_id: str) -> tuple[TrackerField, ...]:
    found = await site.entries(f"issue/createmeta/{key}/issuetypes/{type_id}", "fields", "values")
    read = (tracker_field(each) for each in found)
    return tuple(each for each in read if each is not None and each.id not in OURS)


def statuses(by_type: Iterable[Mapping[str, Any]], chosen: Mapping[str, Any] | None) -> tuple[Status, ...]:
    """Of the chosen type; of all types when it is not there."""
    listed = list(by_type)
    own = [each for each in listed if chosen is not None and str(each.get("id")) == str(chosen["id"])]
    found = [status(each) for one in own or listed for each in one.get("statuses") or ()]
    return tuple({each.id: each for each in found}.values())


async def priorities(site: Site, fields: Iterable[TrackerField]) -> tuple[Choice, ...]:
    """Of this type's screen, where the project may have its own; without the field none can be set."""
    field = next((each for each in fields if each.id == "priority"), None)
    if field is None:
        return ()
    if field.choices:
        return field.choices
    if site.dialect.is_cloud:
        found = await site.entries("priority/search", "values")
    else:
        found = await site.get("priority")
    return tuple(Choice(str(each["id"]), str(each["name"])) for each in found)


async def people(site: Site, key: str, us: str) -> tuple[Account, ...]:
    found = await site.get("user/assignable/search", project=key, maxResults=PEOPLE)
    return tuple(each for each in (account(one, us) for one in found) if each is not None)


async def first_type(site: Site, key: str) -> str:
    """The id of the first type that is no sub-task; empty when nothing can be made there."""
    listed = await site.entries(f"issue/createmeta/{key}/issuetypes", "issueTypes", "values")
    chosen = chosen_type([each for each in listed if not each.get("subtask")], "")
    return str(chosen["id"]) if chosen else ""
