"""Further issues of an initiative as sub-issues of its first, where the tracker knows these and the connection wants it."""

from sqlalchemy import select

from backlog.trackers.links import Link
from integrations.desk import Desk
from integrations.tracker import Issue


async def nest(desk: Desk, link: Link, issue: Issue) -> None:
    """A part under the main issue of the same project; once it stands under any issue, people decide."""
    if link.is_main or not desk.writing.mapping.nests or issue.parent_id is not None:
        return
    async with desk.database.reading() as session:
        main = await session.scalar(
            select(Link).where(
                Link.initiative_id == link.initiative_id,
                Link.connection_id == link.connection_id,
                Link.is_main.is_(True),
                Link.external_id.is_not(None),
            )
        )
    if main is None:
        return
    write = desk.tracker.nesting(await desk.read(main), issue)
    if write is not None:
        await desk.send(write)
