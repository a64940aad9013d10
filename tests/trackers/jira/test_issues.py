"""Issues are made, read, changed and found as Jira has them."""

import datetime as dt

import pytest

from integrations.errors import Missing, NoAccess, Refused, Unreachable
from integrations.issue import Category, Issue
from integrations.prose.markdown import canonical, plain
from integrations.writes import Edit
from tests.trackers.fake_jira.airport import DEPARTMENT, SCORE, TERMINAL, WHY
from tests.trackers.jira.sites import NOON, Jira, block

TASK = "10010"


async def made(jira: Jira, title: str = "Shorter queues at security", **more: object) -> Issue:
    edit = Edit(title=title, block=block(), type=TASK, labels_added=("waymark",), **more)  # type: ignore[arg-type]
    sent = await jira.tracker.send(jira.tracker.creation(edit, "m-12"))
    return await jira.tracker.read(sent.id)


async def test_an_issue_is_made_by_one_request_and_reads_back_as_it_was_sent(jira: Jira) -> None:
    issue = await made(jira, values={"duedate": "2027-03-31", "priority": "2", "components": ("10300",)})

    assert len(jira.writes) == 1
    assert (issue.key, issue.title, issue.marker) == ("GATE-1", "Shorter queues at security", "m-12")
    assert issue.sections == {"problem": "Queues at **security** are long."}
    assert issue.text == ""
    assert issue.labels == ("waymark",)
    assert issue.values["duedate"] == "2027-03-31"
    assert issue.values["priority"] == "2"
    assert issue.values["components"] == ("10300",)
    assert (issue.project.id, issue.project.key) == ("10000", "GATE")
    assert (issue.status.name, issue.status.category) == ("Backlog", Category.TODO)
    assert issue.author is not None
    assert issue.author.is_us
    assert issue.created_at == NOON
    assert issue.url == f"{jira.site.url}/browse/GATE-1"
    assert (issue.type and issue.type.name) == "Task"


async def test_the_marker_is_a_property_from_the_first_moment(jira: Jira) -> None:
    issue = await made(jira)

    assert jira.site.issue(issue.id).properties == {"waymark": {"marker": "m-12"}}


async def test_a_copy_whose_block_is_ours_is_told_from_ours_by_the_property(jira: Jira) -> None:
    ours = await made(jira)
    copy = jira.site.create("GATE", jira.person("tom"), "Task", summary="Copy", description=ours.native)
    jira.site.issue(ours.id).properties["waymark"] = {"marker": "m-99"}

    assert (await jira.tracker.read(str(copy.id))).marker == "m-12"
    assert (await jira.tracker.read(ours.id)).marker == "m-99"


async def test_an_issue_without_a_type_gets_the_first_of_the_project(jira: Jira) -> None:
    sent = await jira.tracker.send(jira.tracker.creation(Edit(title="Warmer gates"), "m-1"))

    assert (await jira.tracker.read(sent.key)).key == "GATE-1"


async def test_custom_fields_are_sent_as_their_kinds_want_them(jira: Jira) -> None:
    values = {DEPARTMENT.id: "10201", SCORE.id: 7.5, WHY.id: "**Two** of three complain"}

    issue = await made(jira, values=values)

    assert {name: issue.values[name] for name in values} == values


async def test_people_are_named_as_this_jira_names_them(jira: Jira) -> None:
    tom = jira.person("tom")
    name = tom.id if jira.site.cloud else tom.name

    issue = await made(jira, values={"assignee": name})

    assert issue.values["assignee"] == name
    assert [each.name for each in issue.assignees] == ["Tom Berger"]
    assert not issue.assignees[0].is_us


async def test_one_request_changes_all_fields_and_leaves_peoples_labels_and_text(jira: Jira) -> None:
    issue = await made(jira)
    jira.site.edit(issue.key, jira.person("tom"), labels=["waymark", "hand-luggage"])
    issue = await jira.tracker.read(issue.id)
    edit = Edit(
        title="Shorter queues",
        block=block("Queues are *shorter*."),
        labels_added=("tier: high",),
        values={"priority": "1"},
    )

    writes = await jira.tracker.writes(issue, edit)
    for each in writes:
        await jira.tracker.send(each)

    assert [(each.method, set(each.fields)) for each in writes] == [("PUT", {"title", "block", "priority", "labels"})]
    now = await jira.tracker.read(issue.id)
    assert now.title == "Shorter queues"
    assert now.sections == {"problem": "Queues are _shorter_."}
    assert set(now.labels) == {"waymark", "hand-luggage", "tier:-high"}
    assert now.values["priority"] == "1"


