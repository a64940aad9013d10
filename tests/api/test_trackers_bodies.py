"""What is no body for connections, links and conflicts: it is refused with the name of what is wrong."""

from typing import Any

import httpx
import pytest

from backlog.errors import Text
from backlog.people.roles import Role
from integrations.errors import Gone, Missing, NoAccess, TrackerError
from tests.api.test_trackers import GIVEN
from tests.web.clients import Served
from tests.web.test_conflicts import conflict
from tests.web.tracker_stand_in import connect, propose, stand_in

RULE: dict[str, Any] = {"direction": "out"}


def named(answer: httpx.Response) -> tuple[int, set[str]]:
    """The status, and what is wrong; of an unknown field where it is and its name."""
    problem = answer.json()
    errors: dict[str, str] | list[dict[str, str]] = problem["errors"]
    if isinstance(errors, dict):
        return answer.status_code, set(errors)
    assert all(each.get("key", "") in problem["detail"] and each["message"] in problem["detail"] for each in errors)
    return answer.status_code, {each.get("key", each["message"]) for each in errors}


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        ({"nests": "true"}, "mapping.nests"),
        ({"nests": 1}, "mapping.nests"),
        ({"colour": "blue"}, "mapping"),
        ({"fields": {"title": RULE | {"colour": "blue"}}}, "mapping.fields[...]"),
        ({"fields": {"colour": RULE}}, "mapping.fields"),
        ({"stages": {"ready": {"sets": "1", "colour": "blue"}}}, "mapping.stages[...]"),
        ({"stages": {"ready": {"sets": 1}}}, "mapping.stages[...].sets"),
        ({"labels": "waymark"}, "mapping.labels"),
        ({"departments": {"1": 10001}}, "mapping.departments[...]"),
    ],
)
async def test_a_mapping_with_what_it_does_not_have_is_refused(
    served_sqlite: Served, mapping: dict[str, Any], key: str
) -> None:
    api = await served_sqlite.api(Role.ADMINISTRATOR)
    connection = await connect(served_sqlite)

    made = await api.post("/api/v1/connections", json=GIVEN | {"mapping": mapping})
    changed = await api.patch(f"/api/v1/connections/{connection}", json={"version": 1, "mapping": mapping})

    assert named(made) == named(changed) == (400, {key})
    assert (await api.get("/api/v1/connections")).json()["total"] == 1


async def test_a_priority_of_no_tier_is_refused(served_sqlite: Served) -> None:
    api = await served_sqlite.api(Role.ADMINISTRATOR)

    made = await api.post("/api/v1/connections", json=GIVEN | {"mapping": {"priorities": {"highest": "2"}}})

    assert named(made) == (422, {"priorities"})


@pytest.mark.parametrize("body", [{"version": "1"}, {"version": True}, {"version": [1]}, {"version": 1.5}])
async def test_a_version_is_a_number(served_sqlite: Served, body: dict[str, Any]) -> None:
    number, _, _ = await conflict(served_sqlite)
    api = await served_sqlite.api(Role.ADMINISTRATOR)

    decided = await api.post(f"/api/v1/conflicts/{number}/decision", json={"decision": "ours", **body})
    changed = await api.patch("/api/v1/connections/1", json={"name": "Jira gates", **body})

    assert named(decided) == named(changed) == (400, {"version"})


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"connection": "1"}, "connection"),
        ({"connection": None}, "connection"),
        ({"connection": 1, "issue": 2231}, "issue"),
        ({"connection": 1, "title": ["Signs at gate B7"]}, "title"),
        ({"connection": 1, "colour": "blue"}, "Object contains unknown field `colour`"),
        ({}, "Object missing required field `connection`"),
    ],
)
async def test_what_of_a_new_link_is_of_another_type_is_named(
    served_sqlite: Served, body: dict[str, Any], key: str
) -> None:
    _, _, initiative = await conflict(served_sqlite)
    api = await served_sqlite.api(Role.DEPARTMENT_LEAD)

    answer = await api.post(f"/api/v1/initiatives/CX-{initiative}/links", json=body)

    assert named(answer) == (400, {key})


async def test_nothing_where_a_body_is_needed_is_said_to_be_nothing(served_sqlite: Served) -> None:
    number, tied, initiative = await conflict(served_sqlite)
    api = await served_sqlite.api(Role.ADMINISTRATOR)
    paths = (
        "connections",
        f"initiatives/CX-{initiative}/links",
        f"links/{tied}/answer",
        f"conflicts/{number}/decision",
    )

    answers = [await api.post(f"/api/v1/{path}") for path in paths]
    paused = await api.post("/api/v1/connections/1/pause")

    assert [each.status_code for each in answers] == [400, 400, 400, 400]
    assert {each.json()["detail"] for each in answers} == {"The body is empty. Nothing was saved."}
    assert paused.status_code == 200


@pytest.mark.parametrize("trouble", [Missing, Gone, NoAccess])
async def test_an_issue_that_cannot_be_seen_is_the_fault_of_who_named_it(
    served_sqlite: Served, trouble: type[TrackerError]
) -> None:
    tracker, connection = stand_in(served_sqlite), await connect(served_sqlite)
    initiative = await propose(served_sqlite)
    tracker.trouble = trouble(Text("The repository cannot be seen with this token."))
    api = await served_sqlite.api(Role.DEPARTMENT_LEAD)

    asked = {"connection": connection, "issue": "AIR-2231"}
    answer = await api.post(f"/api/v1/initiatives/CX-{initiative}/links", json=asked)

    assert named(answer) == (422, {"issue"})


async def test_what_signs_in_can_be_given_by_name_alone(served_sqlite: Served) -> None:
    api = await served_sqlite.api(Role.ADMINISTRATOR)
    given = {"kind": "jira-cloud", "name": "Jira AIR", "project": "AIR", "base_url": "https://nordhafen.atlassian.net"}

    made = await api.post(
        "/api/v1/connections", json=given | {"credentials": {"email": "sync@nordhafen.example", "token": "kept"}}
    )

    assert (made.status_code, made.json()["has_token"]) == (201, True)


@pytest.mark.parametrize("number", ["0", "2147483648", "9" * 30])
async def test_a_number_that_no_link_has_is_no_link(served: Served, number: str) -> None:
    api = await served.api(Role.DEPARTMENT_LEAD)

    answers = [
        await api.get(f"/api/v1/links/{number}"),
        await api.post(f"/api/v1/links/{number}/answer", json={"answer": "retry"}),
        await api.delete(f"/api/v1/links/{number}"),
    ]

    assert [each.status_code for each in answers] == [404, 404, 404]
    assert {each.json()["detail"] for each in answers} == {"There is no such link."}
