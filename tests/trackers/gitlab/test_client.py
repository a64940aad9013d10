"""The client against a GitLab with state."""

import datetime as dt

import pytest

from integrations.errors import Ambiguous, Limited, Missing, NoAccess, Refused, Unavailable, Unreachable, Unsupported
from integrations.gitlab import seeking
from integrations.writes import Edit
from tests.trackers.fake_gitlab.records import Project
from tests.trackers.gitlab.airport import LENA, MARA, NAME, NOON, Airport, block


async def test_an_issue_is_read_with_all_that_is_compared(at: Airport) -> None:
    autumn = at.host.milestone(at.project, "Autumn timetable")
    at.project.is_premium = True
    values = {"milestone_id": autumn.id, "assignee_ids": [101, 102], "due_date": "2027-01-31", "weight": 3}

    issue = await at.issue("Ask @\u2060mara", "Seen at B12.", labels="security,gates", **values)

    assert (issue.key, issue.title, issue.text) == (f"{NAME}#1", "Ask @mara", "Seen at B12.")
    assert (issue.project.id, issue.project.key) == ("81", NAME)
    assert issue.url == f"{at.server.url}/{NAME}/-/issues/1"
    assert issue.values == {
        "due_date": "2027-01-31", "milestone_id": str(autumn.id), "assignee_ids": ("101", "102"), "weight": 3.0,
    }  # fmt: skip
    assert (issue.labels, issue.milestone, issue.status.id) == (("gates", "security"), "Autumn timetable", "opened")
    assert [(each.name, each.is_us) for each in issue.assignees] == [("Mara Delivery", False), ("Lena Gates", False)]


async def test_everything_about_an_issue_changes_with_one_request(at: Airport) -> None:
    issue = await at.issue(labels="security,priority:low")
    edit = Edit(
        title="Queues under ten minutes", block=block(), status="closed", values={"due_date": "2027-01-31"},
        labels_added=("waymark", "Security"), labels_removed=("priority:low",),
    )  # fmt: skip

    (write,) = await at.gitlab.writes(issue, edit)
    sent = await at.gitlab.send(write)

    assert (write.method, write.path) == ("PUT", "/projects/81/issues/1")
    assert write.fields == ("title", "block", "due_date", "labels", "status")
    assert (sent.id, sent.key) == (issue.id, issue.key)
    now = await at.gitlab.read(issue.key)
    assert (now.title, now.is_done, now.labels) == ("Queues under ten minutes", True, ("security", "waymark"))
    assert now.sections == {"problem": "Passengers wait 40 minutes at security."}
    assert await at.gitlab.writes(now, edit) == []


async def test_values_are_taken_away_and_found_taken_away(at: Airport) -> None:
    autumn = at.host.milestone(at.project, "Autumn timetable")
    issue = await at.issue(milestone_id=autumn.id, assignee_ids=[101], due_date="2027-01-31")
    edit = Edit(values={"milestone_id": None, "assignee_ids": None, "due_date": None})

    await at.changed(issue, edit)

    now = await at.gitlab.read(issue.key)
    assert now.values == {"due_date": None, "milestone_id": None, "assignee_ids": (), "weight": None}
    assert await at.gitlab.writes(now, edit) == []


async def test_it_closes_and_opens_and_knows_no_other_status(at: Airport) -> None:
    issue = await at.issue()

    await at.changed(issue, Edit(status="closed"))
    closed = await at.gitlab.read(issue.key)
    await at.changed(closed, Edit(status="opened"))

    assert (closed.is_done, (await at.gitlab.read(issue.key)).is_done) == (True, False)
    with pytest.raises(Unreachable):
        await at.gitlab.writes(issue, Edit(status="in_progress"))


@pytest.mark.parametrize("label", ["gates, all of them", "x" * 256])
async def test_a_label_gitlab_would_part_or_refuse_is_not_sent(at: Airport, label: str) -> None:
    with pytest.raises(Refused) as refusal:
        at.gitlab.creation(Edit(title="Shorter queues", labels_added=(label,)), "m-1")

    assert refusal.value.fields.keys() == {"labels"}


