"""Two issues with the marker of one link: Waymark made both, since a person had it made anew while nobody knew of the
first, or somebody copied one."""

import datetime as dt

import structlog

from backlog.errors import N_, Text
from backlog.trackers import links
from backlog.trackers.link import Link, Question
from integrations.engine.desk import Desk, NotYet
from integrations.engine.known import at_hand
from integrations.errors import Limited, TrackerError, Unauthorized, Unsupported
from integrations.issue import Issue

log = structlog.get_logger()
OF_ALL = (Limited, Unauthorized, Unsupported)
"""What concerns the whole connection, not one issue."""
SKEW = dt.timedelta(minutes=2)  # the tracker's clock may be behind ours
TWICE = N_(
    "%(key)s has the mark of this link too: it was made twice by mistake, or somebody copied it. Close the one that is too "
    "much in the tracker; then try again."
)


async def settled(desk: Desk, link: Link, double: Issue, kept: Issue) -> bool:
    """Whether the link can go on beside a second issue with its marker: what Waymark made by mistake is closed, what
    somebody copied stays. False when a person is asked: nobody can tell which it is, or the tracker does not close it.
    Raises what concerns the whole connection, and NotYet."""
    if not may_be_ours(link, double):
        return True
    if link.anew_at is None:
        if not double.is_done:
            await ask_about(desk, link, double)
        return double.is_done
    try:
        await close(desk, double)
    except OF_ALL:
        raise
    except TrackerError:
        await ask_about(desk, link, double)
        return False
    await say_why(desk, double, kept)
    return True


async def ask_about(desk: Desk, link: Link, double: Issue) -> None:
    async with desk.database.writing() as session:
        row = await at_hand(session, link)
        links.park(session, row, Question.DOUBLED, Text(TWICE, {"key": double.key}))


def may_be_ours(link: Link, issue: Issue) -> bool:
    """Whether Waymark can have made it: with its account, after the first request and before it knew of an issue. People
    copy later, and some give Waymark their own account."""
    if issue.author is None or not issue.author.is_us or link.asked_at is None or link.settled_at is None:
        return False
    return link.asked_at - SKEW <= issue.created_at <= link.settled_at


async def close(desk: Desk, double: Issue) -> None:
    """Of two that Waymark made, since a person had it made anew: it is closed, never deleted."""
    if not double.is_done:
        await desk.send(desk.tracker.closing(double))


async def say_why(desk: Desk, double: Issue, kept: Issue) -> None:
    """A comment at the one that was closed, once. When it fails the next sweep, which sees that something changed there,
    tries again; nobody is asked for its sake. Raises what concerns the whole connection."""
    marker = f"closing-{double.id}"
    reason = desk.writing.voice.say(Text(N_("Waymark made this twice by mistake: %(key)s stays."), {"key": kept.key}))
    try:
        if all(each.marker != marker for each in await desk.tracker.comments(double)):
            await desk.send(desk.tracker.comment(double, reason, marker))
    except OF_ALL:
        raise
    except (TrackerError, NotYet) as error:
        log.warning("a closed issue could not be commented on", key=double.key, reason=str(error))
