"""What webhooks of GitLab tell, after the examples of its documentation."""

import json
from typing import Any

import httpx
import pytest

from integrations.gitlab import texts
from integrations.gitlab.webhooks import hint, is_genuine
from tests.trackers.fake_gitlab.airport import NAME
from tests.trackers.fake_gitlab.app import deliver
from tests.trackers.gitlab.airport import MARA, Airport, block

HEADERS = {"x-gitlab-event": "Issue Hook", "x-gitlab-event-uuid": "13792a34", "x-gitlab-webhook-uuid": "02affd2d"}


def body(**changes: Any) -> bytes:
    said = {
        "object_kind": "issue",
        "event_type": "issue",
        "user": {"id": 101, "name": "Mara Delivery", "username": "mara-delivery"},
        "project": {"id": 81, "path_with_namespace": NAME},
        "object_attributes": {
            "id": 301, "iid": 23, "title": "Shorter queues", "description": texts.placed("", block()),
            "state": "opened", "action": "update", "type": "Issue",
        },
    }  # fmt: skip
    return json.dumps({**said, **changes}).encode()


def test_an_issue_that_changed_is_named_with_its_marker_and_who_did_it() -> None:
    told = hint({**HEADERS, "idempotency-key": "f5e5f430"}, body())

    assert told is not None
    assert (told.delivery, told.event, told.issue_id, told.key) == ("f5e5f430", "issue.update", "301", f"{NAME}#23")
    assert (told.marker, told.sender) == ("m-queues", "Mara Delivery")


def test_a_comment_tells_of_its_issue() -> None:
    note = {"id": 1241, "note": "Hello", "noteable_type": "Issue", "action": "create"}

    told = hint(HEADERS, body(object_kind="note", object_attributes=note, issue={"id": 92, "iid": 17}))

    assert told is not None
    assert (told.event, told.issue_id, told.key) == ("note.create", "92", f"{NAME}#17")


def test_incidents_and_tasks_are_told_as_work_items() -> None:
    told = hint(HEADERS, body(object_kind="work_item"))

    assert told is not None
    assert told.key == f"{NAME}#23"


@pytest.mark.parametrize(
    "changes",
    [
        {"object_kind": "push"},
        {"object_kind": "note", "merge_request": {"id": 7, "iid": 1}},
        {"project": None, "object_kind": "work_item"},
    ],
)
def test_what_is_about_no_issue_of_a_project_is_passed_over(changes: dict[str, Any]) -> None:
    assert hint(HEADERS, body(**changes)) is None


def test_two_events_of_one_request_are_two_deliveries_and_one_sent_again_is_one() -> None:
    """Older servers give no key, and the same UUID to all that one request causes."""
    issue, again, note = body(), body(), body(object_kind="note", issue={"id": 301, "iid": 23})

    deliveries = [told.delivery for each in (issue, again, note) if (told := hint(HEADERS, each))]

    assert deliveries[0] == deliveries[1] != deliveries[2]
    assert all(len(each) <= 200 for each in deliveries)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"page=1"])
def test_what_is_no_webhook_is_an_error(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of JSON, of UTF-8 and of our own
        hint(HEADERS, content)


def test_without_its_header_it_is_none_of_gitlab() -> None:
    with pytest.raises(ValueError, match="X-Gitlab-Event"):
        hint({}, body())


@pytest.mark.parametrize(
    ("secrets", "token", "genuine"),
    [
        (["new", "old"], "old", True), (["new", "old"], "new", True), (["new"], "old", False), (["new"], "", False),
        ([""], "", False), ([], "", False), (["Schlüssel"], "Schlüssel", True),
    ],
)  # fmt: skip
def test_one_of_two_secrets_makes_it_genuine(secrets: list[str], token: str, genuine: bool) -> None:
    assert is_genuine(secrets, {"x-gitlab-token": token}, b"{}") is genuine


async def test_a_registered_webhook_tells_what_happens(at: Airport) -> None:
    hook = await at.gitlab.register_hook("http://waymark.example/webhooks/gitlab/1", "a secret")
    again = await at.gitlab.register_hook("http://waymark.example/webhooks/gitlab/1", "another secret")
    issue = await at.issue()
    at.host.note(at.project, at.project.issues[1], MARA, "We can open lane 4.")

    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(200))) as http:
        sent = await deliver(at.host, http)

    assert hook == again
    told = [hint({name.lower(): value for name, value in headers.items()}, content) for headers, content in sent]
    assert [(each.event, each.issue_id) for each in told if each] == [
        ("issue.open", issue.id),
        ("note.create", issue.id),
    ]
    assert all(
        is_genuine(["another secret"], {"x-gitlab-token": headers["X-Gitlab-Token"]}, b"") for headers, _ in sent
    )


async def test_a_webhook_is_removed_once_and_not_missed_twice(at: Airport) -> None:
    hook = await at.gitlab.register_hook("http://waymark.example/webhooks/gitlab/1", "a secret")
    assert hook is not None
    assert await at.gitlab.renew_hook(hook) == hook

    await at.gitlab.remove_hook(hook)
    await at.gitlab.remove_hook(hook)

    assert at.project.hooks == {}


async def test_who_may_not_register_a_webhook_is_told_so(at: Airport) -> None:
    assert await at.signed_in("lena").register_hook("http://waymark.example/webhooks/gitlab/1", "a secret") is None
