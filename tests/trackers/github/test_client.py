"""The GitHub client over real HTTP, against a tracker that behaves like GitHub."""

import datetime as dt
import json

import pytest

from integrations.demo_tracker.repository import Repository
from integrations.errors import Unavailable
from integrations.github import seeking
from integrations.issue import Issue
from integrations.writes import Edit
from tests.trackers.github.airport import LENA, NAME, NOON, WAYMARK, Airport, block

LABELLED = Edit(title="Shorter queues at security", block=block(), labels_added=("waymark", "priority: now"))


async def made(at: Airport, edit: Edit = LABELLED, marker: str = "m-queues") -> Issue:
    sent = await at.github.send(at.github.creation(edit, marker))
    return await at.github.read(sent.key)


async def test_an_issue_is_made_in_one_request_and_read_back_with_its_marker(at: Airport) -> None:
    issue = await made(at)

    assert at.asked("POST") == 1
    assert (issue.title, issue.marker, issue.status.id) == ("Shorter queues at security", "m-queues", "open")
    assert issue.sections == {"problem": "Passengers wait 40 minutes at security."}
    assert (issue.text, issue.labels) == ("", ("waymark", "priority: now"))
    assert issue.author is not None
    assert issue.author.is_us


async def test_what_people_wrote_around_the_block_stays(at: Airport) -> None:
    issue = await at.issue(body="Seen at gate B12.\n")

    await at.done(await at.github.writes(issue, Edit(block=block())))

    again = await at.github.read(issue.key)
    assert again.text.strip() == "Seen at gate B12."
    assert again.native.startswith("Seen at gate B12.\n")
    assert again.sections == {"problem": "Passengers wait 40 minutes at security."}


async def test_an_edit_that_changes_nothing_is_no_request(at: Airport) -> None:
    issue = await made(at)

    assert await at.github.writes(issue, LABELLED) == []
    assert await at.github.writes(issue, Edit(status="open", labels_removed=("vip",))) == []


async def test_several_changes_go_in_one_request(at: Airport) -> None:
    issue = await at.issue()
    milestone = at.repository.milestones.create("Summer timetable", by=LENA)
    edit = Edit(
        title="Queues at security under 10 minutes",
        status="completed",
        values={"milestone": str(milestone.number), "assignees": ("lena-terminal",)},
    )

    writes = await at.github.writes(issue, edit)
    await at.done(writes)

    assert [each.fields for each in writes] == [("title", "milestone", "assignees", "status")]
    again = await at.github.read(issue.key)
    assert (again.title, again.status.id, again.milestone) == (edit.title, "completed", "Summer timetable")
    assert [each.id for each in again.assignees] == ["lena-terminal"]


async def test_another_reason_for_being_closed_takes_opening_it_first(at: Airport) -> None:
    issue = await at.issue()
    at.repository.close(int(issue.key.split("#")[1]), by=LENA)
    issue = await at.github.read(issue.key)

    writes = await at.github.writes(issue, Edit(status="not_planned"))
    await at.done(writes)

    assert [each.body["state"] for each in writes] == ["open", "closed"]
    assert (await at.github.read(issue.key)).status.id == "not_planned"


async def test_labels_of_people_stay_when_ours_come_and_go(at: Airport) -> None:
    issue = await at.issue(labels=("vip", "Priority: Later"))

    await at.done(
        await at.github.writes(issue, Edit(labels_added=("priority: now",), labels_removed=("PRIORITY: later",)))
    )

    assert set((await at.github.read(issue.key)).labels) == {"vip", "priority: now"}


async def test_a_label_somebody_else_took_away_is_no_failure(at: Airport) -> None:
    issue = await at.issue(labels=("waymark",))
    (write,) = await at.github.writes(issue, Edit(labels_removed=("waymark",)))
    at.repository.unlabel(1, "waymark", by=LENA)

    await at.github.send(write)

    assert (await at.github.read(issue.key)).labels == ()


async def test_pull_requests_are_passed_over_and_every_issue_comes_once(at: Airport) -> None:
    for number in range(205):
        at.repository.open_issue(f"Complaint {number}", by=LENA, pull_request=number % 5 == 0)

    found = [issue.title async for page in at.github.changed(NOON) for issue in page]

    assert len(found) == len(set(found)) == 164


async def test_only_what_changed_since_comes_back(at: Airport) -> None:
    await at.issue("Old complaint")
    at.clock.forward(hours=1)
    fresh = await at.issue("Fresh complaint")

    found = [issue.key async for page in at.github.changed(at.clock()) for issue in page]

    assert found == [fresh.key]