async def test_what_is_so_already_is_not_written_again(jira: Jira) -> None:
    issue = await made(jira)
    edit = Edit(title=issue.title, block=block(), status=issue.status.id, labels_added=("waymark",), type=TASK)

    assert await jira.tracker.writes(issue, edit) == []


async def test_a_field_that_is_not_on_the_screen_is_named(jira: Jira) -> None:
    story = jira.site.create("GATE", jira.person("tom"), "Story", summary="Lounge chairs", **{TERMINAL.id: "B"})
    issue = await jira.tracker.read(str(story.id))
    (write,) = await jira.tracker.writes(issue, Edit(values={"duedate": "2027-03-31"}, title="Lounge seats"))

    with pytest.raises(Refused) as refused:
        await jira.tracker.send(write)

    assert set(refused.value.fields) == {"duedate"}
    assert "screen" in refused.value.fields["duedate"]


async def test_a_title_is_one_line_and_cut_where_jira_would_refuse_it(jira: Jira) -> None:
    issue = await made(jira, title="Queues\nat\x00 security " + "long " * 80)

    assert issue.title.startswith("Queues at security long long")
    assert len(issue.title) <= 255
    assert issue.title.endswith("…")


async def test_a_status_is_reached_by_its_id_after_the_fields(jira: Jira) -> None:
    issue = await made(jira)

    writes = await jira.tracker.writes(issue, Edit(title="Shorter queues", status="3"))
    for each in writes:
        await jira.tracker.send(each)

    assert [each.method for each in writes] == ["PUT", "POST"]
    assert writes[1].fields == ("status",)
    assert (await jira.tracker.read(issue.id)).status.name == "In Progress"


async def test_a_status_without_a_direct_way_says_where_it_can_go(jira: Jira) -> None:
    issue = await made(jira)

    with pytest.raises(Unreachable, match="Selected for Development, In Progress"):
        await jira.tracker.writes(issue, Edit(status="10002"))


async def test_a_way_that_asks_for_a_field_names_it(jira: Jira) -> None:
    issue = await made(jira)
    jira.site.transition(issue.key, "In Progress", jira.person("tom"))
    issue = await jira.tracker.read(issue.id)

    with pytest.raises(Unreachable) as unreachable:
        await jira.tracker.writes(issue, Edit(status="10003"))

    assert unreachable.value.needs == ("Resolution",)


async def test_what_a_way_asks_for_goes_along_with_it(jira: Jira) -> None:
    issue = await made(jira)
    jira.site.transition(issue.key, "In Progress", jira.person("tom"))
    issue = await jira.tracker.read(issue.id)

    (write,) = await jira.tracker.writes(issue, Edit(status="10003", values={"resolution": "10000"}))
    await jira.tracker.send(write)

    assert write.fields == ("status", "resolution")
    assert (await jira.tracker.read(issue.id)).is_done


async def test_a_moved_issue_answers_from_where_it_is_now(jira: Jira) -> None:
    issue = await made(jira)
    jira.site.move(issue.key, "SHOP", jira.person("tom"))

    now = await jira.tracker.read(issue.key)

    assert (now.id, now.key, now.project.key) == (issue.id, "SHOP-1", "SHOP")


async def test_a_deleted_issue_is_missing_while_its_project_is_seen(jira: Jira) -> None:
    issue = await made(jira)
    jira.site.delete(issue.key, jira.person("tom"))

    with pytest.raises(Missing):
        await jira.tracker.read(issue.id)


async def test_an_issue_of_a_project_that_is_no_longer_seen_is_not_missing(jira: Jira) -> None:
    issue = await made(jira)
    jira.person("us").permissions_in[10_000] = frozenset()

    with pytest.raises(NoAccess):
        await jira.tracker.read(issue.id)


async def test_people_write_around_the_block_and_find_their_words_as_they_left_them(jira: Jira) -> None:
    issue = await made(jira)
    theirs = "Talked to the *airline*."
    paragraph = {"type": "paragraph", "content": [{"type": "emoji", "attrs": {"shortName": ":plane:"}}]}
    before = {"content": [paragraph, *issue.native["content"]]} if jira.site.cloud else theirs + "\n\n" + issue.native
    native = issue.native | before if jira.site.cloud else before
    jira.site.edit(issue.key, jira.person("tom"), description=native)
    issue = await jira.tracker.read(issue.id)

    (write,) = await jira.tracker.writes(issue, Edit(block=block("Solved.")))
    await jira.tracker.send(write)

    now = await jira.tracker.read(issue.id)
    assert now.sections == {"problem": "Solved."}
    assert now.text == issue.text != ""
    if jira.site.cloud:
        assert now.native["content"][0] == paragraph
    else:
        assert now.native.startswith(theirs + "\n\n")