async def test_a_new_issue_has_its_marker_and_orders_nothing(at: Airport) -> None:
    edit = Edit(title="Shorter queues", block=block("Too slow.\n\n/close"), labels_added=("waymark",), type="issue")

    sent = await at.gitlab.send(at.gitlab.creation(edit, "m-queues"))

    made = await at.gitlab.read(sent.key)
    assert (made.id, made.marker, made.is_done) == (sent.id, "m-queues", False)
    assert made.sections == {"problem": "Too slow.\n\n/close"}
    assert made.author is not None
    assert made.author.is_us


async def test_an_issue_whose_answer_was_lost_is_found_though_lists_are_behind(at: Airport) -> None:
    await at.issue()
    after = await at.gitlab.newest()
    at.host.lag = 600
    at.fault("drop", when="after", method="POST", times=1)
    write = at.gitlab.creation(Edit(title="Shorter queues", block=block()), "m-queues")

    at.project.last_iid += 8
    with pytest.raises(Ambiguous):
        await at.gitlab.send(write)
    await at.issue("Clearer signs")
    found = await at.gitlab.find("m-queues", NOON - dt.timedelta(minutes=2), after)

    assert [each.key for each in found] == [f"{NAME}#10"]
    assert await at.gitlab.find("m-nobody", NOON, after) == ()


async def test_it_stays_unsaid_when_there_is_too_much_to_read(at: Airport) -> None:
    at.project.last_iid = 0
    for _ in range(3):
        await at.issue(by=LENA)

    with pytest.raises(Unavailable):
        await seeking.find(at.gitlab._issues, NAME, "m-queues", NOON, "", 901, most=2)


async def test_a_moved_issue_is_answered_from_where_it_is_now(at: Airport) -> None:
    issue = await at.issue(text="Seen at B12.")
    far = Project(83, "beta-airport/gates")
    at.host.projects.append(far)

    near = at.host.move(at.project, at.project.issues[1], at.host.projects[1], MARA)
    once = await at.gitlab.read(issue.key)
    at.host.move(at.host.projects[1], near, far, MARA)
    twice = await at.gitlab.read(issue.key)

    assert (once.project.id, once.key) == ("82", "aurora-airport/terminal/elsewhere#1")
    assert (twice.project.id, twice.key) == ("83", "beta-airport/gates#1")
    assert len({issue.id, once.id, twice.id}) == 3


async def test_an_issue_moved_out_of_sight_is_missing(at: Airport) -> None:
    issue = await at.issue()
    at.host.move(at.project, at.project.issues[1], at.host.projects[1], MARA)
    at.host.projects[1].issues.clear()

    with pytest.raises(Missing):
        await at.gitlab.read(issue.key)


async def test_a_person_who_writes_where_it_moved_to_leads_nobody_there(at: Airport) -> None:
    issue = await at.issue()
    await at.issue("Clearer signs")
    at.host.move(at.project, at.project.issues[1], at.host.projects[1], MARA)
    at.host.note(at.project, at.project.issues[1], MARA, f"moved to {NAME}#2")

    assert (await at.gitlab.read(issue.key)).project.id == "82"


async def test_another_issue_is_never_taken_for_the_one_that_moved(at: Airport) -> None:
    issue = await at.issue()
    await at.issue("Clearer signs")
    at.host.move(at.project, at.project.issues[1], at.host.projects[1], MARA)
    at.project.issues[1].notes[-1].body = f"moved to {NAME}#2"

    with pytest.raises(Missing):
        await at.gitlab.read(issue.key)


async def test_a_renamed_project_is_followed_to_its_number(at: Airport) -> None:
    issue = await at.issue()
    at.project.former.append(NAME)
    at.project.path = "aurora-airport/terminal/services"
    late = at.signed_in()

    now = await late.read(issue.key)
    sent = await late.send(late.creation(Edit(title="Clearer signs"), "m-signs"))

    assert (now.id, now.key) == (issue.id, "aurora-airport/terminal/services#1")
    assert sent.key == "aurora-airport/terminal/services#2"
    assert [each.title for each in await late.search("")] == ["Clearer signs", "Shorter queues at security"]


