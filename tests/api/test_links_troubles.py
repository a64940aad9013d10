"""What is in the way of a link, by the API."""

from backlog.errors import Text
from backlog.people.roles import Role
from backlog.trackers import connections, turns
from backlog.trackers.fields import Field
from backlog.trackers.link import LinkState
from backlog.trackers.undelivered import Undelivered
from tests.web.clients import Served
from tests.web.tracker_stand_in import connect, link, propose


async def test_a_link_that_failed_says_what_was_refused_first(served_sqlite: Served) -> None:
    tied = await link(served_sqlite, await propose(served_sqlite), await connect(served_sqlite), state=LinkState.FAILED)
    api = await served_sqlite.api(Role.VIEWER)
    async with served_sqlite.database.writing() as session:
        for reason, detail in (("It refused the field.", "duedate: cannot be set"), ("It refused the label.", "")):
            item = Undelivered(link_id=tied, field=Field.DUE, value="2026-12-12", reason=Text(reason), detail=detail)
            session.add(item)
            await session.flush()

    (shown,) = (await api.get("/api/v1/links?state=failed")).json()["items"]

    assert (shown["last_error"], shown["detail"]) == ("It refused the field.", "duedate: cannot be set")


async def test_a_link_that_waits_says_what_holds_up_its_connection(served_sqlite: Served) -> None:
    jira = await connect(served_sqlite)
    await link(served_sqlite, await propose(served_sqlite), jira, state=LinkState.PENDING)
    api = await served_sqlite.api(Role.VIEWER)
    before = (await api.get("/api/v1/links")).json()["items"][0]
    async with served_sqlite.database.writing() as session:
        connection = await connections.by_id(session, jira, for_change=True)
        await turns.ask_all(session, jira)
        connection.stop(Text("Jira does not know the token."), "401 Unauthorized")
    (shown,) = (await api.get("/api/v1/links?state=pending")).json()["items"]

    assert before["last_error"] is None
    assert (shown["last_error"], shown["detail"]) == ("Jira does not know the token.", "401 Unauthorized")
