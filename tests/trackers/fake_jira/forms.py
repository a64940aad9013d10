"""What is sent to create, edit or transition: all fields are checked, one that is refused refuses everything."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from tests.trackers.fake_jira.calls import Call
from tests.trackers.fake_jira.fields import Setting
from tests.trackers.fake_jira.issues import Issue
from tests.trackers.fake_jira.people import CREATE
from tests.trackers.fake_jira.projects import IssueType, Project, Transition
from tests.trackers.fake_jira.refusals import Refusal, Unfit, off_screen
from tests.trackers.fake_jira.shapes import Json

LONGEST_PROPERTY = 32_768  # characters of JSON
NO_CREATE = "You do not have permission to create issues in this project."


@dataclass(frozen=True, slots=True)
class Draft:
    """A new issue that passed every check."""

    project: Project
    type: IssueType
    values: dict[str, Any]
    properties: dict[str, Any]
    transition: Transition | None


def new_issue(call: Call, sent: Json) -> Draft:
    """400 with what is wrong with each field; may consume a key number, as Jira's refusals do."""
    by, fields = call.signed_in, dict(sent.get("fields") or {})
    project = _project(call, fields.pop("project", None))
    if not by.may(CREATE, project.id):
        raise Refusal(400, errors={"project": NO_CREATE})
    kind = _type(project, fields.pop("issuetype", None))
    try:
        values = _values(call, project, {"fields": fields, "update": sent.get("update")}, kind.screen, None)
        _check_required(call, kind.required, values)
        return Draft(project, kind, values, _properties(sent), _transition(kind, sent))
    except Refusal:
        if call.site.switches.refusals_consume_a_key:
            project.next_number()
        raise


def edited(
    call: Call, issue: Issue, sent: Json, screen: Collection[str], *, required: Collection[str] = ()
) -> dict[str, Any]:
    """The stored values of `fields` and `update`; `required` are those that this very request must bring."""
    if not sent.get("fields") and not sent.get("update") and not sent.get("properties") and "transition" not in sent:
        raise Refusal(400, "one of 'fields' or 'update' required")
    project = call.site.projects[issue.project]
    values = _values(call, project, sent, screen, issue)
    _check_required(call, required, {**issue.values, **values})
    return values


def _project(call: Call, sent: Any) -> Project:
    wanted = (sent.get("id") or sent.get("key")) if isinstance(sent, dict) else None
    found = call.site.project_of(str(wanted)) if wanted else None
    if found is None:
        raise Refusal(400, errors={"project": "valid project is required"})
    return found


def _type(project: Project, sent: Any) -> IssueType:
    wanted = (sent.get("id") or sent.get("name")) if isinstance(sent, dict) else None
    found = project.type(str(wanted)) if wanted else None
    if found is None:
        raise Refusal(400, errors={"issuetype": "Specify a valid issue type" if wanted else "issue type is required"})
    return found


def _values(call: Call, project: Project, sent: Json, screen: Collection[str], issue: Issue | None) -> dict[str, Any]:
    setting, errors, values = call.setting(project), dict[str, str](), dict[str, Any]()
    fields, updates = sent.get("fields") or {}, sent.get("update") or {}
    for name in (*fields, *updates):
        try:
            if name not in screen or name not in call.site.fields:
                raise off_screen(name)
            if name in fields and name in updates:
                raise Unfit(f"Field '{name}' cannot appear in both 'fields' and 'update'")
            if name in fields:
                values[name] = setting.accept(call.site.fields[name], fields[name])
            else:
                values[name] = _updated(call, setting, name, updates[name], issue)
        except Unfit as unfit:
            errors[name] = str(unfit)
    if errors:
        raise Refusal(400, errors=errors)
    return values


def _updated(call: Call, setting: Setting, name: str, operations: list[Json], issue: Issue | None) -> Any:
    """`add` and `remove` leave what else is in the list alone; `set` replaces."""
    field = call.site.fields[name]
    value = issue.values.get(name) if issue else None
    for operation in operations:
        ((verb, sent),) = operation.items()
        if verb == "set":
            value = setting.accept(field, sent)
        elif name not in ("labels", "components") or verb not in ("add", "remove"):
            raise Unfit(f"Field with id '{name}' and name '{field.name}' does not support operation '{verb}'")
        else:
            (one,) = setting.accept(field, [sent])
            rest = [each for each in value or [] if each != one]
            value = sorted([*rest, one]) if verb == "add" else rest
    return value


def _check_required(call: Call, required: Collection[str], values: dict[str, Any]) -> None:
    errors = {name: f"{call.site.fields[name].name} is required." for name in required if not values.get(name)}
    if "summary" in errors:
        errors["summary"] = "You must specify a summary of the issue."
    if errors:
        raise Refusal(400, errors=errors)


def _properties(sent: Json) -> dict[str, Any]:
    properties = {each["key"]: each.get("value") for each in sent.get("properties") or []}
    check_property(*properties.values())
    return properties


def check_property(*values: Any) -> None:
    if any(len(str(value)) > LONGEST_PROPERTY for value in values):
        raise Refusal(400, f"The property value is too long. The maximum length is {LONGEST_PROPERTY} characters.")


def _transition(kind: IssueType, sent: Json) -> Transition | None:
    """`transition` in the body of a create runs at once from the initial status."""
    wanted = (sent.get("transition") or {}).get("id")
    if wanted is None:
        return None
    for each in kind.workflow.from_status(kind.workflow.initial.id):
        if each.id == str(wanted):
            return each
    raise Refusal(400, f"Transition id '{wanted}' is not valid for this issue.")
