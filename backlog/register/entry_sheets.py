"""Departments, personas and layers as CSV, out and in."""

import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.errors import Invalid
from backlog.history import Actor
from backlog.register import entries, sheets
from backlog.register.entries import Entry
from backlog.register.sheets import RowsWrong, Wrong


async def exported(session: AsyncSession, kind: type[Entry]) -> str:
    """All entries of a kind by name."""
    found = await session.scalars(select(kind).order_by(kind.name))
    columns = entries.fields(kind)
    return sheets.written(columns, ({name: getattr(entry, name) for name in columns} for entry in found))


async def take_in(session: AsyncSession, kind: type[Entry], data: bytes, *, by: Actor) -> int:
    """Add the entries of a list and change those it knows (by code, else by name), all or none; answers how many.

    Columns that the file lacks stay as they are. RowsWrong names the cells that cannot be kept.
    """
    columns = entries.fields(kind)
    key = columns[0]
    held: list[Entry] = list(await session.scalars(select(kind)))
    known = {getattr(entry, key).casefold(): entry for entry in held}
    wrong: list[Wrong] = []
    lines = await asyncio.to_thread(
        sheets.read, data, columns, required=[name for name in columns if name != "description"]
    )
    for line in lines:
        entry = known.get(line.cells[key].casefold())
        try:
            if entry is None:
                added = await entries.add(session, kind, line.cells, by=by)
                known[getattr(added, key).casefold()] = added
            else:
                await entries.change(session, entry, line.cells, version=entry.version, by=by)
        except Invalid as invalid:
            wrong += [Wrong(line.row, name, text) for name, text in invalid.fields.items()]
    if wrong:
        raise RowsWrong(wrong)
    return len(lines)
