"""The one project of a repository and its Status field, as GraphQL shows them."""

from collections.abc import Mapping
from typing import Any

from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.graphql import Refused
from integrations.demo_tracker.host import Host
from integrations.demo_tracker.issues import Issue
from integrations.demo_tracker.payloads import node_id
from integrations.demo_tracker.repository import Repository

OPTIONS = {"f75ad846": "Todo", "47fc9ee4": "In Progress", "98236657": "Done"}
"""Option ids are short hexadecimal, and names what people make of them."""
Shown = dict[str, Any]


class Roots:
    """What a caller may ask and change."""

    def __init__(self, host: Host, caller: Account) -> None:
        self.caller = caller
        self.readable = [one for one in host.repositories if one.may(caller, "pull")]

    def query(self) -> Shown:
        viewer = {"__typename": "User", "login": self.caller.login, "id": node_id("U", self.caller.id)}
        asked = {
            "repository": self.repository,
            "node": self.node,
            "nodes": lambda ids: [self.node(each) for each in ids],
            "organization": self.organization,
        }
        return {"__typename": "Query", "viewer": viewer, **asked}

    def mutation(self) -> Shown:
        changes = {"addProjectV2ItemById": self.add, "updateProjectV2ItemFieldValue": self.set_status}
        return {"__typename": "Mutation", **changes}

    def repository(self, owner: str, name: str, **_: Any) -> Shown:
        for one in self.readable:
            if one.full_name.lower() == f"{owner}/{name}".lower():
                return shown(one)
        raise missing("a Repository", f"name '{owner}/{name}'")

    def organization(self, login: str) -> Shown:
        owned = [one for one in self.readable if one.records.owner.lower() == login.lower()]
        return {"__typename": "Organization", "login": login, **projects(owned)}

    def node(self, id: str) -> Shown:  # noqa: A002 # GraphQL's word
        for one in self.readable:
            for found in nodes(one):
                if found["id"] == id:
                    return found
        raise missing("a node", f"global id of '{id}'")

    def add(self, input: Mapping[str, Any]) -> Shown:  # noqa: A002 # GraphQL's word
        one, issue = self.sought(input["contentId"], "I")
        one.records.project_status.setdefault(issue.id, "")
        one.save()
        return {"__typename": "AddProjectV2ItemByIdPayload", "item": item(one, issue)}

    def set_status(self, input: Mapping[str, Any]) -> Shown:  # noqa: A002 # GraphQL's word
        one, issue = self.sought(input["itemId"], "PVTI")
        option = input["value"].get("singleSelectOptionId")
        if option not in OPTIONS or input["fieldId"] != field(one)["id"] or input["projectId"] != project(one)["id"]:
            raise Refused("The single select option Id does not belong to the field", "UNPROCESSABLE")
        one.records.project_status[issue.id] = option
        one.save()
        return {"__typename": "UpdateProjectV2ItemFieldValuePayload", "projectV2Item": item(one, issue)}

    def sought(self, wanted: str, kind: str) -> tuple[Repository, Issue]:
        """An issue (I) or its item on the board (PVTI), to be changed. Raises Refused."""
        for one in self.readable:
            for issue in one.issues.every():
                if node_id(kind, issue.id) == wanted and (kind == "I" or issue.id in one.records.project_status):
                    writable(one, self.caller)
                    return one, issue
        raise missing("a node", f"global id of '{wanted}'")


def shown(one: Repository) -> Shown:
    def issue(number: int) -> Shown:
        found = one.records.issues.get(number)
        if found is None:
            raise missing("an Issue", f"number of {number}")
        return issue_node(one, found)

    plain = {"id": node_id("R", one.records.id), "nameWithOwner": one.full_name}
    return {"__typename": "Repository", **plain, "issue": issue, **projects([one])}


def projects(of: list[Repository]) -> Shown:
    def numbered(number: int) -> Shown:
        if not 0 < number <= len(of):
            raise missing("a ProjectV2", f"number {number}")
        return project(of[number - 1])

    return {"projectsV2": lambda **_: connection([project(one) for one in of]), "projectV2": numbered}


def project(one: Repository) -> Shown:
    """Made for the asking; ``field`` knows the Status only."""
    status = field(one)

    def named(name: str) -> Shown | None:
        return status if name == "Status" else None

    plain = {
        "id": node_id("PVT", one.records.id),
        "number": 1,
        "title": f"Delivery of {one.records.name}",
        "closed": False,
    }
    url = f"{one.host.address}/orgs/{one.records.owner}/projects/1"
    return {"__typename": "ProjectV2", **plain, "url": url, "field": named, "fields": lambda **_: connection([status])}


def field(one: Repository) -> Shown:
    options = [
        {"__typename": "ProjectV2SingleSelectFieldOption", "id": key, "name": name} for key, name in OPTIONS.items()
    ]
    plain = {"id": node_id("PVTSSF", one.records.id), "name": "Status", "dataType": "SINGLE_SELECT"}
    return {"__typename": "ProjectV2SingleSelectField", **plain, "options": options}


def issue_node(one: Repository, issue: Issue) -> Shown:
    plain = {"id": node_id("I", issue.id), "databaseId": issue.id, "number": issue.number, "title": issue.title}
    state = {"state": issue.state.upper(), "url": f"{one.page}/issues/{issue.number}"}
    items = [item(one, issue)] if issue.id in one.records.project_status else []
    return {"__typename": "Issue", **plain, **state, "projectItems": lambda **_: connection(items)}


def item(one: Repository, issue: Issue) -> Shown:
    def value(name: str) -> Shown | None:
        option = one.records.project_status.get(issue.id) if name == "Status" else None
        if not option:
            return None
        said = {"name": OPTIONS[option], "optionId": option, "field": field(one)}
        return {"__typename": "ProjectV2ItemFieldSingleSelectValue", **said}

    plain = {"id": node_id("PVTI", issue.id), "isArchived": False, "project": project(one)}
    content = {"__typename": "Issue", "id": node_id("I", issue.id), "databaseId": issue.id, "number": issue.number}
    return {"__typename": "ProjectV2Item", **plain, "content": content, "fieldValueByName": value}


def nodes(one: Repository) -> list[Shown]:
    issues = [issue_node(one, issue) for issue in one.issues.every()]
    items = [item(one, issue) for issue in one.issues.every() if issue.id in one.records.project_status]
    return [project(one), *issues, *items]


def connection(nodes: list[Shown]) -> Shown:
    page = {"__typename": "PageInfo", "hasNextPage": False, "endCursor": None}
    return {"__typename": "Connection", "nodes": nodes, "totalCount": len(nodes), "pageInfo": page}


def writable(one: Repository, caller: Account) -> None:
    if not one.may(caller, "push"):
        raise Refused(f"{caller.login} does not have the correct permissions to execute this mutation", "FORBIDDEN")


def missing(what: str, which: str) -> Refused:
    return Refused(f"Could not resolve to {what} with the {which}.", "NOT_FOUND")
