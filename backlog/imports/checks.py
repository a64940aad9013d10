"""From rows to answers, a chunk at a time; wrong rows are kept apart, whole, with their reason."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain, compress, repeat
from typing import Any

from backlog.errors import N_, Text
from backlog.imports.cells import Cells
from backlog.imports.dates import read_date
from backlog.imports.meanings import Columns, Meanings
from backlog.imports.names import Names, codes_of
from backlog.imports.readers import Row, clean
from backlog.imports.recipes import Recipe, Role, Shape
from backlog.imports.summaries import Summary, summary, wrong_in
from backlog.imports.tallies import WIDTH, Alike, Answer

AT_ONCE = 4_000  # rows turned into columns: few enough to stay in the processor's cache, which saves a quarter
LONGEST_RESPONDENT = 64
LONGEST_THEME = 300
KINDS = ("story", "pain", "delight", "gap", "idea")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be used, whole, and the cell that says why."""

    row: int
    column: str
    value: str
    reason: Text
    record: Row


@dataclass(frozen=True, slots=True)
class Comment:
    """What a customer said; ``theme`` is how it was coded, ``kind`` one of KINDS or empty."""

    touchpoint_id: int | None
    persona_id: int | None
    said_on: date
    text: str
    theme: str
    kind: str
    respondent: str | None


@dataclass(slots=True)
class Found:
    """What a chunk of rows holds. ``flat`` is all answers in one list, value after value: a tuple each would take
    longer to make, to hand to another process and to insert. ``alike`` counts them, ``uncounted`` are those of weight 0.
    """

    rows: int = 0
    flat: list[Any] = field(default_factory=list)
    alike: Counter[Alike] = field(default_factory=Counter)
    summaries: list[Summary] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    uncounted: int = 0

    @property
    def answers(self) -> list[Answer]:
        return list(zip(*[iter(self.flat)] * WIDTH, strict=True))

    @property
    def responses(self) -> int:
        """How many there are, those that came summed up included."""
        return len(self.flat) // WIDTH + sum(summary.n for summary in self.summaries)


@dataclass(slots=True)
class _Beside:
    """What stands beside the answers of a chunk, row by row."""

    touchpoints: Sequence[int | None]
    personas: Sequence[int | None]
    days: Sequence[date]
    weights: Sequence[float]
    respondents: Sequence[str | None]