async def test_two_that_were_made_by_mistake_one_is_closed(jira: Jira) -> None:
    shop = jira.door(jira.tracker.site.access.credentials, project="SHOP")
    sent = await shop.send(shop.creation(Edit(title="Longer opening hours"), "m-3"))
    issue = await shop.read(sent.id)

    await shop.send(shop.closing(issue))

    assert (await shop.read(issue.id)).is_done


async def test_closing_says_when_the_workflow_does_not_let_it(jira: Jira) -> None:
    issue = await made(jira)

    with pytest.raises(Unreachable):
        await jira.tracker.send(jira.tracker.closing(issue))


async def test_sub_tasks_are_counted_with_those_that_are_done(cloud: Jira) -> None:
    issue = await made(cloud)
    done = {"fields": {"status": {"id": "1", "name": "Done", "statusCategory": {"key": "done"}}}}
    todo = {"fields": {"status": {"id": "2", "name": "Open", "statusCategory": {"key": "new"}}}}
    answer = await cloud.tracker.site.get(f"issue/{issue.id}")
    answer["fields"] |= {"subtasks": [done, done, todo], "parent": {"id": "10099", "key": "GATE-99"}}

    now = await cloud.tracker.issue(answer)

    assert (now.children, now.done, now.parent_id) == (3, 2, "10099")


async def test_a_due_date_can_be_emptied(jira: Jira) -> None:
    issue = await made(jira, values={"duedate": "2027-03-31", "components": ("10300",)})

    for each in await jira.tracker.writes(issue, Edit(values={"duedate": None, "components": ()})):
        await jira.tracker.send(each)

    now = await jira.tracker.read(issue.id)
    assert "duedate" not in now.values
    assert "components" not in now.values


async def test_a_component_joins_those_that_people_chose(jira: Jira) -> None:
    issue = await made(jira, values={"components": ("10300",)})

    for each in await jira.tracker.writes(issue, Edit(values={"components": "10301"})):
        await jira.tracker.send(each)

    assert (await jira.tracker.read(issue.id)).values["components"] == ("10300", "10301")


async def test_comments_carry_their_marker_and_call_nobody(jira: Jira) -> None:
    issue = await made(jira)
    jira.site.comment(issue.key, jira.person("tom"), "We look at it.")
    jira.clock.forward(minutes=5)
    await jira.tracker.send(jira.tracker.comment(issue, "Said @petra and [~petra]: _good_", "c-1"))

    theirs, ours = await jira.tracker.comments(issue)

    assert (theirs.text, theirs.marker, theirs.author.name) == ("We look at it.", None, "Tom Berger")
    assert ours.marker == "c-1"
    assert plain(ours.text) == ours.text == canonical("Said @petra and [~petra]: _good_")
    assert ours.author.is_us
    assert ours.written_at - theirs.written_at == dt.timedelta(minutes=5)
    assert [each.id for each in await jira.tracker.comments(issue, since=ours.edited_at)] == [ours.id]
    native = str(jira.site.issue(issue.id).comments[-1].body)
    assert ("'mention'" if jira.site.cloud else "[~petra]") not in native
    assert "@\\u2060petra" in native.replace("\u2060", "\\u2060")


async def test_what_customers_said_calls_nobody_and_reads_back_as_they_said_it(jira: Jira) -> None:
    words = canonical("Ask @petra, not [~petra]")
    edit = Edit(title="Warmer gates", type=TASK, block=block(words))

    issue = await jira.tracker.read((await jira.tracker.send(jira.tracker.creation(edit, "m-12"))).id)

    assert issue.sections == {"problem": words}
    assert "@petra" not in str(issue.native)


async def test_a_description_without_room_for_the_block_is_refused_before_anything_is_sent(jira: Jira) -> None:
    issue = await made(jira)
    jira.site.edit(issue.key, jira.person("tom"), description="word " * 6_553)
    issue = await jira.tracker.read(issue.id)

    with pytest.raises(Refused) as refused:
        await jira.tracker.writes(issue, Edit(block=block("x" * 400)))

    assert set(refused.value.fields) == {"block"}


async def test_a_long_block_is_shortened_until_jira_takes_it(jira: Jira) -> None:
    issue = await made(jira)

    for each in await jira.tracker.writes(issue, Edit(block=block(evidence="Too warm at the gate. " * 3_000))):
        await jira.tracker.send(each)

    sections = (await jira.tracker.read(issue.id)).sections
    assert sections is not None
    assert sections["problem"] == "Queues at **security** are long."
    assert 10_000 < len(sections["evidence"]) < 33_000
