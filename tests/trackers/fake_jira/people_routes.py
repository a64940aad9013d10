"""Who am I, what may I, what is this server: the questions that test a connection."""

from litestar import Response, get

from tests.trackers.fake_jira.calls import Asking, Call
from tests.trackers.fake_jira.people import ADMINISTER, ASSIGNABLE, EVERYTHING, GLOBAL, NAMES
from tests.trackers.fake_jira.projects import Project
from tests.trackers.fake_jira.refusals import Refusal
from tests.trackers.fake_jira.shapes import Json, moment

NUMBERS = {permission: str(number) for number, permission in enumerate(sorted(EVERYTHING), 10)}


@get("/myself")
async def myself(call: Asking) -> Response[Json | None]:
    return Response(call.shapes.account(call.signed_in, own=True))


@get("/mypermissions")
async def my_permissions(call: Asking) -> Response[Json]:
    """On Cloud `permissions` must name what is asked about; without a project, what is held in any."""
    wanted = call.words("permissions")
    if call.site.cloud and not wanted:
        raise Refusal(400, "The 'permissions' query parameter is required.")
    if unknown := [each for each in wanted if each not in EVERYTHING]:
        raise Refusal(400, f"Unrecognized permission: {', '.join(unknown)}")
    projects = _projects(call)
    asked = wanted or sorted(EVERYTHING)
    return Response({"permissions": {each: _permission(call, each, projects) for each in asked}})


@get("/serverInfo")
async def server_info(call: Asking) -> Response[Json]:
    """Open to everybody. `deploymentType` tells Cloud from the others."""
    version = [1001, 0, 0] if call.site.cloud else [9, 12, 4]
    return Response(
        {
            "baseUrl": call.site.url,
            "version": "1001.0.0-SNAPSHOT" if call.site.cloud else "9.12.4",
            "versionNumbers": version,
            "deploymentType": call.site.deployment,
            "buildNumber": 100_295,
            "serverTime": moment(call.site.clock()),
            "serverTitle": "Jira",
        }
    )


@get("/user/assignable/search")
async def assignable(call: Asking) -> Response[list[Json | None]]:
    """By `query` on Cloud, `username` on Data Center, in names and mail; of a project or of an issue."""
    call.signed_in  # noqa: B018 # refuses the anonymous
    projects = _projects(call)
    if not call.word("project") and not call.word("issueKey"):
        raise Refusal(400, "Either the 'project' or the 'issueKey' query parameter must be given.")
    wanted = call.word("query" if call.site.cloud else "username").lower()
    found = [
        each
        for each in call.site.accounts.values()
        if each.active
        and each.may(ASSIGNABLE, projects[0].id)
        and wanted in f"{each.display_name} {each.email}".lower()
    ]
    return Response([call.shapes.account(each) for each in found])


def _projects(call: Call) -> list[Project]:
    """The one of the issue or the project asked about (404 when unknown), else all."""
    issue = call.word("issueKey") or call.word("issueId")
    if issue:
        return [call.site.projects[call.issue(issue).project]]
    named = call.word("projectKey") or call.word("projectId") or call.word("project")
    return [call.project(named)] if named else list(call.site.projects.values())


def _permission(call: Call, permission: str, projects: list[Project]) -> Json:
    everywhere = permission in GLOBAL
    has = (
        call.account is not None and permission in call.account.permissions
        if everywhere
        else any(call.may(permission, each.id) for each in projects)
    )
    return {
        "id": "0" if permission == ADMINISTER else NUMBERS[permission],
        "key": permission,
        "name": NAMES[permission],
        "type": "GLOBAL" if everywhere else "PROJECT",
        "description": "",
        "havePermission": has,
    }


HANDLERS = [myself, my_permissions, server_info, assignable]
