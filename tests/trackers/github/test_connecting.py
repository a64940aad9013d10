"""What a connection needs: checks, what there is to choose from, webhooks."""

import datetime as dt

import pytest

from integrations.errors import Missing, Refused, Unauthorized, Unavailable
from integrations.github.kind import KIND
from integrations.github.texts import BODY_MOST
from integrations.webhook import Hook
from integrations.writes import Edit
from tests.trackers.github.airport import LENA, NAME, NOON, Airport, block

ADDRESS = "https://waymark.airport.example/webhooks/github/1"


async def problems(at: Airport, signs_in: str = "ours") -> list[str]:
    return [each.name.message for each in await at.signed_in(signs_in).check() if not each.ok]


async def test_who_administers_may_everything(at: Airport) -> None:
    found = await at.github.check()

    assert [each.ok for each in found] == [True] * 6
    assert [each.is_needed for each in found] == [True] * 5 + [False]


async def test_who_reads_may_write_but_not_label(at: Airport) -> None:
    assert await problems(at, "guest") == ["may label", "may set the status", "may register webhooks"]


async def test_in_a_repository_without_issues_nothing_works(at: Airport) -> None:
    at.repository.has_issues = False

    assert await problems(at) == ["can read", "can write", "may label", "may set the status", "may comment"]


async def test_a_repository_out_of_sight_cannot_be_read(at: Airport) -> None:
    (found,) = await at.signed_in(project="aurora-airport/long-gone").check()

    assert (found.name.message, found.ok) == ("can read", False)


async def test_an_archived_repository_can_only_be_read(at: Airport) -> None:
    said = b'{"id": 7, "full_name": "a/b", "archived": true, "permissions": {"admin": true, "pull": true}}'
    at.fault("status", status=200, body=said, path="passenger-services$")

    assert await problems(at) == ["can write", "may label", "may set the status", "may comment"]


async def test_a_token_nobody_knows_is_no_check_that_failed(at: Airport) -> None:
    with pytest.raises(Unauthorized):
        await at.signed_in("revoked").check()


async def test_there_is_to_choose_from(at: Airport) -> None:
    at.repository.milestones.create("Summer timetable", by=LENA)
    at.repository.label((await at.issue()).key.count("#"), "vip", by=LENA)
    at.repository.add_type("Complaint")

    found = await at.github.catalogue()

    assert found.project.key == NAME
    assert [each.name for each in found.types] == ["Complaint"]
    milestone, labels, assignees = (found.field(name) for name in ("milestone", "labels", "assignees"))
    assert milestone is not None
    assert [(each.id, each.name) for each in milestone.choices] == [("1", "Summer timetable")]
    assert labels is not None
    assert "vip" in {each.name for each in labels.choices}
    assert assignees is not None
    assert [each.id for each in found.statuses] == ["open", "completed", "not_planned", "duplicate"]
    assert {"waymark-airport", "lena-terminal"} <= {each.id for each in found.accounts}


async def test_a_webhook_is_registered_once_and_given_the_newest_secret(at: Airport) -> None:
    at.repository.hooks.create("https://flights.airport.example/hook", events=["push"])
    first = await at.github.register_hook(ADDRESS, "one")
    second = await at.github.register_hook(ADDRESS, "two")

    assert first is not None
    assert first == second
    _, kept = at.repository.records.hooks.values()
    assert (kept.secret, kept.content_type) == ("two", "json")
    assert {"issues", "issue_comment", "sub_issues"} <= set(kept.events)
    assert await at.github.renew_hook(first) == first


async def test_an_older_server_is_asked_for_the_events_it_knows(at: Airport) -> None:
    at.fault("status", status=422, method="POST", path="hooks$", times=1, body=b'{"message": "Validation Failed"}')

    assert await at.github.register_hook(ADDRESS, "one") is not None

    (kept,) = at.repository.records.hooks.values()
    assert kept.events == ["issues", "issue_comment"]


async def test_who_may_not_register_is_no_failure(at: Airport) -> None:
    assert await at.signed_in("guest").register_hook(ADDRESS, "one") is None


