"""Where the issue of a link is: there, under another key, moved, gone, or out of sight. What people have to decide is
asked, and an issue that comes back is found again."""

import datetime as dt

from backlog import history
from backlog.errors import N_, Text
from backlog.history import WAYMARK
from backlog.trackers import connections, links
from backlog.trackers.link import SUBJECT, Link, Question
from integrations.engine.desk import Desk
from integrations.engine.known import at_hand
from integrations.errors import Gone, Missing, NoAccess, TrackerError
from integrations.issue import Issue

DELETED = N_(
    "The issue is gone from the tracker, or stands where Waymark may not look. Waymark never makes it anew by itself."
)
MOVED = N_("The issue was moved to %(project)s. Keep in step with it there, or let go of it?")
ANOTHER = N_(
    "Another issue stands under %(key)s now. Waymark neither reads nor writes it unless you say that it is meant."
)
AGAIN = tuple(dt.timedelta(seconds=seconds) for seconds in (20, 45, 600, 3600, 86_400))
"""Until an issue that is not there is looked for again."""


async def there(desk: Desk, link: Link) -> Issue | None:
    """The issue as it is now; None when it is gone or moved away, which is then asked about."""
    try:
        issue = await desk.read(link)
    except (Missing, Gone) as error:
        if link.synced_at is None and isinstance(error, Missing):
            raise  # it was made a moment ago, and not every machine of the tracker knows it yet
        await missed(desk, link, error)
        return None
    except NoAccess as error:
        await desk.tracker.newest()  # raises when nothing there can be seen: then it is not about this one
        await park(desk, link, Question.NO_ACCESS, error.text, error.detail)
        await later(desk, link)
        return None
    if issue.id != link.external_id and issue.key.casefold() == str(link.external_key).casefold():
        issue = await by_present_name(desk, link, issue)
    if not desk.is_ours(issue.project) and issue.project.id != link.facts.get("followed"):
        await park(desk, link, Question.MOVED, Text(MOVED, {"project": issue.project.key}), issue.url, moved=issue)
        return None
    if issue.id != link.external_id:
        await park(desk, link, Question.MOVED, Text(ANOTHER, {"key": issue.key}), issue.title, moved=issue)
        return None
    if issue.key != link.external_key:
        await rekey(desk, link, issue)
    return issue


async def by_present_name(desk: Desk, link: Link, stranger: Issue) -> Issue:
    """Ours, where another one answers to its key: a renamed project gives away its name, which somebody else may take.
    The other one when it is not to be found. NoAccess when another project has the name the connection goes by. Keys
    with a ``#`` begin with that name; trackers whose keys have none read by id, and meet no stranger."""
    await desk.require_project()
    _, sign, number = stranger.key.rpartition("#")
    if not sign or stranger.key.startswith(f"{desk.connection.project}#"):
        return stranger
    try:
        found = await desk.tracker.read(f"{desk.connection.project}#{number}")
    except (Missing, Gone, NoAccess):
        return stranger
    return found if found.id == link.external_id else stranger


async def missed(desk: Desk, link: Link, error: TrackerError) -> None:
    """It is not there. Once may be a hiccup of the tracker, twice is asked about; and it may come back."""
    if not isinstance(error, Missing) or link.question is not None or link.looks:
        await park(desk, link, Question.DELETED, Text(DELETED), error.detail or str(error.text))
    await later(desk, link)


async def later(desk: Desk, link: Link) -> None:
    """Look for it again, after longer and longer."""
    async with desk.database.writing() as session:
        row = await at_hand(session, link)
        row.due_at = history.now() + AGAIN[min(link.looks, len(AGAIN) - 1)]
        row.looks = link.looks + 1


async def park(
    desk: Desk, link: Link, question: Question, why: Text, detail: str = "", moved: Issue | None = None
) -> None:
    async with desk.database.writing() as session:
        row = await at_hand(session, link)
        links.park(session, row, question, why, detail)
        if moved is not None:
            place = {"id": moved.id, "key": moved.key, "url": moved.url, "project": moved.project.id}
            row.facts = {**row.facts, "moved": place}


async def rekey(desk: Desk, link: Link, issue: Issue) -> None:
    """The same issue under another key: its project was renamed, or it moved within what this connection covers."""
    connection = desk.connection
    if issue.project.id == connection.project_id and issue.project.key != connection.project:
        async with desk.database.writing() as session:  # by itself: who links an issue locks the initiative before it
            await connections.follow(session, connection.id, issue.project.key)
    async with desk.database.writing() as session:
        row = await at_hand(session, link)
        changes = {"key": [row.external_key, issue.key], "link": row.id}
        history.record(session, WAYMARK, "rekeyed", SUBJECT, row.initiative_id, changes)
        row.external_key, row.url = issue.key, issue.url
    link.external_key, link.url = issue.key, issue.url
