"""Opening a CSV file: its delimiter, its column names, and its rows as a stream.

A *row number* is what a spreadsheet shows: the first row of the file is 1, a blank row counts,
a quoted cell with line breaks stays one row.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from backlog.errors import N_, Refused, Text
from backlog.imports.encodings import Encoded, examine

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 2_000
LONGEST_CELL = 100_000  # characters
CHUNK_CELLS = 200_000  # cells held at once, whatever the width of the table
_END = "\x00the end of the file\x00"  # cannot occur: files with NUL are refused

Row = list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A readable table: ``names`` are the cleaned, distinct column names, ``titles`` what the file says.

    ``header_row`` 0 means that the file has no names and every row is data.
    """

    path: Path
    encoding: str
    delimiter: str
    header_row: int
    names: tuple[str, ...]
    titles: tuple[str, ...]
    warnings: tuple[Text, ...]
    lines: int
    size: int

    @property
    def width(self) -> int:
        return len(self.names)

    @property
    def estimated_rows(self) -> int:
        """Rows of data going by line ends; line breaks inside cells make it an overestimate."""
        return max(0, self.lines - self.header_row)

    def chunks(self, rows: int = 10_000) -> Iterator[tuple[int, list[Row]]]:
        """Yield (row number of the first, rows), in order. Blank rows are there as [].

        Raises Refused with the line where the file stops being a table.
        """
        rows = max(50, min(rows, CHUNK_CELLS // max(1, self.width)))
        number = self.header_row + 1
        for chunk in _read(self.path, self.encoding, self.delimiter, rows, skip=self.header_row):
            yield number, chunk
            number += len(chunk)

    def sample(self, rows: int = 1_000) -> list[tuple[int, Row]]:
        """The first rows that hold something, with their numbers."""
        taken: list[tuple[int, Row]] = []
        for first, chunk in self.chunks(rows):
            taken += [(first + at, row) for at, row in enumerate(chunk) if any(map(str.strip, row))]
            if len(taken) >= rows:
                break
        return taken[:rows]


def open_sheet(path: Path, *, encoding: str = "", delimiter: str = "", header_row: int = 1) -> Sheet:
    """Examine the file and read its header; what is not given is guessed. Raises Refused."""
    encoded = examine(path, encoding)
    with path.open(encoding=encoded.encoding, newline="", errors="replace") as file:
        head = file.read(64 << 10)
    delimiter = delimiter or guess_delimiter(head)
    first = next(_read(path, encoded.encoding, delimiter, header_row or 1), [])
    return _sheet(path, encoded, delimiter, header_row, first)


def _sheet(path: Path, encoded: Encoded, delimiter: str, header_row: int, first: list[Row]) -> Sheet:
    titles = first[header_row - 1 if header_row else 0] if len(first) >= (header_row or 1) else []
    if not any(map(str.strip, titles)):
        raise Refused(
            N_("Row %(row)s, where the column names should be, is empty. Nothing was read."), row=header_row or 1
        )
    if header_row:
        last = max(at for at, title in enumerate(titles) if title.strip())
        titles = titles[: last + 1]  # without a spreadsheet's empty columns at the right edge
    if len(titles) > MOST_COLUMNS:
        raise Refused(
            N_(
                "The file has %(columns)s columns; at most %(most)s can be read. Nothing was kept. "
                "Export fewer questions, or one row per answer."
            ),
            columns=len(titles),
            most=MOST_COLUMNS,
        )
    names, warnings = column_names(titles) if header_row else ([f"column {at}" for at in range(1, len(titles) + 1)], [])
    return Sheet(
        path,
        encoded.encoding,
        delimiter,
        header_row,
        tuple(names),
        tuple(titles) if header_row else tuple(names),
        tuple(warnings),
        encoded.lines,
        encoded.size,
    )


def column_names(titles: Row) -> tuple[list[str], list[Text]]:
    """Distinct names for columns: an unnamed one is called by its place, a repeated one is numbered."""
    names: list[str] = []
    warnings: list[Text] = []
    seen: Counter[str] = Counter()
    taken = {clean(title) for title in titles}
    for at, title in enumerate(titles, start=1):
        name = " ".join(title.replace("\ufeff", "").split())[:200]
        if not name:
            name = f"column {at}"
            warnings.append(
                Text(N_("Column %(at)s has no name; it is called “%(name)s” here."), {"at": at, "name": name})
            )
        seen[clean(name)] += 1
        if seen[clean(name)] > 1:
            place = seen[clean(name)]
            while clean(f"{name} ({place})") in taken:
                place += 1
            warnings.append(
                Text(
                    N_("Column %(at)s has the same name as an earlier one; it is called “%(name)s” here."),
                    {"at": at, "name": f"{name} ({place})"},
                )
            )
            name = f"{name} ({place})"
        taken.add(clean(name))
        names.append(name)
    return names, warnings


def clean(name: str) -> str:
    """A name as it is compared: spaces trimmed and single, case ignored."""
    return " ".join(name.split()).casefold()


def guess_delimiter(head: str) -> str:
    """The delimiter that cuts the first rows into the most columns of equal number; a comma when nothing does."""
    best, best_merit = ",", 0.0
    for delimiter in DELIMITERS:
        widths = _widths(head, delimiter)
        if not widths or widths[0] < 2:
            continue
        agreeing = sum(width == widths[0] for width in widths) / len(widths)
        merit = agreeing * min(widths[0], 40) ** 0.5
        if merit > best_merit:
            best, best_merit = delimiter, merit
    return best


def _widths(head: str, delimiter: str) -> list[int]:
    lines = head.splitlines()[:40]
    try:
        return [len(row) for row in csv.reader(lines, delimiter=delimiter) if row][:30]
    except csv.Error:
        return []


def _read(path: Path, encoding: str, delimiter: str, size: int, skip: int = 0) -> Iterator[list[Row]]:
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(chain(file, (_END,)), delimiter=delimiter)
        try:
            for _ in islice(reader, skip):
                pass
            while chunk := list(islice(reader, size)):
                if _END in chunk[-1][-1:]:
                    yield chunk[:-1]
                    return
                _refuse_open_quote(chunk[-1])
                yield chunk
        except csv.Error as error:
            raise _as_refusal(error, reader.line_num) from None
        except UnicodeError:
            raise Refused(
                N_("The file cannot be read as %(encoding)s text. Nothing was kept."), encoding=encoding
            ) from None


def _refuse_open_quote(row: Row) -> None:
    """The end mark inside a longer cell: a quote was opened and never closed."""
    if row and row[-1].endswith(_END):
        lines = row[-1].count("\n")
        if lines <= 1:
            raise Refused(
                N_(
                    "A quotation mark opened in the last line is never closed: the file is cut off or damaged. Nothing was kept."
                )
            )
        raise Refused(
            N_(
                "A quotation mark opened %(lines)s lines before the end is never closed: the file is cut off or damaged. Nothing was kept."
            ),
            lines=lines,
        )


def _as_refusal(error: csv.Error, line: int) -> Refused:
    if "field larger" in str(error):
        return Refused(
            N_(
                "The cell that ends near line %(line)s is longer than %(most)s characters; "
                "perhaps a quotation mark is never closed. Nothing was kept."
            ),
            line=line,
            most=LONGEST_CELL,
        )
    return Refused(N_("The file stops being a table near line %(line)s. Nothing was kept. Export it again."), line=line)
