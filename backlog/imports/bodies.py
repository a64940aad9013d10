"""What a call brings: its rows, counted before they take memory, and the digest by which it is known again.

A call cut off on its way is sent once more by any sensible sender, and must not count double. But two people may say
the same: a few nameless answers, sent twice, are two times as many people. So the same bytes are taken for a repeat when
they name a respondent, or are too many to be the same by chance; and where a row gives no day, only on the same day.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

import msgspec

from backlog.errors import N_, Invalid, Refused, Text
from backlog.imports import calls
from backlog.imports.calls import Answered
from backlog.imports.previews import Table
from backlog.imports.readers import Row, clean

NAMELESS = 50  # answers without a respondent: fewer may be the same by chance
_UP_TO_AN_OBJECT = re.compile(rb'(?:[^"{]++|"(?:[^"\\]++|\\.)*+"?)*+(\{|\Z)', re.DOTALL)
"""Past strings, which may hold braces. Nothing in it is ever tried twice, so it is linear whatever comes."""
DAYLESS = N_("Without a day: %(n)s of %(total)s answers. They count as given on %(day)s.")
_NUL = b"\\u0000"  # the only way to write one in JSON


@dataclass(frozen=True, slots=True)
class Answers:
    """Responses as a table whose rows are made while it is read; the day is today's where none is given."""

    answers: list[Answered]
    today: date

    names = tuple(calls.ROLES)

    @property
    def warnings(self) -> tuple[Text, ...]:
        dayless = sum(not each.answered_on for each in self.answers)
        known = {"n": dayless, "total": len(self.answers), "day": self.today.isoformat()}
        return (Text(DAYLESS, known),) if dayless else ()

    @property
    def estimated_rows(self) -> int:
        return len(self.answers)

    def chunks(self, rows: int = 10_000) -> Iterator[tuple[int, list[Row]]]:
        for start in range(0, len(self.answers), rows):
            yield start + 1, calls.rows_of(self.answers[start : start + rows], self.today).rows


def read_json(body: bytes, today: date) -> Answers:
    """A list of responses. Raises Invalid with the place of what is not one, Refused when there are too many, RowsWrong
    for characters no database keeps."""
    _refuse_too_many(body)
    try:
        answers = msgspec.json.decode(body, type=list[Answered])
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        raise Invalid({place.strip("`") or "body": Text("%(reason)s", {"reason": reason})}) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid({"body": Text(N_("This is not JSON: %(reason)s"), {"reason": str(error)})}) from error
    if _NUL in body:
        calls.refuse_nul(answers)
    return Answers(answers, today)


def _refuse_too_many(body: bytes) -> None:
    """Count the objects where there may be too many; each row that is decoded takes several times its text."""
    if body.count(b"{") <= calls.MOST:
        return
    objects = sum(found[1] == b"{" for found in islice(_UP_TO_AN_OBJECT.finditer(body), calls.MOST + 1))
    if objects > calls.MOST:
        raise Refused(calls.TOO_MANY, most=calls.MOST)


def digest_of(body: bytes, table: Table, today: date) -> str | None:
    """By what the same call is known again; None when it may well be sent twice and mean it."""
    if table.estimated_rows < NAMELESS and not _names_somebody(table):
        return None
    digest = hashlib.sha256(body)
    if _leaves_a_day_out(table):
        digest.update(today.isoformat().encode())
    return digest.hexdigest()


def _names_somebody(table: Table) -> bool:
    places = [at for at, name in enumerate(table.names) if clean(name) == "respondent"]
    return any(
        row[at].strip() for _, rows in table.chunks() for row in rows for at in places if len(row) > at
    )  # fmt: skip


def _leaves_a_day_out(table: Table) -> bool:
    if isinstance(table, Answers):
        return not all(each.answered_on for each in table.answers)
    return "answered_on" not in map(clean, table.names)
