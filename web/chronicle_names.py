"""What the ids in a history are called: it keeps the ids of departments and personas, and readers want names."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.evidence.personas import Persona
from backlog.history import Event
from backlog.people.departments import Department

Names = Mapping[str, Mapping[int, str]]
"""Field -> id -> name."""
KINDS: Mapping[str, type[Department | Persona]] = {"department_id": Department, "persona_id": Persona}


async def names_in(session: AsyncSession, events: Iterable[Event]) -> Names:
    """The names of today; of what has been removed meanwhile, the last."""
    changes = [event.changes for event in events]
    found: dict[str, dict[int, str]] = {}
    for field, kind in KINDS.items():
        pairs = (each[field] for each in changes if isinstance(each.get(field), list))
        ids = {number for pair in pairs for number in pair if isinstance(number, int)}
        found[field] = await _names(session, kind, ids) if ids else {}
    return found


async def _names(session: AsyncSession, kind: type[Department | Persona], ids: set[int]) -> dict[int, str]:
    gone = select(Event.subject_id, Event.changes).where(
        Event.subject == kind.__tablename__, Event.verb == "removed", Event.subject_id.in_(ids)
    )
    last = {number: str(changes["name"]) for number, changes in await session.execute(gone.order_by(Event.id))}
    there = await session.execute(select(kind.id, kind.name).where(kind.id.in_(ids)))
    return last | {row.id: row.name for row in there}
