"""Responses that come in one call: all of them or none."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import date

import msgspec
from sqlalchemy import select

from backlog import wording
from backlog.database import Database
from backlog.errors import N_, Refused
from backlog.evidence.measures import Measure
from backlog.history import Actor
from backlog.imports import copies, loading, naming, recipes, removal
from backlog.imports.checks import Wrong
from backlog.imports.copies import AlreadyIn
from backlog.imports.previews import Preview, Rows, Table, preview
from backlog.imports.readers import clean
from backlog.imports.recipes import Column, Dates, Recipe, Role, Scale, Shape
from backlog.imports.surveys import Import, new_import

MOST = 500_000
TOO_MANY = N_("At most %(most)s rows can be sent in one call. Nothing was stored.")
ROLES = {
    "touchpoint": Role.TOUCHPOINT,
    "measure": Role.MEASURE,
    "value": Role.VALUE,
    "scale": Role.SCALE,
    "answered_on": Role.DATE,
    "respondent": Role.RESPONDENT,
    "weight": Role.WEIGHT,
    "persona": Role.PERSONA,
}
STANDARD = {name: Scale(1, 5) for name in (*naming.POSITIONS, "importance")} | {"recommend": Scale(0, 10)}


class Answered(msgspec.Struct, forbid_unknown_fields=True):
    """One response in JSON: ``touchpoint`` by name or id, ``scale`` like "1-5" (else that of the measure)."""

    touchpoint: str | int
    value: float | str
    measure: str = "experience"
    scale: str = ""
    answered_on: str = ""
    respondent: str | int = ""
    weight: float | str = 1.0
    persona: str = ""


class RowsWrong(Refused):
    """Some rows cannot be read; ``rows`` are the first of the ``count``."""

    def __init__(self, rows: Sequence[Wrong], count: int) -> None:
        self.rows = rows
        self.count = count
        one, many = (
            N_("One row cannot be read. Nothing was stored."),
            N_("%(count)s rows cannot be read. Nothing was stored."),
        )
        super().__init__(one if count == 1 else many, count=count)


def rows_of(answers: Sequence[Answered], today: date) -> Rows:
    """JSON responses as a table; the day is today's where none is given."""
    otherwise = today.isoformat()
    return Rows(
        tuple(ROLES),
        [
            [
                str(each.touchpoint), each.measure, _written(each.value), each.scale, each.answered_on or otherwise,
                str(each.respondent), _written(each.weight), each.persona,
            ]
            for each in answers
        ],
    )  # fmt: skip


def _written(value: float | str) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


def refuse_nul(answers: Sequence[Answered]) -> None:
    """Raise RowsWrong with the fields that hold the one character no database keeps as text."""
    wrong = [
        Wrong(row, name, value, problem, [])
        for row, each in enumerate(answers, start=1)
        for name in ROLES
        if isinstance(value := getattr(each, name), str) and (problem := wording.wrong(value, len(value)))
    ]
    if wrong:
        raise RowsWrong(wrong, len({each.row for each in wrong}))


async def receive(
    database: Database, table: Table, *, create: Collection[str] = (), digest: str | None = None, again: bool = False,
    by: Actor, today: date,
) -> Import:  # fmt: skip
    """Check every row, then load them all as one import. ``create`` may hold "touchpoints" (all unknown names are made)
    and "personas" (those of personas). ``again``: even when content of this digest is in.

    Raises RowsWrong with the rows at fault, Refused for more than MOST rows, unknown columns or no rows, AlreadyIn.
    """
    if table.estimated_rows > MOST:
        raise Refused(TOO_MANY, most=MOST)
    makes_touchpoints, makes_personas = "touchpoints" in create, bool(create)
    async with database.reading() as session:
        earlier = [] if again else await copies.present(session, digest)
        if earlier:
            raise AlreadyIn(earlier)
        register = await naming.known(session, ids=True)
        measures = (await session.scalars(select(Measure))).all()
    scales = STANDARD | {measure.name: Scale(measure.low, measure.high, measure.is_reversed) for measure in measures}
    recipe = _recipe(table, scales, today)
    found = await asyncio.to_thread(
        preview, table, recipe, register, new_touchpoints=makes_touchpoints, new_personas=makes_personas, today=today
    )
    _refuse(found, table)
    async with database.writing() as session:
        if not again:
            await copies.refuse(session, digest)
        row = new_import(f"API: {by.name}", None, digest=digest, by=by)
        resolution = naming.CREATE if makes_touchpoints else naming.ASIDE
        row.queue(recipes.to_builtins(recipe), {naming.OTHERS: resolution})
        row.worker = removal.this_worker()  # nobody else can load it
        session.add(row)
    await loading.load_table(database, row.id, table, strict=True, by=by)
    async with database.reading() as session:
        return await session.get_one(Import, row.id)


def _recipe(table: Table, scales: dict[str, Scale], today: date) -> Recipe:
    """The fixed mapping, with the measures these rows speak of."""
    unknown = [name for name in table.names if clean(name) not in ROLES]
    if unknown:
        raise Refused(
            N_("There is no field called “%(name)s”; there are %(names)s. Nothing was stored."),
            name=unknown[0],
            names=", ".join(ROLES),
        )
    columns = [Column(name, ROLES[clean(name)]) for name in table.names]
    lacking = {"touchpoint", "value"} - {clean(name) for name in table.names}
    if lacking:
        raise Refused(
            N_("The field “%(name)s” is missing. Nothing was stored."), name=min(lacking, key=list(ROLES).index)
        )
    used = _measures_used(table) or {"experience"}
    dates = (
        Dates(format="y-m-d")
        if any(clean(name) == "answered_on" for name in table.names)
        else Dates(fixed=today.isoformat())
    )
    known = {name: scale for name, scale in scales.items() if clean(name) in used}
    return Recipe(shape=Shape.LONG, name="", columns=columns, scales=known, date=dates)


def _measures_used(table: Table) -> set[str]:
    places = [at for at, name in enumerate(table.names) if clean(name) == "measure"]
    if not places:
        return set()
    return {clean(row[places[0]]) or "experience" for _, rows in table.chunks() for row in rows if len(row) > places[0]}


def _refuse(found: Preview, table: Table) -> None:
    if found.aside:
        raise RowsWrong(found.wrong, found.aside)
    if not found.answers:
        raise Refused(N_("No row holds an answer. Nothing was stored."))