async def test_a_project_out_of_sight_is_told_from_an_issue_that_is_gone(at: Airport) -> None:
    issue = await at.issue()
    with pytest.raises(Missing):
        await at.gitlab.read(f"{NAME}#77")

    at.project.is_private = True
    stranger = at.signed_in("stranger")

    with pytest.raises(NoAccess):
        await stranger.read(issue.key)
    with pytest.raises(NoAccess):
        await stranger.newest()


async def test_it_is_followed_nowhere_else(at: Airport) -> None:
    at.fault("status", status=301, headers={"location": "https://elsewhere.example/api/v4/projects/81"}, times=1)

    with pytest.raises(Unsupported):
        await at.gitlab.newest()


async def test_changed_issues_come_page_by_page_each_once(at: Airport) -> None:
    for number in range(130):
        at.host.open(at.project, MARA, f"Clearer signs at gate {number}")
        at.clock.forward(seconds=10)

    pages = [page async for page in at.gitlab.changed(NOON + dt.timedelta(seconds=100))]

    assert [len(page) for page in pages] == [50, 50, 26]
    assert len({each.id for page in pages for each in page}) == 126


async def test_an_issue_that_changes_while_pages_are_read_comes_once(at: Airport) -> None:
    for number in range(130):
        at.host.open(at.project, MARA, f"Clearer signs at gate {number}")
        at.clock.forward(seconds=10)

    seen = []
    async for page in at.gitlab.changed(NOON - dt.timedelta(days=1)):
        seen += [each.id for each in page]
        at.host.edit(at.project, at.project.issues[1], MARA, title="Clearer signs everywhere")

    assert len(seen) == len(set(seen)) == 129


async def test_comments_are_those_of_people_and_not_of_the_team_alone(at: Airport) -> None:
    issue = await at.issue()
    one = at.project.issues[1]
    at.host.note(at.project, one, MARA, "We can open lane 4.")
    at.clock.forward(minutes=5)
    at.host.note(at.project, one, MARA, "changed the title", system=True)
    at.host.note(at.project, one, MARA, "The airline must not know.", internal=True)
    await at.gitlab.send(at.gitlab.comment(issue, "/close says nobody", "c-7"))

    found = await at.gitlab.comments(issue)
    late = await at.gitlab.comments(issue, NOON + dt.timedelta(minutes=1))

    assert [(each.text, each.marker) for each in found] == [
        ("We can open lane 4.", None),
        ("/close says nobody", "c-7"),
    ]
    assert [each.marker for each in late] == ["c-7"]
    assert (await at.gitlab.read(issue.key)).is_done is False


async def test_too_many_comments_wait_without_a_word_how_long(at: Airport) -> None:
    issue = await at.issue()
    at.host.notes_a_minute = 1
    await at.gitlab.send(at.gitlab.comment(issue, "One", "c-1"))

    with pytest.raises(Limited) as limited:
        await at.gitlab.send(at.gitlab.comment(issue, "Two", "c-2"))

    assert limited.value.until is None


async def test_one_made_by_mistake_is_closed(at: Airport) -> None:
    issue = await at.issue()

    await at.gitlab.send(at.gitlab.closing(issue))

    assert at.project.issues[1].state == "closed"
    assert at.gitlab.nesting(issue, issue) is None


async def test_issues_are_found_by_title_and_number(at: Airport) -> None:
    await at.issue()
    await at.issue("Clearer signs")

    assert [each.title for each in await at.gitlab.search("SIGNS")] == ["Clearer signs"]
    assert [each.title for each in await at.gitlab.search("#1")] == ["Shorter queues at security"]
    assert [each.key for each in await at.gitlab.projects("services")] == [NAME]


@pytest.mark.parametrize("named", ["gates", "../admin", "aurora/..", "aurora/gates?x=1", ""])
async def test_what_is_no_project_is_not_asked_for(at: Airport, named: str) -> None:
    before = len(at.server.exchanges)

    with pytest.raises(Refused):
        await at.signed_in(project=named).catalogue()

    assert len(at.server.exchanges) == before
