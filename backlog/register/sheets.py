"""Lists of the register as CSV, out and in. What goes out comes in again equal. No database here.

A cell that a spreadsheet would take for a formula (it begins with ``= + - @``, tab or carriage return) goes out with
an apostrophe in front, which reading takes away again.
"""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backlog.errors import N_, Invalid, Refused, Text, counted
from backlog.imports.readers import clean, open_sheet

MOST_BYTES = 8 << 20
MOST_ROWS = 3_000  # each is kept by its verb, with its history, in one transaction
SHOWN = 20
FORMULA = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file: its number as a spreadsheet shows it, and its cells by column name, blanks outside gone."""

    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one cell."""

    row: int
    column: str
    what: Text

    @property
    def text(self) -> Text:
        said = {"row": self.row, "column": self.column, "what": self.what}
        return Text(N_("Row %(row)s, column “%(column)s”: %(what)s"), said)


@dataclass
class TakenIn:
    """What came of a list: how many things are new, changed, and as they were."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def text(self) -> Text:
        said = {"added": self.added, "changed": self.changed, "unchanged": self.unchanged}
        return Text(N_("%(added)s added, %(changed)s changed, %(unchanged)s unchanged."), said)


class RowsWrong(Invalid):
    """Some rows cannot be kept, so none were; ``cells`` says which and why."""

    def __init__(self, cells: Sequence[Wrong]) -> None:
        self.cells = cells
        super().__init__(
            {
                "file": counted(
                    "%(n)s cell needs a look. Nothing was saved.",
                    "%(n)s cells need a look. Nothing was saved.",
                    len(cells),
                )
            },
        )

    @property
    def row_errors(self) -> list[Text]:
        """The first of them, in words."""
        return [cell.text for cell in self.cells[:SHOWN]]


def written(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """CSV with these columns, commas and CRLF; None becomes an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([neutralised("" if row[name] is None else str(row[name])) for name in columns] for row in rows)
    return out.getvalue()


def neutralised(cell: str) -> str:
    """Harmless in a spreadsheet; an apostrophe more where some stand already, so that nothing is lost."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def plain(cell: str) -> str:
    """``neutralised`` undone."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def read(data: bytes, columns: Sequence[str], *, required: Sequence[str]) -> list[Line]:
    """The rows that hold something. Columns may stand in any order and, unless required, be left out (their cells are
    then missing, too). Invalid (field ``file``) when this is no such list."""
    if len(data) > MOST_BYTES:
        raise Invalid({"file": Text(N_("The file is larger than %(most)s MB."), {"most": MOST_BYTES >> 20})})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_bytes(data)
        try:
            sheet = open_sheet(path)
            names = _known(sheet.titles, columns, required)
            rows = [(first + at, row) for first, chunk in sheet.chunks() for at, row in enumerate(chunk)]
        except Invalid:
            raise
        except Refused as refused:
            raise Invalid({"file": refused.text}) from refused
    if len(rows) > MOST_ROWS:
        raise Invalid({"file": Text(N_("The file has more than %(most)s rows."), {"most": MOST_ROWS})})
    return [_line(number, row, names) for number, row in rows if any(map(str.strip, row))]


def _known(titles: Sequence[str], columns: Sequence[str], required: Sequence[str]) -> list[str]:
    """Our name of each column of the file."""
    by_title = {clean(name): name for name in columns}
    names = [by_title.get(clean(title.replace("\ufeff", "")), "") for title in titles]
    expected = ", ".join(columns)
    for title, name in zip(titles, names, strict=True):
        if not name and title.strip():
            words = N_("There is no column “%(title)s” here; the columns are %(columns)s.")
            raise Invalid({"file": Text(words, {"title": title.strip()[:60], "columns": expected})})
        if name and names.count(name) > 1:
            raise Invalid({"file": Text(N_("Column “%(name)s” is there twice."), {"name": name})})
    for name in required:
        if name not in names:
            raise Invalid({"file": Text(N_("Column “%(name)s” is missing."), {"name": name})})
    return names


def _line(number: int, row: Sequence[str], names: Sequence[str]) -> Line:
    if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
        words = Text(N_("There are more cells than columns."))
        raise RowsWrong([Wrong(number, names[-1], words)])
    padded = [*row, *[""] * (len(names) - len(row))]
    return Line(number, {name: plain(cell).strip() for name, cell in zip(names, padded, strict=False) if name})
