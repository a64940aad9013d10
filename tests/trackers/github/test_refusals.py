"""What the client makes of a network and a tracker that fail, over real HTTP."""

import datetime as dt
from typing import Any

import pytest

from integrations.demo_tracker.repository import Repository
from integrations.errors import (
    Ambiguous,
    Gone,
    Limited,
    Missing,
    NoAccess,
    Refused,
    Unauthorized,
    Unavailable,
    Unreachable,
    Unsupported,
)
from integrations.writes import Edit
from tests.trackers.github.airport import LENA, NAME, Airport, block

EDIT = Edit(title="Shorter queues at security", block=block())
LOST: list[dict[str, Any]] = [
    {"kind": "drop", "when": "after"},
    {"kind": "reset", "when": "after"},
    {"kind": "cut", "when": "after"},
    {"kind": "bad_json", "when": "after"},
    {"kind": "html", "when": "after"},
    {"kind": "huge", "when": "after"},
    {"kind": "status", "when": "after", "status": 500},
    {"kind": "status", "when": "after", "status": 502, "body": b"<html>Bad gateway</html>"},
    {"kind": "status", "when": "before", "status": 504},
]


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: f"{fault['kind']} {fault.get('status', '')}")
async def test_a_lost_answer_to_a_creation_is_ambiguous_and_the_issue_is_found(
    at: Airport, fault: dict[str, Any]
) -> None:
    await at.github.newest()
    at.fault(method="POST", times=1, **fault)

    with pytest.raises(Ambiguous):
        await at.github.send(at.github.creation(EDIT, "m-queues"))

    found = await at.github.find("m-queues", at.clock(), "")
    assert len(found) == (1 if fault["when"] == "after" else 0)


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: f"{fault['kind']} {fault.get('status', '')}")
async def test_a_lost_answer_to_a_reading_is_unavailable(at: Airport, fault: dict[str, Any]) -> None:
    issue = await at.issue()
    at.fault(method="GET", times=1, **fault)

    with pytest.raises(Unavailable):
        await at.github.read(issue.key)


async def test_an_answer_of_another_shape_is_unavailable_and_of_a_write_ambiguous(at: Airport) -> None:
    issue = await at.issue()
    at.fault("status", status=200, body=b'{"message": "Server Error"}', path=r"issues/1$")

    with pytest.raises(Unavailable):
        await at.github.read(issue.key)
    with pytest.raises(Ambiguous):
        await at.done(await at.github.writes(issue, Edit(title="Queues")))


async def test_nothing_listens_there(at: Airport) -> None:
    github = at.signed_in(base_url="http://127.0.0.1:9/api/v3")

    with pytest.raises(Unavailable):
        await github.read(f"{NAME}#1")


async def test_the_limits_pause_until_githubs_time(at: Airport) -> None:
    at.repository.host.limits.exhaust(at.repository.host.accounts["ours"], seconds=900)

    with pytest.raises(Limited) as refused:
        await at.github.newest()

    assert refused.value.until is not None
    assert dt.timedelta(seconds=900) <= refused.value.until - at.clock() <= dt.timedelta(seconds=902)


@pytest.mark.parametrize(("status", "retry_after", "wait"), [(403, 45, 45), (429, 45, 45), (403, None, None)])
async def test_too_many_writes_were_not_carried_out(
    at: Airport, status: int, retry_after: int | None, wait: int | None
) -> None:
    at.repository.host.limits.refuse_next(status=status, retry_after=retry_after, method="POST")

    with pytest.raises(Limited) as refused:
        await at.github.send(at.github.creation(EDIT, "m-queues"))

    assert refused.value.until == (None if wait is None else at.clock() + dt.timedelta(seconds=wait))
    assert at.repository.records.issues == {}


async def test_a_wrong_token_is_unauthorized(at: Airport) -> None:
    with pytest.raises(Unauthorized):
        await at.signed_in("revoked").me()