async def test_a_transferred_issue_is_answered_from_where_it_is_now(at: Airport) -> None:
    issue = await at.issue()
    elsewhere = Repository("aurora-airport/security-lanes", host=at.repository.host)
    at.repository.transfer(1, elsewhere, by=LENA)

    found = await at.github.read(issue.key)

    assert found.key == "aurora-airport/security-lanes#1"
    assert found.project.id == str(elsewhere.records.id) != issue.project.id


async def test_a_renamed_repository_is_the_same_project(at: Airport) -> None:
    issue = await at.issue()
    at.repository.rename("passengers")
    github = at.signed_in()

    found = await github.read(issue.key)
    await github.send((await github.writes(issue, Edit(title="Queues under 10 minutes")))[0])

    assert (found.project.id, found.key) == (issue.project.id, "aurora-airport/passengers#1")
    assert at.repository.issues.get(1).title == "Queues under 10 minutes"


async def test_comments_are_ours_by_their_marker_and_peoples_without(at: Airport) -> None:
    issue = await at.issue()
    await at.github.send(at.github.comment(issue, "Twelve more complaints this week.", "c-7"))
    at.repository.comments.write(1, "We look at lane 3.", by=LENA)

    ours, theirs = await at.github.comments(issue)

    assert (ours.text, ours.marker, ours.author.is_us) == ("Twelve more complaints this week.", "c-7", True)
    assert (theirs.text, theirs.marker, theirs.author.id) == ("We look at lane 3.", None, "lena-terminal")


async def test_comments_come_since_a_time(at: Airport) -> None:
    issue = await at.issue()
    at.repository.comments.write(1, "Seen.", by=LENA)
    at.clock.forward(hours=1)
    at.repository.comments.write(1, "Lane 3 is open again.", by=LENA)

    found = await at.github.comments(issue, NOON + dt.timedelta(minutes=30))

    assert [each.text for each in found] == ["Lane 3 is open again."]


async def test_an_issue_the_list_does_not_show_yet_is_found_by_its_number(at: Airport) -> None:
    await at.issue("Older complaint")
    at.clock.forward(hours=1)
    newest = await at.github.newest()
    at.repository.index_lag = 600
    made = await at.github.send(at.github.creation(LABELLED, "m-queues"))

    found = await at.github.find("m-queues", at.clock(), newest)

    assert [each.key for each in found] == [made.key]


async def test_gaps_in_the_numbers_do_not_end_the_search(at: Airport) -> None:
    at.repository.index_lag = 600
    for _ in range(6):
        at.repository.open_issue("Deleted complaint", by=WAYMARK)
    made = await at.github.send(at.github.creation(LABELLED, "m-queues"))
    for number in range(1, 7):
        at.repository.delete(number, by=LENA)

    found = await at.github.find("m-queues", at.clock(), "")

    assert [each.key for each in found] == [made.key]


async def test_numbers_that_discussions_took_do_not_end_the_search(at: Airport) -> None:
    await at.issue("Older complaint")
    at.repository.index_lag = 600
    at.repository.records.last_number += 4
    made = await at.github.send(at.github.creation(LABELLED, "m-queues"))

    found = await at.github.find("m-queues", at.clock(), f"{NAME}#1")

    assert [each.key for each in found] == [made.key] == [f"{NAME}#6"]


async def test_two_issues_with_one_marker_are_both_found_and_a_strange_one_is_not(at: Airport) -> None:
    for marker in ("m-queues", "m-signs", "m-queues"):
        await at.github.send(at.github.creation(Edit(title="Queues", block=block(marker)), marker))

    found = await at.github.find("m-queues", at.clock(), "")

    assert sorted(each.key for each in found) == [f"{NAME}#1", f"{NAME}#3"]


async def test_there_is_no_newest_issue_in_an_empty_repository(at: Airport) -> None:
    assert await at.github.newest() == ""


async def test_one_issue_is_put_under_another_and_progress_is_read(at: Airport) -> None:
    parent, child = await at.issue("Security"), await at.issue("Open lane 3")
    write = at.github.nesting(parent, child)
    assert write is not None

    await at.github.send(write)
    at.repository.close(2, by=LENA)

    parent, child = await at.github.read(parent.key), await at.github.read(child.key)
    assert (parent.children, parent.done, child.parent_id) == (1, 1, parent.id)


