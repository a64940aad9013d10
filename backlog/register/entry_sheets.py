"""Departments, personas and layers as CSV, out and in."""

import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.errors import N_, Invalid, Text
from backlog.history import Actor
from backlog.register import entries, sheets
from backlog.register.entries import Entry
from backlog.register.sheets import Line, RowsWrong, TakenIn, Wrong


async def exported(session: AsyncSession, kind: type[Entry]) -> str:
    """All entries of a kind by name."""
    found = await session.scalars(select(kind).order_by(kind.name))
    columns = entries.fields(kind)
    return sheets.written(columns, ({name: getattr(entry, name) for name in columns} for entry in found))


async def take_in(session: AsyncSession, kind: type[Entry], data: bytes, *, by: Actor) -> TakenIn:
    """Add the entries of a list and change those it knows (departments by code, others by name), all or none.

    Columns that the file lacks stay as they are. RowsWrong names the cells that cannot be kept.
    """
    columns = entries.fields(kind)
    lines = await asyncio.to_thread(
        sheets.read, data, columns, required=[name for name in columns if name != "description"]
    )
    wrong = _contradictions(lines, columns)
    refused = {cell.row for cell in wrong}
    held: list[Entry] = list(await session.scalars(select(kind)))
    known = {getattr(entry, columns[0]).casefold(): entry for entry in held}
    result = TakenIn()
    for line in lines:
        try:
            if line.row not in refused:
                await _take(session, kind, known, line, result, by)
        except Invalid as invalid:
            wrong += [Wrong(line.row, name, text) for name, text in invalid.fields.items()]
    if wrong:
        raise RowsWrong(sorted(wrong, key=lambda cell: cell.row))
    return result


def _contradictions(lines: list[Line], columns: tuple[str, ...]) -> list[Wrong]:
    """Rows about the same entry as an earlier one that do not say the same."""
    key, *others = columns
    first: dict[str, Line] = {}
    wrong: list[Wrong] = []
    for line in lines:
        told = first.setdefault(line.cells[key].casefold(), line)
        differing = next((name for name in others if line.cells.get(name) != told.cells.get(name)), None)
        if differing and line.cells[key]:
            words = N_("This differs from row %(row)s, which has the same %(key)s.")
            wrong.append(Wrong(line.row, differing, Text(words, {"row": told.row, "key": key})))
    return wrong


async def _take(
    session: AsyncSession, kind: type[Entry], known: dict[str, Entry], line: Line, result: TakenIn, by: Actor
) -> None:
    """Add or change the entry of one row. Invalid when it cannot be kept."""
    columns = entries.fields(kind)
    entry = known.get(line.cells[columns[0]].casefold())
    if entry is None:
        added = await entries.add(session, kind, line.cells, by=by)
        known[getattr(added, columns[0]).casefold()] = added
        result.added += 1
    elif await entries.change(session, entry, line.cells, version=entry.version, by=by):
        result.changed += 1
    else:
        result.unchanged += 1