async def test_a_token_that_may_not_write_is_told_what_it_needs(at: Airport) -> None:
    github = at.signed_in("reader")

    with pytest.raises(NoAccess, match="issues=write"):
        await github.send(github.creation(EDIT, "m-queues"))


async def test_a_missing_issue_is_told_from_a_repository_out_of_sight(at: Airport) -> None:
    with pytest.raises(Missing):
        await at.github.read(f"{NAME}#99")
    with pytest.raises(NoAccess):
        await at.github.read("aurora-airport/long-gone#1")


async def test_a_pull_request_is_no_issue(at: Airport) -> None:
    at.repository.open_issue("Bump the signs", by=LENA, pull_request=True)

    with pytest.raises(Missing, match="pull request"):
        await at.github.read(f"{NAME}#1")


async def test_a_deleted_issue_is_gone(at: Airport) -> None:
    issue = await at.issue()
    at.repository.delete(1, by=LENA)

    with pytest.raises(Gone):
        await at.github.read(issue.key)
    with pytest.raises(Gone):
        await at.done(await at.github.writes(issue, Edit(title="Queues")))


async def test_issues_that_are_switched_off_are_named(at: Airport) -> None:
    at.repository.has_issues = False

    with pytest.raises(NoAccess, match="switched off"):
        await at.github.send(at.github.creation(EDIT, "m-queues"))


async def test_what_github_refuses_is_mapped_to_our_fields(at: Airport) -> None:
    issue = await at.issue()

    with pytest.raises(Refused) as refused:
        await at.done(await at.github.writes(issue, Edit(values={"assignees": ("nobody-at-all",)})))

    assert set(refused.value.fields) == {"assignees"}


async def test_a_retired_version_is_unsupported(at: Airport) -> None:
    at.repository.host.retired.add("2022-11-28")

    with pytest.raises(Unsupported):
        await at.github.me()


async def test_a_version_that_will_end_is_written_down_once(at: Airport, capsys: pytest.CaptureFixture[str]) -> None:
    at.repository.host.sunset["2022-11-28"] = "Fri, 10 Mar 2028 00:00:00 GMT"

    await at.github.newest()
    await at.github.newest()

    assert capsys.readouterr().out.count("github_version_ends") == 1


async def test_a_write_does_not_follow_an_issue_into_another_repository(at: Airport) -> None:
    issue = await at.issue()
    elsewhere = Repository("aurora-airport/security-lanes", host=at.repository.host)
    at.repository.transfer(1, elsewhere, by=LENA)

    with pytest.raises(NoAccess, match="another repository"):
        await at.done(await at.github.writes(issue, Edit(title="Queues")))
    with pytest.raises(NoAccess, match="another repository"):
        await at.github.send(at.github.comment(issue, "Twelve more.", "c-7"))

    assert elsewhere.issues.get(1).title == "Shorter queues at security"


async def test_a_redirect_without_an_address_is_no_access(at: Airport) -> None:
    issue = await at.issue()
    at.repository.transfer(1, Repository("aurora-airport/lanes", host=at.repository.host), by=LENA)
    at.repository.blank_location = True

    with pytest.raises(NoAccess, match="where to"):
        await at.github.read(issue.key)


@pytest.mark.parametrize("location", ["https://elsewhere.example/x", "http://127.0.0.1:1/x", "//elsewhere.example/x"])
async def test_the_token_goes_to_no_other_host(at: Airport, location: str) -> None:
    issue = await at.issue()
    at.fault("status", status=302, headers={"Location": location}, method="GET")

    with pytest.raises(Unsupported, match="token is not taken there"):
        await at.github.read(issue.key)


async def test_a_page_on_another_host_is_not_read(at: Airport) -> None:
    link = '<https://elsewhere.example/repositories/1/issues?page=2>; rel="next"'
    at.fault("status", status=200, headers={"Link": link}, body=b"[]", path="issues$")

    with pytest.raises(Unsupported, match="elsewhere"):
        [page async for page in at.github.changed(at.clock())]