async def test_a_double_is_closed_as_a_duplicate(at: Airport) -> None:
    issue = await at.issue()

    await at.done([at.github.closing(issue)])

    assert (await at.github.read(issue.key)).status.id == "duplicate"


async def test_issues_are_searched_by_title_and_by_number(at: Airport) -> None:
    await at.issue("Queues at security")
    await at.issue("Signs to the trains")

    by_title = await at.github.search('signs "trains" repo:x')
    by_number = await at.github.search("#1")
    newest_first = await at.github.search("")

    assert [each.title for each in by_title][:1] in (["Signs to the trains"], [])
    assert [each.title for each in by_number][:1] == ["Queues at security"]
    assert [each.title for each in newest_first] == ["Signs to the trains", "Queues at security"]


async def test_an_issue_of_a_type_is_made_and_changed_to_another(at: Airport) -> None:
    at.repository.add_type("Complaint")
    at.repository.add_type("Task")
    issue = await made(at, Edit(title="Queues", type="Complaint"))

    await at.done(await at.github.writes(issue, Edit(type="Task", block=block())))

    again = await at.github.read(issue.key)
    assert issue.type is not None
    assert again.type is not None
    assert (issue.type.id, again.type.id) == ("Complaint", "Task")


async def test_a_block_and_assignees_as_they_are_cause_no_request(at: Airport) -> None:
    issue = await at.issue(assignees=("lena-terminal",), body="Seen at gate B12.")
    edit = Edit(values={"assignees": "Lena-Terminal", "milestone": None}, title="Shorter queues  at security")

    assert await at.github.writes(issue, edit) == []


async def test_a_parent_that_cannot_be_seen_is_none(at: Airport) -> None:
    parent, child = await at.issue("Security"), await at.issue("Open lane 3")
    write = at.github.nesting(parent, child)
    assert write is not None
    await at.github.send(write)
    at.fault("status", status=404, body=b'{"message": "Not Found"}', path="issues/1$")

    assert (await at.github.read(child.key)).parent_id is None


async def test_the_repositories_of_the_account_are_offered(at: Airport) -> None:
    said = [{"id": number, "full_name": f"aurora-airport/lane-{number}"} for number in range(80)]
    at.fault("status", status=200, body=json.dumps(said).encode(), path="user/repos$")

    assert len(await at.github.projects()) == 50
    assert [each.key for each in await at.github.projects(" LANE-77 ")] == ["aurora-airport/lane-77"]


async def test_a_number_nobody_has_is_searched_as_a_word(at: Airport) -> None:
    await at.issue("Gate 99 is far away")

    assert [each.title for each in await at.github.search("99")] == ["Gate 99 is far away"]
    assert [each.title for each in await at.github.search("another/place#1")] == []


async def test_too_much_to_read_one_by_one_stays_unsaid(at: Airport) -> None:
    at.repository.index_lag = 600
    for number in range(5):
        at.repository.open_issue(f"Complaint {number}", by=LENA)

    with pytest.raises(Unavailable, match="Too many"):
        await seeking.find(at.github._issues, NAME, "m-queues", at.clock(), "", "", most=3)


async def test_what_was_made_long_before_is_not_read_though_it_changed_since(at: Airport) -> None:
    for number in range(120):
        at.repository.open_issue(f"Complaint {number}", by=WAYMARK)
    at.clock.forward(days=1)
    for number in range(1, 121):
        at.repository.edit(number, title=f"Complaint {number}, again", by=LENA)

    assert await at.github.find("m-queues", at.clock(), f"{NAME}#120") == ()

    assert at.asked("GET", "/issues") == 1


async def test_an_issue_comes_once_though_the_pages_shift_while_they_are_read(at: Airport) -> None:
    for number in range(120):
        at.repository.open_issue(f"Complaint {number}", by=LENA)
        at.clock.forward(seconds=1)

    found = []
    async for page in at.github.changed(NOON):
        found += [issue.id for issue in page]
        at.repository.edit(1, title="Complaint 0, again", by=LENA)

    assert len(found) == len(set(found)) == 119


async def test_a_parent_is_asked_for_once(at: Airport) -> None:
    parent, *children = [await at.issue(title) for title in ("Security", "Open lane 3", "Open lane 4")]
    await at.done([at.github.nesting(parent, child) for child in children])
    before = at.asked("GET", "issues/1")

    found = [issue.parent_id async for page in at.github.changed(at.clock()) for issue in page]

    assert sorted(map(str, found)) == sorted([parent.id, parent.id, "None"])
    assert at.asked("GET", "issues/1") == before + 1