class Reading:
    """A recipe bound to the columns of one file and to the names in the register."""

    def __init__(
        self, recipe: Recipe, names: Sequence[str], register: Names, today: date | None = None, *, days: type = date
    ) -> None:
        """``days=str`` gives the days of answers as ISO text, as SQLite stores them. Raises Refused when the file
        lacks columns of the recipe."""
        self.recipe = recipe
        self.names = names
        self.register = register
        latest = (today or datetime.now(UTC).date()) + timedelta(days=1)  # a day's grace covers time zones
        self.meanings = Meanings(recipe, names, register, latest)
        self.months = Cells(lambda day: day.replace(day=1))
        self.stored_day = Cells(date.isoformat) if days is str else None
        self.fixed_day = read_date(recipe.date.fixed, "y-m-d") or latest
        self.comments = [
            (column, self.meanings.place(column), codes_of(column, recipe)) for column in recipe.of(Role.COMMENT)
        ]

    def read(self, first: int, rows: list[Row]) -> Found:
        """All that these rows hold; ``first`` is the row number of the first.

        Names the register does not know are then in ``meanings.new_touchpoints`` and ``new_personas``: decide about
        them, ``forget_names`` and read the rows again.
        """
        found = Found()
        numbers: Sequence[int] = range(first, first + len(rows))
        if set(map(len, rows)) != {len(self.names)}:
            numbers, rows = self._even(numbers, rows, found)
        found.rows = len(rows) + len(found.wrong)
        for at in range(0, len(rows), AT_ONCE):
            self._read_even(numbers[at : at + AT_ONCE], rows[at : at + AT_ONCE], found)
        return found

    def _read_even(self, numbers: Sequence[int], rows: list[Row], found: Found) -> None:
        columns: Columns = list(zip(*rows, strict=True))
        meant, wrong = self.meanings.of(columns)
        self._check_whole_rows(columns, wrong)
        if wrong:
            found.wrong += [
                Wrong(numbers[at], self.names[place], rows[at][place][:1000], reason, rows[at])
                for at, (place, reason) in sorted(wrong.items())
                if any(map(str.strip, rows[at]))
            ]
            columns = list(zip(*(row for at, row in enumerate(rows) if at not in wrong), strict=True))
            meant, _ = self.meanings.of(columns) if columns else (meant, None)
        if columns:
            self._collect(columns, meant, found)

    def _even(self, numbers: Sequence[int], rows: list[Row], found: Found) -> tuple[list[int], list[Row]]:
        """Rows of the right width with their numbers; blank rows are passed over, others are wrong."""
        width = len(self.names)
        kept: list[tuple[int, Row]] = []
        for at, row in zip(numbers, rows, strict=True):
            if not any(map(str.strip, row)):
                continue
            if len(row) == width or (len(row) > width and not any(map(str.strip, row[width:]))):
                kept.append((at, row[:width]))
            else:
                found.wrong.append(Wrong(at, "", "", _uneven(len(row), width), row[: width + 20]))
        return [at for at, _ in kept], [row for _, row in kept]

    def _check_whole_rows(self, columns: Columns, wrong: dict[int, tuple[int, Text]]) -> None:
        """What only several cells together, or a cell without a look-up, can get wrong."""
        place = self.meanings.at.get(Role.RESPONDENT)
        if place is not None and max(map(len, columns[place])) > LONGEST_RESPONDENT:
            for at, raw in enumerate(columns[place]):
                if len(raw.strip()) > LONGEST_RESPONDENT:
                    reason = Text(
                        N_("A respondent is named by at most %(most)s characters."), {"most": LONGEST_RESPONDENT}
                    )
                    wrong.setdefault(at, (place, reason))
        if self.recipe.shape is Shape.SUMMARY:
            for at, row in enumerate(zip(*columns, strict=True)):
                if at not in wrong and (found := wrong_in(self.meanings, row)):
                    wrong[at] = found

    def _collect(self, columns: Columns, meant: dict[int, list[Any]], found: Found) -> None:
        beside = self._beside(columns, meant)
        if self.recipe.shape is Shape.SUMMARY:
            self._collect_summaries(columns, meant, beside, found)
            return
        weighted = Role.WEIGHT in self.meanings.at and 0.0 in beside.weights
        days = self.stored_day.read(beside.days) if self.stored_day else beside.days
        months = self.months.read(beside.days)
        who, weights, said = beside.personas, beside.weights, beside.respondents
        for touchpoints, measures, values in self._answers(meant, beside):
            rows: Iterable[Answer] = zip(touchpoints, measures, who, days, values, weights, said, strict=False)
            counted: Iterable[Alike] = zip(touchpoints, measures, months, who, values, weights, strict=False)
            if weighted or None in values:
                answered = [value is not None for value in values]
                kept = [here and weight > 0 for here, weight in zip(answered, weights, strict=True)]
                found.uncounted += sum(answered) - sum(kept)
                rows, counted = compress(rows, kept), compress(counted, kept)
            found.flat.extend(chain.from_iterable(rows))
            found.alike.update(counted)
        self._collect_comments(columns, beside, found)

    def _beside(self, columns: Columns, meant: dict[int, list[Any]]) -> _Beside:
        at, count = self.meanings.at, len(columns[0])

        def by_row(role: Role, otherwise: Any) -> list[Any]:
            return meant[at[role]] if role in at else [otherwise] * count

        respondents: list[str | None] = [None] * count
        if Role.RESPONDENT in at:
            respondents = list(map(str.strip, columns[at[Role.RESPONDENT]]))
            if "" in respondents:
                respondents = [each or None for each in respondents]
        return _Beside(
            by_row(Role.TOUCHPOINT, self.register.touchpoint(self.recipe.touchpoint)),
            by_row(Role.PERSONA, self.register.personas.get(clean(self.recipe.persona))),
            by_row(Role.DATE, self.fixed_day),
            by_row(Role.WEIGHT, 1.0),
            respondents,
        )

    def _answers(
        self, meant: dict[int, list[Any]], beside: _Beside
    ) -> Iterator[tuple[Iterable[Any], Iterable[Any], list[Any]]]:
        """(touchpoint ids, measure ids, values) of each column that holds answers."""
        for rated in self.meanings.rated:
            yield repeat(rated.touchpoint_id), repeat(rated.measure_id), meant[rated.place]
        if Role.VALUE in self.meanings.at:
            yield beside.touchpoints, self._measures(meant), meant[self.meanings.at[Role.VALUE]]

    def _measures(self, meant: dict[int, list[Any]]) -> Iterable[int]:
        if Role.MEASURE in self.meanings.at:
            return meant[self.meanings.at[Role.MEASURE]]
        return repeat(self.register.measures[clean(self.recipe.measure)])

    def _collect_comments(self, columns: Columns, beside: _Beside, found: Found) -> None:
        if not self.comments and Role.THEME not in self.meanings.at:
            return
        themes, kinds = self._words(columns, Role.THEME), self._words(columns, Role.KIND)

        def comment(at: int, own: int | None, text: str) -> Comment:
            return Comment(
                own or beside.touchpoints[at], beside.personas[at], beside.days[at], text, themes[at][:LONGEST_THEME],
                kinds[at].lower() if kinds[at].lower() in KINDS else "", beside.respondents[at],
            )  # fmt: skip

        if not self.comments:
            found.comments += [comment(at, None, "") for at, theme in enumerate(themes) if theme]
        for column, place, codes in self.comments:
            own = self.register.touchpoint(column.touchpoint)
            for at, raw in enumerate(columns[place]):
                text = (codes.read(raw) or "").strip() if raw else ""
                if text or themes[at]:
                    found.comments.append(comment(at, own, text))

    def _words(self, columns: Columns, role: Role) -> list[str]:
        place = self.meanings.at.get(role)
        return [raw.strip() for raw in columns[place]] if place is not None else [""] * len(columns[0])

    def _collect_summaries(self, columns: Columns, meant: dict[int, list[Any]], beside: _Beside, found: Found) -> None:
        means = meant[self.meanings.at[Role.MEAN]]
        places = zip(beside.touchpoints, self._measures(meant), beside.personas, beside.days, strict=False)
        for row, mean, place in zip(zip(*columns, strict=True), means, places, strict=True):
            counted = summary(self.meanings, row, mean, place)
            if counted:
                found.summaries.append(counted)


def _uneven(found: int, expected: int) -> Text:
    if found < expected:
        return Text(N_("The row ends after %(found)s of %(expected)s columns."), {"found": found, "expected": expected})
    return Text(N_("The row has %(found)s columns, the header %(expected)s."), {"found": found, "expected": expected})