async def test_redirects_in_circles_end(at: Airport) -> None:
    issue = await at.issue()
    at.fault("status", status=302, headers={"Location": f"/api/v3/repos/{NAME}/issues/1"}, path="issues/1$")

    with pytest.raises(Unavailable, match="circles"):
        await at.github.read(issue.key)


async def test_pages_that_name_themselves_as_the_next_end(at: Airport) -> None:
    await at.github.me()
    link = f'<{at.server.url}/api/v3/repos/{NAME}/issues?page=2>; rel="next"'
    at.fault("status", status=200, headers={"Link": link}, body=b"[]", path="issues$")

    assert [page async for page in at.github.changed(at.clock())] == []


async def test_labels_github_would_not_take_are_refused_before_anything_is_sent(at: Airport) -> None:
    issue = await at.issue()
    many = tuple(f"department {number}" for number in range(300))

    for labels in (many, ("x" * 51,)):
        with pytest.raises(Refused) as refused:
            await at.github.writes(issue, Edit(labels_added=labels))
        with pytest.raises(Refused):
            at.github.creation(Edit(title="Queues", labels_added=labels), "m-queues")
        assert set(refused.value.fields) == {"labels"}


async def test_a_status_or_a_field_that_does_not_exist_is_told(at: Airport) -> None:
    issue = await at.issue()

    with pytest.raises(Unreachable):
        await at.github.writes(issue, Edit(status="in progress"))
    with pytest.raises(Refused, match="due"):
        await at.github.writes(issue, Edit(values={"due": "2027-01-31"}))
    with pytest.raises(Refused, match="milestone"):
        await at.github.writes(issue, Edit(values={"milestone": "Summer"}))


@pytest.mark.parametrize("name", ["passenger-services", "a/../b", "a/b?x=1", "https://github.com/a/b", "../.."])
async def test_a_project_that_is_no_repository_is_refused(at: Airport, name: str) -> None:
    with pytest.raises(Refused):
        await at.signed_in(project=name).newest()


async def test_a_key_that_is_none_is_missing(at: Airport) -> None:
    with pytest.raises(Missing, match="owner/name#12"):
        await at.github.read("2700000012")


async def test_a_list_of_a_repository_out_of_sight_is_no_access(at: Airport) -> None:
    await at.issue()
    at.fault("status", status=404, body=b'{"message": "Not Found"}', path="issues$")

    with pytest.raises(NoAccess):
        [page async for page in at.github.changed(at.clock())]
    with pytest.raises(NoAccess):
        await at.github.newest()


async def test_a_write_that_finds_nothing_looks_why(at: Airport) -> None:
    issue = await at.issue()
    nothing: dict[str, Any] = {"kind": "status", "status": 404, "body": b'{"message": "Not Found"}'}
    at.fault(method="PATCH", **nothing)
    at.fault(method="POST", **nothing)

    with pytest.raises(NoAccess, match="not change it"):
        await at.done(await at.github.writes(issue, Edit(title="Queues")))
    with pytest.raises(NoAccess, match="not change it"):
        await at.github.send(at.github.creation(EDIT, "m-queues"))
    at.fault(method="GET", path="issues/1$", **nothing)
    with pytest.raises(Missing):
        await at.done(await at.github.writes(issue, Edit(title="Queues")))
    at.fault(method="GET", path="passenger-services$", **nothing)
    with pytest.raises(NoAccess, match="cannot be seen"):
        await at.done(await at.github.writes(issue, Edit(title="Queues")))


async def test_a_redirect_or_a_page_at_no_address_is_unavailable(at: Airport) -> None:
    issue = await at.issue()
    at.fault("status", status=302, headers={"Location": "http://gate:b12/"}, path="issues/1$")
    at.fault("status", status=200, headers={"Link": '<http://gate:b12/>; rel="next"'}, body=b"[]", path="issues$")

    with pytest.raises(Unavailable):
        await at.github.read(issue.key)
    with pytest.raises(Unavailable, match="no address"):
        [page async for page in at.github.changed(at.clock())]
