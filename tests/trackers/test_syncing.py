"""Links in step, over every tracker: what changes on one side arrives on the other, once."""

from backlog.trackers import conflicts, restoring
from backlog.trackers.conflicts import Side
from backlog.trackers.link import LinkState, Question
from tests.trackers.conftest import Both
from tests.trackers.office import KIM


async def test_a_pushed_initiative_becomes_one_issue_that_says_why_it_matters(both: Both) -> None:
    number = await both.office.propose(next_step="Open one more lane at six.")

    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(10)

    link = await both.office.link(link_id)
    assert (link.state, link.last_error, link.detail) == (LinkState.IN_STEP, None, "")
    assert link.external_key
    assert both.ground.keys() == [link.external_key]
    assert both.ground.title(link.external_key) == "Shorter queues at security"
    text = both.ground.text(link.external_key)
    assert "Passengers wait 40 minutes." in text
    assert "Open one more lane at six." in text
    assert "Rank 1 of 1" in text
    assert "waymark" in both.ground.labels(link.external_key)


async def test_what_is_in_step_causes_no_request_but_the_sweep(both: Both) -> None:
    link_id = await both.office.push(await both.office.propose(), both.connection_id)
    await both.office.work(200)
    before = len(both.ground.server.exchanges)

    await both.office.work(600)

    later = both.ground.server.exchanges[before:]
    assert len(later) <= 12
    assert all(each.method in ("GET", "POST") and "issue/" not in each.path for each in later)
    assert (await both.office.link(link_id)).state is LinkState.IN_STEP


async def test_a_title_changed_here_arrives_there_with_one_write(both: Both) -> None:
    number = await both.office.propose()
    key = await linked(both, number)
    before = len(both.ground.server.exchanges)

    await both.office.change(number, title="Queues under ten minutes")
    await both.office.work()

    assert both.ground.title(key) == "Queues under ten minutes"
    writes = [each for each in both.ground.server.exchanges[before:] if each.method in ("PUT", "PATCH", "POST")]
    assert len(writes) == 1


async def test_a_title_changed_there_arrives_here_at_the_next_sweep(both: Both) -> None:
    number = await both.office.propose()
    key = await linked(both, number)

    await both.office.work(60)
    both.ground.retitle(key, "Queues under ten minutes")
    await both.office.work(300)

    assert (await both.office.initiative(number)).title == "Queues under ten minutes"


async def test_of_two_changes_of_one_field_nothing_is_lost_and_a_person_decides(both: Both) -> None:
    number = await both.office.propose()
    key = await linked(both, number)

    await both.office.work(60)
    both.ground.retitle(key, "Theirs")
    await both.office.change(number, title="Ours")
    await both.office.work(5)

    (conflict,) = await both.office.conflicts()
    assert (conflict.ours, conflict.theirs) == ("Ours", "Theirs")
    assert conflict.ours_by == "Kim Weber"
    assert (both.ground.title(key), (await both.office.initiative(number)).title) == ("Theirs", "Ours")

    await decide(both, conflict.id, Side.THEIRS)
    await both.office.work(5)

    assert (both.ground.title(key), (await both.office.initiative(number)).title) == ("Theirs", "Theirs")

    await restore(both, conflict.id)
    await both.office.work(5)

    assert (both.ground.title(key), (await both.office.initiative(number)).title) == ("Ours", "Ours")


async def test_what_people_write_around_our_part_survives_our_writes(both: Both) -> None:
    number = await both.office.propose()
    key = await linked(both, number)

    both.ground.add_text(key, "Ask the airlines first (Mara)")
    await both.office.change(number, problem="Passengers wait 50 minutes.")
    await both.office.work(5)

    text = both.ground.text(key)
    assert "Ask the airlines first (Mara)" in text
    assert "Passengers wait 50 minutes." in text


async def test_labels_of_people_stay(both: Both) -> None:
    number = await both.office.propose()
    key = await linked(both, number)

    both.ground.label(key, "security")
    await both.office.change(number, title="Queues under ten minutes")
    await both.office.work(5)

    assert {"security", "waymark"} <= both.ground.labels(key)


async def test_comments_go_both_ways_once_and_with_their_authors(both: Both) -> None:
    number = await both.office.propose()
    key = await linked(both, number)

    await both.office.work(60)
    both.ground.comment(key, "We can open lane 4.")
    await both.office.comment(number, "The airlines agree.")
    await both.office.work(600)

    here = {each.text: each.author for each in await both.office.comments(number)}
    assert here.keys() == {"The airlines agree.", "We can open lane 4."}
    assert both.ground.project in here["We can open lane 4."]
    there = both.ground.comments(key)
    assert len(there) == 2
    assert sum("The airlines agree." in each and "Kim Weber" in each for each in there) == 1


async def test_a_deleted_issue_is_asked_about_and_never_made_again(both: Both) -> None:
    number = await both.office.propose()
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(10)
    key = (await both.office.link(link_id)).external_key
    assert key

    both.ground.delete(key)
    await both.office.change(number, title="Queues under ten minutes")
    await both.office.work(120)

    link = await both.office.link(link_id)
    assert (link.state, link.question) == (LinkState.PARKED, Question.DELETED)
    assert both.ground.keys() == []


async def test_an_issue_moved_to_another_project_is_asked_about(both: Both) -> None:
    number = await both.office.propose()
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(10)
    key = (await both.office.link(link_id)).external_key
    assert key

    both.ground.move(key)
    await both.office.change(number, title="Queues under ten minutes")
    await both.office.work(120)

    link = await both.office.link(link_id)
    assert (link.state, link.question) == (LinkState.PARKED, Question.MOVED)


async def linked(both: Both, number: int) -> str:
    """The key of the issue the initiative was pushed to, in step."""
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(10)
    link = await both.office.link(link_id)
    assert link.state is LinkState.IN_STEP, (link.last_error, link.detail)
    assert link.external_key
    return link.external_key


async def decide(both: Both, conflict_id: int, side: Side) -> None:
    async with both.office.database.writing() as session:
        await conflicts.decide(session, await conflicts.by_id(session, conflict_id, for_change=True), side, by=KIM)


async def restore(both: Both, conflict_id: int) -> None:
    async with both.office.database.writing() as session:
        await restoring.restore(session, await conflicts.by_id(session, conflict_id, for_change=True), by=KIM)
