"""The rows that were set aside, for a look and for download: correct them there and import that file."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, String, cast, func, select, tuple_

from backlog.database import Database
from backlog.imports.surveys import Import, ImportState, SetAside

AT_ONCE = 2_000  # rows


def stay(row: Import) -> bool:
    """Whether its rows set aside are of use: those of an import that has failed or was stopped go with it."""
    return row.is_under_way or row.state is ImportState.LOADED


def rows_aside(import_id: int, *, column: str | None = None, limit: int = 50, offset: int = 0) -> Select[SetAside]:
    """The rows in the order of the file; of one column (where the fault is) if wanted."""
    found = select(SetAside).where(SetAside.import_id == import_id)
    if column is not None:
        found = found.where(SetAside.column == column)
    return found.order_by(SetAside.row, SetAside.id).limit(limit).offset(offset)


def reasons(import_id: int) -> Select[str, int]:
    """(column, how many rows), the most frequent first."""
    number = func.count().label("rows")
    counted = select(SetAside.column, number).where(SetAside.import_id == import_id)
    return counted.group_by(SetAside.column).order_by(number.desc(), SetAside.column)


async def download(database: Database, import_id: int, titles: Sequence[str]) -> AsyncIterator[str]:
    """CSV in pieces: the file's own columns as they came, then row, column and reason. Each piece begins behind the last
    row of the one before, and is written in a thread: there may be a million, and others want to be answered."""
    yield _written([[*titles, "row", "column", "reason"]])
    behind: tuple[int, int] | None = None
    while True:
        async with database.reading() as session:
            some = (await session.execute(_behind(import_id, behind))).all()
        if some:
            yield await asyncio.to_thread(_lines, some, len(titles))
        if len(some) < AT_ONCE:
            return
        behind = (some[-1].row, some[-1].id)


def _behind(import_id: int, last: tuple[int, int] | None) -> Select[int, int, str, str, str]:
    """The next rows behind this (row, id), their JSON still as text."""
    record, reason = cast(SetAside.record, String), cast(SetAside.reason, String)
    rows = select(SetAside.row, SetAside.id, SetAside.column, reason.label("reason"), record.label("record"))
    if last is not None:
        rows = rows.where(SetAside.row >= last[0], tuple_(SetAside.row, SetAside.id) > tuple_(*last))
    return rows.where(SetAside.import_id == import_id).order_by(SetAside.row, SetAside.id).limit(AT_ONCE)


def _lines(rows: Sequence[Any], width: int) -> str:
    words = {reason: _words(reason) for reason in {each.reason for each in rows}}
    return _written(
        [*_padded(msgspec.json.decode(each.record), width), each.row, each.column, words[each.reason]] for each in rows
    )


def titles_of(row: Import, width: int) -> list[str]:
    """The columns of the file, all of which the recipe names; where rows are wider, the rest by number."""
    known = [str(column["column"]) for column in row.recipe.get("columns", [])]
    return [*known, *(f"column {at}" for at in range(len(known) + 1, width + 1))]


def _words(stored: str) -> str:
    reason = msgspec.json.decode(stored)
    message, params = str(reason["message"]), dict(reason["params"])
    return message % params if params else message


def _padded(record: list[Any], width: int) -> list[Any]:
    return [*record, *[""] * (width - len(record))]


def _written(rows: Iterable[Sequence[Any]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([harmless(str(cell)) for cell in row] for row in rows)
    return buffer.getvalue()


def harmless(cell: str) -> str:
    """A cell no spreadsheet takes for a formula; numbers stay as they are."""
    if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and not _is_number(cell):
        return "'" + cell
    return cell


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return cell[0] != "=" and len(cell) < 40
