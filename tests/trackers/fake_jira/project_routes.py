"""What a connection reads before it writes: projects, issue types, fields, statuses, priorities, labels."""

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from tests.trackers.fake_jira.calls import Asking, Call
from tests.trackers.fake_jira.fields import PRIORITIES, Field, Kind
from tests.trackers.fake_jira.people import BROWSE, CREATE
from tests.trackers.fake_jira.projects import Category, IssueType, Project, Status
from tests.trackers.fake_jira.refusals import Refusal
from tests.trackers.fake_jira.shapes import Json

CATEGORIES = {"new": "TODO", "indeterminate": "IN_PROGRESS", "done": "DONE"}
ALWAYS_ASKED = ("project", "issuetype")
NO_META = "No project could be found with key '{}'."


@get("/project/search")
async def projects_page(call: Asking) -> Response[Json]:
    """Cloud; Data Center lists /project."""
    _only(call, cloud=True)
    wanted = call.word("query").lower()
    found = [each for each in _visible(call) if wanted in f"{each.key} {each.name}".lower()]
    return Response(call.page("values", [_shown(call, each) for each in found]))


@get("/project")
async def projects(call: Asking) -> Response[list[Json]]:
    return Response([_shown(call, each) for each in _visible(call)])


@get("/project/{key:str}")
async def project(call: Asking, key: FromPath[str]) -> Response[Json]:
    return Response(_shown(call, call.project(key)))


@get("/project/{key:str}/statuses")
async def project_statuses(call: Asking, key: FromPath[str]) -> Response[list[Json]]:
    """Statuses per issue type, in the order of the workflow."""
    return Response(
        [
            {
                "self": call.shapes.url("issuetype", each.id),
                "id": each.id,
                "name": each.name,
                "subtask": each.subtask,
                "statuses": [call.shapes.status(status) for status in each.workflow.statuses],
            }
            for each in call.project(key).types
        ]
    )


@get("/project/{key:str}/components")
async def components(call: Asking, key: FromPath[str]) -> Response[list[Json]]:
    return Response([call.shapes.component(each) for each in call.project(key).components])


@get("/project/{key:str}/component")
async def components_page(call: Asking, key: FromPath[str]) -> Response[Json]:
    _only(call, cloud=True)
    return Response(call.page("values", [call.shapes.component(each) for each in call.project(key).components]))


@get("/issue/createmeta/{key:str}/issuetypes")
async def creatable_types(call: Asking, key: FromPath[str]) -> Response[Json]:
    shown = [call.shapes.issue_type(each) for each in _creatable(call, key).types]
    return Response(_meta_page(call, "issueTypes", shown))


@get("/issue/createmeta/{key:str}/issuetypes/{kind:str}")
async def creatable_fields(call: Asking, key: FromPath[str], kind: FromPath[str]) -> Response[Json]:
    project = _creatable(call, key)
    found = next((each for each in project.types if each.id == kind), None)
    if found is None:
        raise Refusal(400, f"Issue type with id '{kind}' does not exist.")
    return Response(_meta_page(call, "fields", _metas(call, project, found)))


@get("/field")
async def fields(call: Asking) -> Response[list[Json]]:
    return Response([_field(call, each) for each in call.site.fields.values()])


@get("/priority/search")
async def priorities_page(call: Asking) -> Response[Json]:
    _only(call, cloud=True)
    shown = [{**call.shapes.choice(Kind.PRIORITY, each), "isDefault": each.name == "Medium"} for each in PRIORITIES]
    return Response(call.page("values", shown))


@get("/priority")
async def priorities(call: Asking) -> Response[list[Json]]:
    return Response([call.shapes.choice(Kind.PRIORITY, each) for each in PRIORITIES])


@get("/status")
async def statuses(call: Asking) -> Response[list[Json]]:
    return Response([call.shapes.status(each) for each in _statuses(call)])


@get("/statuses")
async def statuses_by_id(call: Asking) -> Response[list[Json]]:
    """Cloud: by ids, with the category in words of its own."""
    _only(call, cloud=True)
    wanted = call.words("id")
    if not wanted:
        raise Refusal(400, "At least one status ID must be provided.")
    return Response([_plain_status(each) for each in _statuses(call) if each.id in wanted])


@get("/label")
async def labels(call: Asking) -> Response[Json]:
    _only(call, cloud=True)
    visible = [each for each in call.site.issues.values() if call.may(BROWSE, each.project)]
    return Response(call.page("values", sorted({label for each in visible for label in each.values.get("labels", [])})))


def _only(call: Call, *, cloud: bool) -> None:
    if call.site.cloud is not cloud:
        raise Refusal(404, body={"message": "null for uri", "status-code": 404})


def _visible(call: Call) -> list[Project]:
    return [each for each in call.site.projects.values() if call.may(BROWSE, each.id)]


def _shown(call: Call, project: Project) -> Json:
    shown = call.shapes.project(project)
    return {**shown, "simplified": False, "style": "classic", "isPrivate": False} if call.site.cloud else shown


def _creatable(call: Call, key: str) -> Project:
    """400, not 404, for a project that is unknown or closed to the asker."""
    call.signed_in  # noqa: B018 # refuses the anonymous
    found = call.site.project_of(key)
    if found is None or not call.may(CREATE, found.id):
        raise Refusal(400, NO_META.format(key))
    return found


def _meta_page(call: Call, name: str, items: list[Json]) -> Json:
    """Cloud names the list, Data Center calls it `values`."""
    return call.page(name if call.site.cloud else "values", items)


def _metas(call: Call, project: Project, kind: IssueType) -> list[Json]:
    shown = [call.site.fields[name] for name in (*ALWAYS_ASKED, *kind.screen)]
    required = {*ALWAYS_ASKED, *kind.required}
    return [{**call.shapes.meta(each, each.id in required, project), "fieldId": each.id} for each in shown]


def _field(call: Call, field: Field) -> Json:
    body: dict[str, Any] = {
        "id": field.id,
        "name": field.name,
        "custom": field.custom,
        "orderable": field.kind is not Kind.READ_ONLY,
        "navigable": True,
        "searchable": True,
        "clauseNames": [field.name if field.number is None else f"cf[{field.number}]", field.id],
        "schema": call.shapes.schema(field),
    }
    return {**body, "key": field.id} if call.site.cloud else body


def _statuses(call: Call) -> list[Status]:
    return list(dict.fromkeys(status for project in _visible(call) for status in project.statuses))


def _plain_status(status: Status) -> Json:
    category: Category = status.category
    return {"id": status.id, "name": status.name, "statusCategory": CATEGORIES[category.key], "description": ""}


HANDLERS = [
    projects_page,
    projects,
    project,
    project_statuses,
    components,
    components_page,
    creatable_types,
    creatable_fields,
    fields,
    priorities_page,
    priorities,
    statuses,
    statuses_by_id,
    labels,
]
