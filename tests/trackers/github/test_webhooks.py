"""What webhooks of GitHub say, by the examples GitHub publishes."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from integrations.github.texts import placed
from integrations.github.webhooks import hint, is_genuine
from tests.trackers.github.airport import block

PAYLOADS = Path(__file__).parents[2] / "contracts" / "webhooks" / "github"
OF_PULL_REQUESTS = ["issues.demilestoned.json", "issues.milestoned.json"]
OF_ISSUES = sorted({each.name for each in PAYLOADS.glob("issue*.json")} - set(OF_PULL_REQUESTS))
OF_OTHERS = sorted(each.name for each in PAYLOADS.glob("*.json") if not each.name.startswith("issue"))
SECRET = "It's a Secret to Everybody"


def headers(event: str, **more: str) -> dict[str, str]:
    return {"x-github-event": event, "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958", **more}


def payload(**more: Any) -> dict[str, Any]:
    return {**json.loads((PAYLOADS / "issues.opened.json").read_bytes()), **more}


@pytest.mark.parametrize("name", OF_ISSUES)
def test_every_published_event_of_issues_names_the_issue(name: str) -> None:
    body = (PAYLOADS / name).read_bytes()
    event, action = name.split(".")[:2]
    issue = json.loads(body)["issue"]

    found = hint(headers(event), body)

    assert found is not None
    assert (found.event, found.issue_id) == (f"{event}.{action}", str(issue["id"]))
    assert found.key == "/".join(issue["repository_url"].split("/")[-2:]) + f"#{issue['number']}"
    assert (found.delivery, found.sender) == (
        "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        json.loads(body)["sender"]["login"],
    )


@pytest.mark.parametrize("name", OF_OTHERS + OF_PULL_REQUESTS)
def test_what_is_not_about_issues_is_passed_over(name: str) -> None:
    assert hint(headers(name.split(".")[0]), (PAYLOADS / name).read_bytes()) is None


def test_actions_and_events_that_are_new_are_passed_over() -> None:
    assert hint(headers("issues"), json.dumps(payload(action="hummed")).encode()) is None
    assert hint(headers("issue_weather"), json.dumps(payload()).encode()) is None


def test_a_comment_on_a_pull_request_is_none_on_an_issue() -> None:
    said = payload(action="created")
    said["issue"]["pull_request"] = {"url": "https://api.github.com/repos/a/b/pulls/1"}

    assert hint(headers("issue_comment"), json.dumps(said).encode()) is None


def test_the_marker_of_our_block_comes_along() -> None:
    said = payload()
    said["issue"]["body"] = placed("Seen at gate B12.", block("m-queues"))

    found = hint(headers("issues"), json.dumps(said).encode())

    assert found is not None
    assert found.marker == "m-queues"


def test_of_a_pair_of_sub_issues_the_parent_changed() -> None:
    issue = payload()["issue"]
    said = {"action": "sub_issue_added", "parent_issue": {**issue, "id": 7}, "sub_issue": {**issue, "id": 8}}

    found = hint(headers("sub_issues"), json.dumps(said).encode())

    assert found is not None
    assert found.issue_id == "7"


def test_a_webhook_set_up_as_a_form_is_read_too() -> None:
    body = urlencode({"payload": json.dumps(payload())}).encode()

    found = hint(headers("issues", **{"content-type": "application/x-www-form-urlencoded"}), body)

    assert found is not None
    assert found.event == "issues.opened"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_what_is_no_webhook_is_told_so(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        hint(headers("issues"), body)


def test_a_request_without_an_event_or_a_delivery_is_no_webhook() -> None:
    with pytest.raises(ValueError, match="X-GitHub-Event"):
        hint({"x-github-event": "issues"}, b"{}")


def signed(secret: str, body: bytes) -> dict[str, str]:
    return {"x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def test_githubs_published_example_is_genuine() -> None:
    said = {"x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}

    assert is_genuine([SECRET], said, b"Hello, World!")


def test_while_a_secret_is_changed_both_sign() -> None:
    assert is_genuine(["new", "old"], signed("old", b"{}"), b"{}")
    assert is_genuine(["new", "old"], signed("new", b"{}"), b"{}")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": "sha256=ä"},
        {"x-hub-signature": "sha1=" + hmac.new(SECRET.encode(), b"{}", hashlib.sha1).hexdigest()},
        {"x-hub-signature-256": hmac.new(SECRET.encode(), b"{}", hashlib.sha256).hexdigest()},
        signed("another", b"{}"),
        signed(SECRET, b"{ }"),
        signed("", b"{}"),
    ],
)
def test_what_is_not_signed_by_us_is_forged(said: dict[str, str]) -> None:
    assert not is_genuine([SECRET, ""], said, b"{}")


def test_without_a_secret_nothing_is_genuine() -> None:
    assert not is_genuine([], signed("", b"{}"), b"{}")


def test_of_a_dependency_the_blocked_issue_changed() -> None:
    issue = payload()["issue"]
    said = {"action": "blocked_by_added", "blocked_issue": {**issue, "id": 9}}

    found = hint(headers("issue_dependencies"), json.dumps(said).encode())

    assert found is not None
    assert found.issue_id == "9"
