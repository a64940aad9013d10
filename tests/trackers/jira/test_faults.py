"""Every way Jira or the network can fail has one meaning; what is ambiguous is never called anything else."""

import datetime as dt

import pytest

from integrations.errors import (
    Ambiguous,
    Limited,
    Missing,
    NoAccess,
    Refused,
    Scope,
    TrackerError,
    Unauthorized,
    Unavailable,
    Unreachable,
    Unsupported,
)
from integrations.jira.kind import CLOUD, DATA_CENTER
from integrations.writes import Edit
from tests.trackers.fake_jira import rates
from tests.trackers.jira.sites import NOON, Jira, jira_of
from tests.trackers.jira.test_issues import made

NEW = Edit(title="Shorter queues at security", type="10010")


@pytest.mark.parametrize("kind", ["drop", "reset", "cut", "html", "bad_json"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_lost_answer_to_a_write_is_ambiguous(jira: Jira, kind: str, when: str) -> None:
    jira.fault(kind, when=when, method="POST", path="/issue$", times=1)

    with pytest.raises(Ambiguous):
        await jira.tracker.send(jira.tracker.creation(NEW, "m-1"))

    assert len(jira.site.issues) == (1 if when == "after" else 0)
    assert jira.writes == [jira.writes[0]]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
async def test_trouble_of_jiras_own_leaves_a_write_ambiguous(jira: Jira, status: int) -> None:
    jira.fault("status", when="after", status=status, method="POST", path="/issue$", times=1)

    with pytest.raises(Ambiguous):
        await jira.tracker.send(jira.tracker.creation(NEW, "m-1"))


@pytest.mark.parametrize("kind", ["drop", "reset", "cut", "html", "bad_json", "huge", "status"])
async def test_a_lost_answer_to_a_question_is_only_that(jira: Jira, kind: str) -> None:
    issue = await made(jira)
    jira.fault(kind, method="GET", path="/issue/", times=1)

    with pytest.raises(Unavailable):
        await jira.tracker.read(issue.id)


async def test_a_made_issue_whose_answer_has_no_id_is_ambiguous(jira: Jira) -> None:
    jira.fault("status", status=201, body=b"{}", when="after", method="POST", path="/issue$", times=1)

    with pytest.raises(Ambiguous):
        await jira.tracker.send(jira.tracker.creation(NEW, "m-1"))


async def test_half_an_issue_is_no_issue(jira: Jira) -> None:
    jira.fault("status", status=200, body=b'{"id": "10001", "key": "GATE-1", "fields": {}}', path="/issue/", times=1)

    with pytest.raises(Unavailable):
        await jira.tracker.read("10001")


async def test_a_page_in_place_of_an_empty_answer_is_no_success(jira: Jira) -> None:
    issue = await made(jira)
    (write,) = await jira.tracker.writes(issue, Edit(title="Warmer gates"))
    jira.fault("html", method="PUT", times=1)

    with pytest.raises(Ambiguous):
        await jira.tracker.send(write)


async def test_a_redirect_to_a_sign_in_page_is_not_followed(jira: Jira) -> None:
    jira.fault("status", status=302, headers={"Location": "https://sso.example/login"}, path="/myself", times=1)

    with pytest.raises(Unavailable):
        await jira.tracker.me()


async def test_a_conflicting_update_is_tried_again_later(jira: Jira) -> None:
    issue = await made(jira)
    jira.site.switches.conflicts = 1
    (write,) = await jira.tracker.writes(issue, Edit(title="Warmer gates"))

    with pytest.raises(Unavailable):
        await jira.tracker.send(write)

    await jira.tracker.send(write)
    assert (await jira.tracker.read(issue.id)).title == "Warmer gates"


async def test_a_refusal_names_the_fields_as_we_call_them(jira: Jira) -> None:
    issue = await made(jira)
    (write,) = await jira.tracker.writes(
        issue, Edit(title="Warmer gates", values={"priority": "99", "duedate": "soon"})
    )

    with pytest.raises(Refused) as refused:
        await jira.tracker.send(write)

    assert set(refused.value.fields) == {"priority", "duedate"}
    assert set(refused.value.fields) <= set(write.fields)
    assert refused.value.status == 400


async def test_an_empty_title_is_refused_as_our_title(jira: Jira) -> None:
    with pytest.raises(Refused) as refused:
        await jira.tracker.send(jira.tracker.creation(Edit(title=" ", type="10010"), "m-1"))

    assert set(refused.value.fields) == {"title"}


@pytest.mark.parametrize("status", [410, 405])
async def test_a_retired_address_is_not_asked_again(jira: Jira, status: int) -> None:
    jira.fault("status", status=status, body=b'{"errorMessages": ["The requested API has been removed."]}', times=1)

    with pytest.raises(Unsupported) as unsupported:
        await jira.tracker.me()

    assert "removed" in unsupported.value.detail


async def test_clouds_retired_search_is_never_asked(cloud: Jira) -> None:
    await made(cloud)
    [page async for page in cloud.tracker.changed(NOON)]
    await cloud.tracker.search("queues")
    await cloud.tracker.find("m-12", NOON, "")
    await cloud.tracker.newest()

    assert not [each for each in cloud.asked() if each.endswith("/rest/api/3/search")]


@pytest.mark.parametrize(
    ("limit", "scope", "seconds"),
    [
        (rates.burst(2), Scope.CONNECTION, 2),
        (rates.quota(1847), Scope.CONNECTION, 1847),
        (rates.global_quota(1847), Scope.CONNECTION, 1847),
        (rates.gateway(5), Scope.CONNECTION, 5),
    ],
)
async def test_a_pause_says_until_when(jira: Jira, limit: rates.Limit, scope: Scope, seconds: int) -> None:
    jira.site.rates.answer_next(limit)

    with pytest.raises(Limited) as limited:
        await jira.tracker.me()

    assert limited.value.scope is scope
    assert limited.value.until == NOON + dt.timedelta(seconds=seconds)


async def test_too_many_writes_to_one_issue_make_only_that_one_wait(cloud: Jira) -> None:
    issue = await made(cloud)

    for number in range(20):
        await cloud.tracker.send(cloud.tracker.comment(issue, f"Look {number}", f"c-{number}"))

    with pytest.raises(Limited) as limited:
        await cloud.tracker.send(cloud.tracker.comment(issue, "Look again", "c-20"))

    assert limited.value.scope is Scope.ISSUE


async def test_a_tired_jira_that_names_a_time_is_left_alone_until_then(jira: Jira) -> None:
    jira.fault("status", status=503, headers={"Retry-After": "40"}, method="GET", times=1)

    with pytest.raises(Limited) as limited:
        await jira.tracker.me()

    assert limited.value.until == NOON + dt.timedelta(seconds=40)


async def test_a_gateway_that_is_tired_may_have_made_the_issue_all_the_same(jira: Jira) -> None:
    jira.fault("status", status=503, headers={"Retry-After": "40"}, method="POST", path="/issue$", times=1)

    with pytest.raises(Ambiguous):
        await jira.tracker.send(jira.tracker.creation(NEW, "m-1"))


async def test_a_limit_without_any_header_leaves_the_time_open(jira: Jira) -> None:
    jira.fault("status", status=429, times=1)

    with pytest.raises(Limited) as limited:
        await jira.tracker.me()

    assert limited.value.until is None


@pytest.mark.parametrize(
    ("kind", "credentials"),
    [
        (CLOUD, {"email": "waymark@airport.example", "token": "wrong"}),
        (CLOUD, {"email": "waymark@airport.example", "token": "expired-classic"}),
        (CLOUD, {"token": "classic"}),
        (DATA_CENTER, {"token": "wrong"}),
        (DATA_CENTER, {"token": "expired-personal"}),
    ],
)
async def test_a_wrong_or_expired_token_stops_the_connection(kind: object, credentials: dict[str, str]) -> None:
    async with jira_of(kind) as jira:  # type: ignore[arg-type] # one of the two kinds
        with pytest.raises(Unauthorized):
            await jira.door(credentials).me()


async def test_a_token_with_scopes_is_told_where_it_works(cloud: Jira) -> None:
    scoped = {"email": "waymark@airport.example", "token": "scoped"}

    with pytest.raises(Unauthorized, match=r"api\.atlassian\.com/ex/jira"):
        await cloud.door(scoped).me()


async def test_a_token_with_scopes_works_at_the_gateway() -> None:
    async with jira_of(CLOUD, prefix="/ex/jira/11223344-a1b2-3b33-c444-def123456789") as jira:
        scoped = {"email": "waymark@airport.example", "token": "scoped"}

        assert (await jira.door(scoped, base_url=jira.site.gateway).me()).name == "Waymark"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"},
        {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url=https://jira.example/login.jsp"},
    ],
)
async def test_a_picture_puzzle_is_named_as_what_it_is(data_center: Jira, headers: dict[str, str]) -> None:
    data_center.fault("status", status=403, headers=headers, times=1)

    with pytest.raises(Unauthorized, match="CAPTCHA"):
        await data_center.tracker.me()


async def test_who_may_only_look_is_refused_what_changes(jira: Jira) -> None:
    issue = await made(jira)
    guest = (
        {"email": "guest@airport.example", "token": "guest-classic"} if jira.site.cloud else {"token": "guest-personal"}
    )
    looking = jira.door(guest)
    (write,) = await looking.writes(issue, Edit(title="Warmer gates"))

    with pytest.raises(NoAccess):
        await looking.send(write)
    with pytest.raises(Unreachable):
        await looking.writes(issue, Edit(status="3"))


async def test_a_wrong_project_does_not_look_like_one_without_issues(jira: Jira) -> None:
    nowhere = jira.door(jira.tracker.site.access.credentials, project="GONE")

    for asking in (
        nowhere.newest(),
        nowhere.search("queues"),
        nowhere.find("m-1", NOON, ""),
        nowhere.catalogue(),
        anext(nowhere.changed(NOON)),
    ):
        with pytest.raises(NoAccess, match="GONE"):
            await asking


async def test_writing_to_a_deleted_issue_says_that_it_is_missing(jira: Jira) -> None:
    issue = await made(jira)
    (write,) = await jira.tracker.writes(issue, Edit(title="Warmer gates"))
    jira.site.delete(issue.key, jira.person("tom"))

    for asking in (
        jira.tracker.send(write),
        jira.tracker.send(jira.tracker.comment(issue, "Look", "c-1")),
        jira.tracker.comments(issue),
        jira.tracker.writes(issue, Edit(status="3")),
    ):
        with pytest.raises(Missing):
            await asking


async def test_no_secret_is_in_what_an_error_says(jira: Jira) -> None:
    jira.fault("drop")

    with pytest.raises(TrackerError) as error:
        await jira.tracker.me()

    said = f"{error.value} {error.value.detail} {error.value.__cause__!r} {jira.tracker.site!r} {jira.tracker.site.access!r}"
    assert "classic" not in said
    assert "personal" not in said
