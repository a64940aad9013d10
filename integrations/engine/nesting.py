"""Further issues of an initiative as sub-issues of its first, where the tracker knows these and the connection wants it."""

from backlog.trackers import links
from backlog.trackers.link import Link
from integrations.engine.desk import Desk
from integrations.engine.known import at_hand
from integrations.errors import Gone, Missing, NoAccess, Refused
from integrations.issue import Issue

NESTED = "nesting"
"""In the facts of a link: empty once it stood under an issue, else why it cannot."""


async def nest(desk: Desk, link: Link, issue: Issue) -> None:
    """A part under the main issue of the same project, once: from then on people decide where it stands. What the tracker
    refuses is noted, and not tried again before a person says so."""
    if link.is_main or not desk.writing.mapping.nests or NESTED in link.facts:
        return
    if issue.parent_id is not None:
        await note(desk, link, "")
    elif (main := await main_issue(desk, link)) is not None and (
        write := desk.tracker.nesting(main, issue)
    ) is not None:
        try:
            await desk.send(write)
        except (Refused, NoAccess, Missing) as error:
            await note(desk, link, str(error))
        else:
            await note(desk, link, "")


async def main_issue(desk: Desk, link: Link) -> Issue | None:
    """None as long as there is none to be seen: that is told at its own link."""
    async with desk.database.reading() as session:
        main = await links.main_of(session, link.initiative_id, link.connection_id)
    if main is None or main.external_id is None:
        return None
    try:
        return await desk.read(main)
    except (Missing, Gone, NoAccess):
        return None


async def note(desk: Desk, link: Link, problem: str) -> None:
    async with desk.database.writing() as session:
        row = await at_hand(session, link)
        row.facts = {**row.facts, NESTED: problem}