async def test_a_webhook_that_is_gone_is_removed_already(at: Airport) -> None:
    hook = await at.github.register_hook(ADDRESS, "one")
    assert hook is not None

    await at.github.remove_hook(hook)
    await at.github.remove_hook(hook)

    assert at.repository.records.hooks == {}
    with pytest.raises(Missing):
        await at.github.renew_hook(hook)


async def test_what_did_not_arrive_is_sent_again_once_each(at: Airport) -> None:
    at.repository.hooks.mishaps.lose = 1.0
    hook = await at.github.register_hook(ADDRESS, "one")
    assert hook is not None
    at.clock.forward(hours=1)
    await at.issue("Lost in the network")

    for write in await at.github.redeliveries(hook, at.clock() - dt.timedelta(minutes=1)):
        await at.github.send(write)

    again = [each for each in at.repository.hooks.deliveries if each.redelivery]
    assert [each.event for each in again] == ["issues"]
    assert await at.signed_in("guest").redeliveries(hook, NOON) == []
    assert await at.github.redeliveries(Hook("1"), NOON) == []


async def test_a_description_full_of_peoples_text_is_refused_with_the_reason(at: Airport) -> None:
    issue = await at.issue(body="x" * BODY_MOST)

    with pytest.raises(Refused) as refused:
        await at.github.writes(issue, Edit(block=block()))

    assert set(refused.value.fields) == {"block"}


def test_the_kind_says_what_github_allows() -> None:
    assert [(each.writes, each.seconds) for each in KIND.limits] == [(80, 60), (500, 3600), (1, 1)]
    assert (KIND.name, KIND.title_most, KIND.lag) == ("github", 256, 60)
    assert [way.name for way in KIND.ways] == ["token", "app"]


async def test_a_repository_that_can_be_seen_but_not_read_is_told(at: Airport) -> None:
    at.fault("status", status=403, body=b'{"message": "Resource not accessible"}', path="issues$")

    assert await problems(at) == ["can read"]


@pytest.mark.parametrize("path", ["passenger-services$", "issues$"])
async def test_a_tracker_out_of_reach_is_no_check_that_failed(at: Airport, path: str) -> None:
    at.fault("drop", path=path)

    with pytest.raises(Unavailable):
        await at.github.check()


async def test_a_person_has_no_types_and_an_older_server_knows_none(at: Airport) -> None:
    own = b'{"id": 7, "full_name": "aurora-airport/passenger-services", "owner": {"login": "lena", "type": "User"}}'
    at.fault("status", status=404, body=b'{"message": "Not Found"}', path="issue-types$", times=1)

    assert (await at.github.catalogue()).types == ()
    at.fault("status", status=200, body=own, path="passenger-services$")
    assert (await at.github.catalogue()).types == ()


async def test_what_may_not_be_looked_at_is_not_offered_and_much_is_cut(
    at: Airport,
) -> None:
    for number in range(1050):
        at.repository.labels.known(f"flight {number}")
    at.fault("status", status=403, body=b'{"message": "No."}', path="assignees$")

    found = await at.github.catalogue()

    labels = found.field("labels")
    assert found.accounts == ()
    assert labels is not None
    assert len(labels.choices) == 1000


async def test_what_arrived_in_a_later_attempt_is_left_alone_and_no_more_is_read_than_asked_for(at: Airport) -> None:
    at.repository.hooks.mishaps.lose = 1.0
    hook = await at.github.register_hook(ADDRESS, "one")
    assert hook is not None
    for number in range(150):
        at.repository.open_issue(f"Complaint {number}", by=LENA)
    at.clock.forward(hours=1)
    await at.issue("Lost once")
    lost = at.repository.hooks.deliveries[-1]
    at.repository.hooks.redeliver(int(hook.id), lost.id)
    arrived = at.repository.hooks.deliveries[-1]
    arrived.status, arrived.status_code = "OK", 200
    at.repository.hooks.waiting.clear()
    before = at.asked("GET", "deliveries")

    assert await at.github.redeliveries(hook, at.clock() - dt.timedelta(minutes=1)) == []
    assert at.asked("GET", "deliveries") == before + 1
    assert len(await at.github.redeliveries(hook, NOON)) == 20
