"""A webhook says what to look at again; whoever sends it must prove to know the secret."""

import datetime as dt
import hashlib
import hmac
import json
from typing import Any

import pytest

from integrations.jira.webhooks import EVENTS, hint, is_genuine
from tests.trackers.fake_jira.airport import INTEGRATION
from tests.trackers.jira.sites import Jira
from tests.trackers.jira.test_issues import made

SECRET = "It's a Secret to Everybody"
DOCUMENTED = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
ISSUE = {"id": "10042", "key": "GATE-7", "fields": {"summary": "Shorter queues", "description": None}}
USER = {"accountId": "5b10a2844c20165700ede21g", "displayName": "Tom Berger"}
HEADERS = {"x-atlassian-webhook-identifier": "a1b2c3"}


def told(event: str, **more: Any) -> bytes:
    return json.dumps({"timestamp": 1_795_348_800_000, "webhookEvent": event, **more}).encode()


@pytest.mark.parametrize("event", ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted"])
def test_what_happens_to_an_issue_names_it_by_its_id(event: str) -> None:
    found = hint(HEADERS, told(event, issue=ISSUE, user=USER))

    assert found is not None
    assert (found.event, found.issue_id, found.key, found.sender) == (event, "10042", "GATE-7", USER["displayName"])
    assert found.delivery == "a1b2c3"


def test_a_move_to_another_project_says_so() -> None:
    found = hint(HEADERS, told("jira:issue_updated", issue=ISSUE, issue_event_type_name="issue_moved"))

    assert found is not None
    assert found.event == "issue_moved"


def test_a_comment_names_its_issue_even_when_that_is_left_out() -> None:
    comment = {
        "id": "10100",
        "self": "https://airport.atlassian.net/rest/api/2/issue/10042/comment/10100",
        "author": USER,
    }

    found = hint(HEADERS, told("comment_created", comment=comment))

    assert found is not None
    assert (found.issue_id, found.key, found.sender) == ("10042", None, USER["displayName"])


def test_a_comment_that_says_nothing_of_its_issue_is_still_told() -> None:
    found = hint(HEADERS, told("comment_deleted", comment={"id": "10100"}))

    assert found is not None
    assert (found.issue_id, found.key) == (None, None)


def test_without_an_identifier_the_body_is_its_own() -> None:
    body = told("jira:issue_updated", issue=ISSUE)

    first, again, other = (hint({}, each) for each in (body, body, body.replace(b"GATE-7", b"GATE-8")))

    assert first is not None
    assert first == again
    assert other is not None
    assert first.delivery != other.delivery


@pytest.mark.parametrize("event", ["jira:version_released", "sprint_created", "issuelink_created", "something_new"])
def test_what_is_about_no_issue_says_nothing(event: str) -> None:
    assert hint(HEADERS, told(event)) is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"webhookEvent": 7}', b"\xff\xfe", b"null"])
def test_what_is_no_webhook_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 # whatever is wrong with it
        hint(HEADERS, body)


@pytest.mark.parametrize(
    "odd", [{"issue": 7}, {"issue": {"fields": []}}, {"comment": "x", "user": None}, {"issue": None}]
)
def test_odd_shapes_do_no_harm(odd: dict[str, Any]) -> None:
    assert hint(HEADERS, told("comment_updated", **odd)) is not None


def test_the_documented_signature_is_genuine() -> None:
    assert is_genuine([SECRET], {"x-hub-signature": DOCUMENTED}, b"Hello World!")


def test_during_a_rotation_either_secret_counts() -> None:
    assert is_genuine(["new", SECRET], {"x-hub-signature": DOCUMENTED}, b"Hello World!")


@pytest.mark.parametrize(
    "signature",
    [
        "",
        DOCUMENTED.removeprefix("sha256="),
        "sha256=",
        "sha256=" + "0" * 64,
        "sha1=" + hmac.new(SECRET.encode(), b"Hello World!", hashlib.sha1).hexdigest(),
        "md5=" + DOCUMENTED.removeprefix("sha256="),
        "none=",
        "sha256=ä",
    ],
)
def test_nothing_but_a_right_sha256_is_genuine(signature: str) -> None:
    assert not is_genuine([SECRET], {"x-hub-signature": signature}, b"Hello World!")


def test_without_a_secret_or_a_signature_nothing_is_genuine() -> None:
    empty = "sha256=" + hmac.new(b"", b"Hello World!", hashlib.sha256).hexdigest()

    assert not is_genuine([], {"x-hub-signature": DOCUMENTED}, b"Hello World!")
    assert not is_genuine([""], {"x-hub-signature": empty}, b"Hello World!")
    assert not is_genuine([SECRET], {}, b"Hello World!")
    assert not is_genuine([SECRET], {"x-hub-signature": DOCUMENTED}, b"Hello World?")


async def test_what_jira_really_sends_is_understood_and_genuine(jira: Jira) -> None:
    secret = "between us"
    jira.site.hooks.mischief.delay = dt.timedelta(days=1)
    jira.site.hooks.register("https://waymark.example/7", EVENTS, INTEGRATION, secret=secret)
    issue = await made(jira)
    jira.site.comment(issue.key, jira.person("tom"), "Looks good")
    jira.site.move(issue.key, "SHOP", jira.person("tom"))
    jira.site.delete("SHOP-1", jira.person("tom"))
    sent = [(jira.site.hooks._headers(each), each.body) for each in jira.site.hooks.waiting]

    hints = [hint(headers, body) for headers, body in sent]

    assert [each and each.event for each in hints] == [
        "jira:issue_created",
        "comment_created",
        "issue_moved",
        "jira:issue_deleted",
    ]
    assert {each and each.issue_id for each in hints} == {issue.id}
    assert len({each and each.delivery for each in hints}) == 4
    tom = jira.person("tom")
    assert [each and each.sender for each in hints][1:] == [tom.display_name] * 3
    assert all(is_genuine(["new", secret], headers, body) for headers, body in sent)
    if not jira.site.cloud:
        assert hints[0] is not None
        assert hints[0].marker == "m-12"
