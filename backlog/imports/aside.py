"""The rows that were set aside, for a look and for download: correct them there and import that file."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from backlog.database import Database
from backlog.imports.surveys import Import, SetAside

AT_ONCE = 2_000


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
    """CSV in pieces: the file's own columns as they came, then row, column and reason."""
    yield _line([*titles, "row", "column", "reason"])
    offset = 0
    while True:
        async with database.reading() as session:
            some = (await session.scalars(rows_aside(import_id, limit=AT_ONCE, offset=offset))).all()
        yield "".join(_line([*_padded(each.record, len(titles)), each.row, each.column, _words(each)]) for each in some)
        if len(some) < AT_ONCE:
            return
        offset += AT_ONCE


def titles_of(row: Import, width: int) -> list[str]:
    """The columns of the file, all of which the recipe names; where rows are wider, the rest by number."""
    known = [str(column["column"]) for column in row.recipe.get("columns", [])]
    return [*known, *(f"column {at}" for at in range(len(known) + 1, width + 1))]


def _words(each: SetAside) -> str:
    message, params = str(each.reason["message"]), dict(each.reason["params"])
    return message % params if params else message


def _padded(record: list[Any], width: int) -> list[Any]:
    return [*record, *[""] * (width - len(record))]


def _line(cells: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([harmless(str(cell)) for cell in cells])
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
