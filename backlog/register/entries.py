"""Entries of the register that are little more than a name: departments, personas, interaction layers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, wording
from backlog.database import Base, find
from backlog.errors import N_, Conflict, Invalid, NotFound, Text
from backlog.evidence.layers import Layer
from backlog.evidence.personas import Persona
from backlog.history import Actor
from backlog.people.departments import Department

Entry = Department | Persona | Layer
LONGEST = {"name": 200, "code": 8, "description": 2000}
USED_BY = {
    "initiative": N_("initiatives"),
    "initiative_department": N_("contributions to initiatives"),
    "insight": N_("insights"),
    "journey": N_("journeys"),
    "person": N_("persons"),
    "tally": N_("responses"),
    "touchpoint": N_("touchpoints"),
}
"""What a table that refers to an entry is called in a sentence."""


async def add(session: AsyncSession, kind: type[Entry], values: Mapping[str, str], *, by: Actor) -> Entry:
    """A new entry. Invalid when a field is wrong or its name or code is taken."""
    wanted = await _checked(session, kind, values, None)
    entry = kind(**wanted)
    session.add(entry)
    await session.flush()
    history.record(session, by, "added", kind.__tablename__, entry.id, wanted)
    return entry


async def change(
    session: AsyncSession, entry: Entry, values: Mapping[str, str], *, version: int | None, by: Actor
) -> bool:
    """Change the given fields. Stale when somebody else was faster, Invalid as for ``add``. Answers whether one was
    another before."""
    entry.expect(version)
    before = {name: getattr(entry, name) for name in fields(type(entry))}
    wanted = await _checked(session, type(entry), before | dict(values), entry.id)
    changes = history.differences(before, wanted)
    for name, value in wanted.items():
        setattr(entry, name, value)
    if changes:
        history.record(session, by, "changed", type(entry).__tablename__, entry.id, changes)
    await session.flush()
    return bool(changes)


async def remove(session: AsyncSession, entry: Entry, *, version: int | None, by: Actor) -> None:
    """Remove an entry that nothing refers to. Conflict says by what it is used."""
    entry.expect(version)
    used = await uses(session, type(entry), entry.id)
    if used:
        raise Conflict(N_("%(name)s is still used by %(uses)s."), name=entry.name, uses=Listed(used))
    history.record(session, by, "removed", type(entry).__tablename__, entry.id, {"name": entry.name})
    await session.delete(entry)
    await session.flush()


class Listed:
    """Counted things, as ``touchpoints (3), journeys (1)``; translated word by word at the edge."""

    many = ""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.message = ", ".join(f"%(what{place})s (%(n{place})s)" for place in range(len(counts)))
        self.params: dict[str, Any] = {}
        for place, (what, n) in enumerate(counts.items()):
            self.params |= {f"n{place}": n, f"what{place}": Text(what)}

    def __str__(self) -> str:
        return self.message % self.params


def fields(kind: type[Entry]) -> tuple[str, ...]:
    return ("code", "name", "description") if kind is Department else ("name", "description")


async def get(session: AsyncSession, kind: type[Entry], entry_id: int) -> Entry:
    entry: Entry | None = await find(session, kind, entry_id)
    if entry is None:
        raise NotFound(N_("There is nothing at this address, or you may not see it."))
    return entry


async def uses(session: AsyncSession, kind: type[Entry], entry_id: int) -> dict[str, int]:
    """What refers to the entry, counted: word for it -> n. Follows every foreign key there is."""
    found: dict[str, int] = {}
    for table, column in _references(kind):
        n = await session.scalar(select(_counted(table)).select_from(table).where(column == entry_id)) or 0
        if n:
            found[USED_BY.get(table.name, table.name)] = n
    return found


async def uses_of_all(session: AsyncSession, kind: type[Entry]) -> dict[int, dict[str, int]]:
    """``uses`` of every entry of a kind: id -> word -> n."""
    found: dict[int, dict[str, int]] = {}
    for table, column in _references(kind):
        counted = select(column, _counted(table)).where(column.is_not(None)).group_by(column)
        for entry_id, n in await session.execute(counted):
            found.setdefault(entry_id, {})[USED_BY.get(table.name, table.name)] = n
    return found


def _counted(table: Table) -> ColumnElement[int]:
    return func.sum(table.c.n) if table.name == "tally" else func.count()


def _references(kind: type[Entry]) -> list[tuple[Table, Any]]:
    own = kind.__table__
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    return [
        (table, key.parent)
        for table in tables
        for key in table.foreign_keys
        if key.column.table is own and table.name != "response"  # millions, and all of them tallied
    ]


async def _checked(
    session: AsyncSession, kind: type[Entry], values: Mapping[str, str], own_id: int | None
) -> dict[str, str]:
    """The values with outer blanks gone; Invalid names each field that will not do."""
    wanted = {name: str(values.get(name, "")).strip() for name in fields(kind)}
    wanted |= {name: wording.one_line(value) for name, value in wanted.items() if name != "description"}
    wrong: dict[str, Text] = {}
    for name, value in wanted.items():
        if not value and name != "description":
            wrong[name] = Text(N_("Enter a short code.") if name == "code" else N_("Enter a name."))
        elif problem := wording.wrong(value, LONGEST[name]):
            wrong[name] = problem
        elif name != "description" and await _taken(session, kind, name, value, own_id):
            wrong[name] = Text(N_("“%(value)s” exists already."), {"value": value})
    if wrong:
        raise Invalid(wrong)
    return wanted


async def _taken(session: AsyncSession, kind: type[Entry], name: str, value: str, own_id: int | None) -> bool:
    column = getattr(kind, name)
    same = await session.scalars(select(kind.id).where(func.lower(column) == value.lower()))
    return any(found != own_id for found in same)
