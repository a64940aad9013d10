"""The page of a connection: its health, its verbs, its webhook, what could not be delivered."""

import datetime as dt
import re

import pytest
from sqlalchemy import select

from backlog import history
from backlog.errors import Text
from backlog.history import Event
from backlog.people.roles import Role
from backlog.trackers.conflicts import Disagreement, Side
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.fields import Field
from backlog.trackers.link import Link, LinkState, Question
from backlog.trackers.undelivered import End, Undelivered
from integrations.errors import Unauthorized, Unavailable
from integrations.tracker import Check
from integrations.webhook import Hook
from tests.web.clients import Served
from tests.web.tracker_stand_in import connect, link, link_row, propose, row, stand_in


def plain(html: str) -> str:
    """The words of a page on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def undelivered(served: Served, link_id: int, value: str = "2026-12-12") -> int:
    async with served.database.writing() as session:
        item = Undelivered(
            link_id=link_id, field=Field.DUE, value=value, reason=Text("The field is not on the edit screen."),
            detail="Field 'duedate' cannot be set.", status=400, tries=3,
        )  # fmt: skip
        session.add(item)
        await session.flush()
        return item.id


async def test_the_list_says_how_each_tracker_is(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira, _ = await connect(served), await connect(served, "GitHub nordhafen", kind="github")
    initiative = await propose(served)
    await link(served, initiative, jira)
    await link(served, initiative, jira, 2300, state=LinkState.CONFLICT)

    words = plain((await browser.get("/connections")).text)

    assert "Jira AIR" in words
    assert "GitHub nordhafen" in words
    assert "1 of 2" in words
    assert "1 conflict" in words


async def test_without_a_tracker_the_list_says_what_one_is_for(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    assert "No tracker yet" in (await browser.get("/connections")).text


async def test_a_connection_shows_queue_budget_error_and_step(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    github = await connect(served, "GitHub nordhafen", kind="github")
    initiative = await propose(served)
    await link(served, initiative, github, state=LinkState.PENDING, due_at=history.now() - dt.timedelta(seconds=38),
               last_error=Text("It answered with a page instead of data."))  # fmt: skip

    words = plain((await browser.get(f"/connections/{github}")).text)

    assert "1 waiting" in words
    assert "100% left" in words
    assert "0 of 500 writes in the last hour" in words
    assert "It answered with a page instead of data." in words
    assert "0 of 1" in words
    assert "1 pending" in words


async def test_a_stopped_connection_says_why_and_a_short_lived_token_warns(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(
        served_sqlite, state=ConnectionState.STOPPED, problem=Text("The token is not valid any more."), detail="401",
        expires_at=history.now() + dt.timedelta(days=3), hook_expires_at=history.now() + dt.timedelta(days=2),
    )  # fmt: skip

    words = plain((await browser.get(f"/connections/{jira}")).text)

    assert "It has stopped. The token is not valid any more." in words
    assert "Its token ends on" in words
    assert "The webhook ends on" in words


async def test_a_test_names_each_thing_and_what_is_wrong(served: Served) -> None:
    tracker = stand_in(served)
    tracker.checks = (Check(Text("can read")), Check(Text("may label"), Text("The account needs the role Triage.")))
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)

    answer = await browser.post(f"/connections/{jira}/test")

    words = plain(answer.text)
    assert "can sign in" in words
    assert "may label" in words
    assert "The account needs the role Triage." in words
    assert (await row(served, jira)).account_name == "waymark-sync"


async def test_what_could_not_be_asked_is_neither_right_nor_wrong(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    tracker.checks = (Check(Text("may label"), unasked=Text("The tracker does not tell what the account may do.")),)
    browser, api = await served_sqlite.client(Role.ADMINISTRATOR), await served_sqlite.api(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)

    page = (await browser.post(f"/connections/{jira}/test")).text
    tested = (await api.post(f"/api/v1/connections/{jira}/test")).json()

    assert "may label not known The tracker does not tell what the account may do." in plain(page)
    assert "is-bad" not in page
    assert (tested["ok"], tested["checks"][-1]["ok"]) == (True, None)
    assert tested["checks"][-1]["problem"] == "The tracker does not tell what the account may do."


async def test_a_refused_token_is_among_what_was_tested(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    tracker.trouble = Unauthorized(Text("The token is not valid any more."), detail="Bad credentials", status=401)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)

    words = plain((await browser.post(f"/connections/{jira}/test")).text)

    assert "The token is not valid any more. (Bad credentials)" in words


async def test_a_connection_pauses_goes_on_and_ends(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)

    states = []
    for resource in ("pausing", "resuming", "disconnection"):
        assert (await browser.post(f"/connections/{jira}/{resource}")).status_code == 303
        states.append((await row(served, jira)).state)

    assert states == [ConnectionState.PAUSED, ConnectionState.ACTIVE, ConnectionState.DISCONNECTED]
    async with served.database.reading() as session:
        verbs = [each.verb for each in await session.scalars(select(Event).where(Event.subject == "connection"))]
    assert verbs[-3:] == ["paused", "resumed", "disconnected"]
    words = plain((await browser.get(f"/connections/{jira}")).text)
    assert "There is no token." in words
    assert (await browser.post(f"/connections/{jira}/resuming")).status_code == 409


async def test_disconnecting_is_asked_about_first(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)

    plainly = await browser.get(f"/connections/{jira}")
    asked = await browser.get(f"/connections/{jira}?confirm=disconnection")

    assert "Disconnect Jira AIR?" not in plainly.text
    assert "The links stay" in asked.text


async def test_a_new_token_is_kept_sealed_and_shown_by_no_page(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)

    answer = await browser.post(f"/connections/{jira}/token", data={"password_token": "sesame-opens"})

    assert answer.status_code == 303
    kept = (await row(served, jira)).credentials
    assert "sesame" not in kept
    assert served.app.state.outside.seal.open(kept) == {"token": "sesame-opens"}
    assert "sesame" not in (await browser.get(f"/connections/{jira}")).text


async def test_a_missing_token_is_asked_for_beside_its_field(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)

    answer = await browser.post(f"/connections/{jira}/token", data={"password_email": "sync@nordhafen.example"})

    assert answer.status_code == 422
    assert 'id="f-password_token-error"' in answer.text


async def test_another_address_forgets_the_token_and_http_is_refused(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)
    form = {"name": "Jira AIR", "base_url": "https://other.atlassian.net", "project": "AIR", "version": "2"}
    version = (await row(served, jira)).version

    refused = await browser.post(f"/connections/{jira}/place", data=form | {"base_url": "http://10.0.0.1"})
    answer = await browser.post(f"/connections/{jira}/place", data=form | {"version": str(version)})

    assert refused.status_code == 422
    assert "Use https." in refused.text
    assert 'value="http://10.0.0.1"' in refused.text
    assert answer.status_code == 303
    assert (await row(served, jira)).credentials == ""


async def test_two_who_rename_a_connection_see_each_other(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)
    version = (await row(served, jira)).version
    form = {"base_url": "https://nordhafen.atlassian.net", "project": "AIR", "version": str(version)}

    await browser.post(f"/connections/{jira}/place", data=form | {"name": "Jira of the airport"})
    answer = await browser.post(f"/connections/{jira}/place", data=form | {"name": "Jira Nordhafen"})

    assert answer.status_code == 409
    assert "Name is now: Jira of the airport" in plain(answer.text)
    assert (await row(served, jira)).name == "Jira of the airport"


async def test_the_history_says_the_same_whichever_way_a_connection_was_turned(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    first, second = await connect(served_sqlite), await connect(served_sqlite, "Jira PARK", project="PARK")
    browser, api = await served_sqlite.client(Role.ADMINISTRATOR), await served_sqlite.api(Role.ADMINISTRATOR)

    for page, verb in (("pausing", "pause"), ("resuming", "resume"), ("disconnection", "disconnect")):
        assert (await browser.post(f"/connections/{first}/{page}")).status_code == 303
        assert (await api.post(f"/api/v1/connections/{second}/{verb}")).status_code == 200

    async with served_sqlite.database.reading() as session:
        events = list(await session.scalars(select(Event).where(Event.verb != "connected").order_by(Event.id)))
    told = [(each.verb, each.subject_id, each.changes) for each in events if each.subject == "connection"]
    assert [each for each in told if each[0] != "mapped"] == [
        (verb, number, {"name": name})
        for verb in ("paused", "resumed", "disconnected")
        for number, name in ((first, "Jira AIR"), (second, "Jira PARK"))
    ]


async def secrets_of(served: Served, connection: int) -> dict[str, str]:
    return dict(served.app.state.outside.seal.open((await row(served, connection)).hook_secrets))


def mark_in(page: str) -> str:
    found = re.search(r'name="was" value="(\w+)"', page)
    return found[1] if found else ""


async def test_a_new_secret_is_shown_and_the_former_stays_valid(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)
    before = (await secrets_of(served, jira))["now"]
    was = mark_in((await browser.get(f"/connections/{jira}")).text)

    answer = await browser.post(f"/connections/{jira}/hook/secret", data={"was": was})

    kept = await secrets_of(served, jira)
    assert answer.status_code == 201
    assert kept["now"] in answer.text
    assert "The one before is good until the secret is changed again" in answer.text
    assert kept["before"] == before != kept["now"]
    assert kept["now"] not in (await browser.get(f"/connections/{jira}")).text
    assert f"/webhooks/jira-cloud/{jira}" in answer.text


async def test_a_page_that_is_loaded_again_makes_no_other_secret_and_the_history_keeps_who_looked(
    served: Served,
) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR, name="Mina Dietz")
    jira = await connect(served)
    form = {"was": mark_in((await browser.get(f"/connections/{jira}")).text)}

    await browser.post(f"/connections/{jira}/hook/secret", data=form)
    once = await secrets_of(served, jira)
    again = await browser.post(f"/connections/{jira}/hook/secret", data=form)

    assert await secrets_of(served, jira) == once
    assert (again.status_code, once["now"] in again.text) == (200, True)
    assert "Enter it in the tracker. Nothing was changed." in again.text
    assert "Mina Dietz looked at the secret of the webhook" in plain((await browser.get(f"/connections/{jira}")).text)


async def test_an_administrator_sees_the_present_secret_and_the_history_keeps_it(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR, name="Mina Dietz")
    jira = await connect(served)
    kept = await secrets_of(served, jira)

    answer = await browser.post(f"/connections/{jira}/hook/secret/showing")

    assert kept["now"] in answer.text
    assert "The one before" not in answer.text
    assert await secrets_of(served, jira) == kept
    words = plain((await browser.get(f"/connections/{jira}")).text)
    assert "Mina Dietz looked at the secret of the webhook" in words


async def test_a_registered_webhook_is_given_its_new_secret(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    tracker.hook = Hook("78")
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite, hook_id="77")
    form = {"was": mark_in((await browser.get(f"/connections/{jira}")).text)}

    answer = await browser.post(f"/connections/{jira}/hook/secret", data=form)
    words = plain((await browser.get(f"/connections/{jira}")).text)

    assert answer.status_code == 303
    assert "The webhook has a new secret now. The one before is good until the secret is changed again." in words
    assert tracker.secrets == [(await secrets_of(served_sqlite, jira))["now"]]
    assert (await row(served_sqlite, jira)).hook_id == "78"


@pytest.mark.parametrize("may", [True, False])
async def test_a_webhook_is_registered_or_set_up_by_hand(served_sqlite: Served, may: bool) -> None:
    tracker = stand_in(served_sqlite)
    tracker.hook = Hook("77") if may else None
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)

    answer = await browser.post(f"/connections/{jira}/hook")

    assert (await row(served_sqlite, jira)).hook_id == ("77" if may else "")
    assert answer.status_code == (303 if may else 200)
    if not may:
        assert "set it up by hand" in answer.text
        assert (await secrets_of(served_sqlite, jira))["now"] in answer.text


async def test_attempts_that_fail_keep_the_secret_that_the_tracker_signs_with(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    tracker.trouble = Unavailable(Text("It does not answer."))
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite, hook_id="77")
    before = (await secrets_of(served_sqlite, jira))["now"]

    for _ in range(3):
        page = (await browser.get(f"/connections/{jira}")).text
        await browser.post(f"/connections/{jira}/hook/secret", data={"was": mark_in(page)})
    offered = await secrets_of(served_sqlite, jira)
    tracker.trouble, tracker.hook = None, Hook("78")
    await browser.post(f"/connections/{jira}/hook")

    assert (offered["now"], offered["next"] != before) == (before, True)
    assert tracker.secrets == [offered["next"]]
    assert await secrets_of(served_sqlite, jira) == {"now": offered["next"], "before": before}


async def test_a_webhook_that_may_not_be_registered_any_more_is_set_up_by_hand_and_no_secret_is_lost(
    served_sqlite: Served,
) -> None:
    tracker = stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite, hook_id="77")
    before = (await secrets_of(served_sqlite, jira))["now"]

    page = (await browser.get(f"/connections/{jira}")).text
    answer = await browser.post(f"/connections/{jira}/hook/secret", data={"was": mark_in(page)})
    await browser.post(f"/connections/{jira}/hook/secret", data={"was": mark_in(answer.text)})

    (shown,) = tracker.secrets
    assert shown in answer.text
    kept = await secrets_of(served_sqlite, jira)
    assert (kept["before"], kept["taken"], (await row(served_sqlite, jira)).hook_id) == (shown, before, "")


async def test_what_could_not_be_delivered_is_tried_again_or_let_go(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)
    tied = await link(served, await propose(served), jira, state=LinkState.FAILED)
    first, second = await undelivered(served, tied), await undelivered(served, tied, "2027-01-15")

    words = plain((await browser.get(f"/connections/{jira}?confirm=discard-{second}")).text)
    retried = await browser.post(f"/undelivered/{first}/retry", data={"back": "connection"})
    discarded = await browser.post(f"/undelivered/{second}/discard", data={"back": "connection"})

    assert "Due date: 12 Dec 2026" in words
    assert "400 The field is not on the edit screen." in words
    assert "Field 'duedate' cannot be set." in words.replace("&#39;", "'")
    assert "Discard this change" in words
    assert retried.headers["location"] == discarded.headers["location"] == f"/connections/{jira}"
    async with served.database.reading() as session:
        left = list(await session.scalars(select(Undelivered)))
    assert {each.id: each.end for each in left} == {first: End.RETRIED, second: End.DISCARDED}
    assert (await link_row(served, tied)).due_at is not None


async def test_all_that_waits_is_tried_again_at_once(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)
    tied = await link(served, await propose(served), jira, state=LinkState.FAILED)
    await undelivered(served, tied)

    answer = await browser.post(f"/connections/{jira}/undelivered/retry")

    assert answer.status_code == 303
    async with served.database.reading() as session:
        assert [each.end for each in await session.scalars(select(Undelivered))] == [End.RETRIED]


async def test_a_parked_link_offers_the_answers_to_its_question(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira = await connect(served)
    tied = await link(served, await propose(served), jira, state=LinkState.PARKED, question=Question.DELETED)

    words = plain((await browser.get(f"/connections/{jira}")).text)
    answer = await browser.post(f"/links/{tied}/answer", data={"answer": "anew", "back": "connection"})

    assert "Needs a person" in words
    assert "The issue was deleted there." in words
    assert "Make it anew" in words
    assert answer.headers["location"] == f"/connections/{jira}"
    found = await link_row(served, tied)
    assert (found.state, found.external_id) == (LinkState.PENDING, None)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.VIEWER])
async def test_the_bar_of_every_page_says_how_trackers_are(served: Served, role: Role) -> None:
    stand_in(served)
    jira, github = await connect(served), await connect(served, "GitHub nordhafen", kind="github")
    silent = await connect(served, "GitHub of the gates", kind="github", project="GATES", answered_at=None)
    await connect(served, "Gone", project="PARK", state=ConnectionState.DISCONNECTED)
    await connect(served, "Nothing linked", project="OPS")
    initiative = await propose(served)
    await link(served, initiative, github, 2400)
    await link(served, initiative, silent, 2500)
    await link(served, initiative, jira, state=LinkState.CONFLICT)
    await link(served, initiative, jira, 2300, state=LinkState.FAILED)
    browser = await served.client(role)

    page = (await browser.get("/backlog")).text

    bar = page[page.index('<span class="health">') :]
    assert "Jira AIR 1 conflict, 1 failed" in plain(bar)
    assert "GitHub nordhafen in step" in plain(bar)
    assert "GitHub of the gates has not answered yet" in plain(bar)
    assert "Nothing linked" not in bar
    assert "Gone" not in bar
    assert (f'href="/connections/{jira}"' in bar) is (role is Role.ADMINISTRATOR)
    assert 'href="/conflicts"' in bar


async def test_the_bar_keeps_what_waits_in_a_tracker_that_is_off(served: Served) -> None:
    stand_in(served)
    jira = await connect(served, state=ConnectionState.PAUSED)
    gone = await connect(served, "GitHub nordhafen", kind="github")
    initiative = await propose(served)
    await undelivered(served, await link(served, initiative, jira, state=LinkState.PENDING))
    await link(served, initiative, gone, 2300, state=LinkState.CONFLICT)
    async with served.database.writing() as session:
        (await session.get_one(Connection, gone)).disconnect()
    browser = await served.client(Role.VIEWER)

    page = (await browser.get("/backlog")).text

    bar = plain(page[page.index('<span class="health">') :])
    assert "Jira AIR 1 not delivered, paused" in bar
    assert "GitHub nordhafen 1 conflict, disconnected" in bar


async def test_the_top_of_every_page_leads_a_phone_to_the_conflicts(served: Served) -> None:
    stand_in(served)
    tied = await link(served, await propose(served), await connect(served))
    browser = await served.client(Role.VIEWER)

    calm = plain((await browser.get("/backlog")).text)
    async with served.database.writing() as session:
        (await session.get_one(Link, tied)).state = LinkState.CONFLICT
        for field in (Field.DUE, Field.TITLE, Field.STAGE):
            session.add(Disagreement(link_id=tied, field=field, base=None, ours="ours", theirs="theirs"))
        session.add(decided := Disagreement(link_id=tied, field=Field.LEAD, base=None, ours="1", theirs="2"))
        decided.decide(Side.OURS, "Kim Weber")
    page = (await browser.get("/backlog")).text

    top = page[: page.index("</header>")]
    assert "conflict" not in calm
    assert 'class="clashes only-narrow" href="/conflicts"' in top
    assert "3 conflicts" in plain(top)


LONG_AGO = dt.timedelta(minutes=4)


@pytest.mark.parametrize("busy", [True, False])
async def test_nobody_at_work_is_said_in_words(served: Served, busy: bool) -> None:
    stand_in(served)
    jira = await connect(served, worked_at=history.now() - LONG_AGO)
    github = await connect(served, "GitHub nordhafen", kind="github")
    if busy:
        await connect(served, "Parking", project="PARK", worked_by="worker-1", worked_until=history.now() + LONG_AGO)
    await link(served, await propose(served), jira, state=LinkState.PENDING, due_at=history.now() - LONG_AGO)
    browser = await served.client(Role.ADMINISTRATOR)

    pages = [(await browser.get(path)).text for path in (f"/connections/{jira}", "/connections")]
    other = (await browser.get(f"/connections/{github}")).text

    words = plain(pages[0])
    assert ("Nobody is at work." in words and "Start “waymark worker”" in words) is not busy
    assert ("Jira AIR nobody is at work" in words) is not busy
    assert ("connected nobody is at work" in plain(pages[1])) is not busy
    assert "Start “waymark worker”" not in plain(other)


async def test_what_is_not_to_go_on_is_not_left_lying(served_sqlite: Served) -> None:
    stand_in(served_sqlite)
    paused = await connect(served_sqlite, state=ConnectionState.PAUSED)
    waits = await connect(served_sqlite, "GitHub", kind="github", waits_until=history.now() + LONG_AGO)
    initiative = await propose(served_sqlite)
    for each in (paused, waits):
        due = history.now() - LONG_AGO
        await link(served_sqlite, initiative, each, 2231 + each, state=LinkState.PENDING, due_at=due)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)

    words = plain((await browser.get("/connections")).text)

    assert "nobody is at work" not in words


async def test_a_connection_without_links_is_removed_and_one_with_links_is_not(served: Served) -> None:
    stand_in(served)
    browser = await served.client(Role.ADMINISTRATOR)
    jira, mistaken = await connect(served), await connect(served, "Begun by mistake", project="PARK")
    await link(served, await propose(served), jira)

    kept = await browser.post(f"/connections/{jira}/removal")
    gone = await browser.post(f"/connections/{mistaken}/removal")

    assert (kept.status_code, gone.status_code) == (409, 303)
    assert "has links: unlink them first" in plain(kept.text)
    assert (await browser.get(f"/connections/{mistaken}")).status_code == 404
    assert "Begun by mistake" not in plain((await browser.get(f"/connections/{jira}")).text)


@pytest.mark.parametrize("resource", ["mapping", "mapping/rehearsal", "hook", "hook/secret/showing", "token"])
async def test_the_address_of_what_was_sent_leads_back_to_the_connection(served_sqlite: Served, resource: str) -> None:
    stand_in(served_sqlite)
    browser = await served_sqlite.client(Role.ADMINISTRATOR)
    jira = await connect(served_sqlite)

    again = await browser.get(f"/connections/{jira}/{resource}")
    nowhere = await browser.get(f"/connections/999999/{resource}")

    assert (again.status_code, again.headers["location"]) == (303, f"/connections/{jira}")
    assert nowhere.status_code == 404
