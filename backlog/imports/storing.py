"""Putting many rows into the database fast, and keeping the tally in step; knows SQLite from PostgreSQL."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from backlog.errors import N_, Conflict
from backlog.evidence.measures import Measure
from backlog.evidence.personas import Persona
from backlog.evidence.responses import Response
from backlog.evidence.touchpoints import Touchpoint
from backlog.imports.checks import Found, Wrong
from backlog.imports.surveys import SetAside, SummaryRow
from backlog.imports.tallies import WIDTH, Place, Tallies

DELETED_AT_ONCE = 20_000  # rows per transaction, so that other writers get their turn
AT_ONCE = 4_000  # rows per statement: twice as fast as one each; SQLite takes 32,766 values at most
REMOVED = N_(
    "A touchpoint, measure or persona of these rows was removed while they were loading. "
    "Nothing was imported. Start it again."
)
_COLUMNS = ("touchpoint_id", "measure_id", "persona_id", "answered_on", "value", "weight", "respondent")
_INSERT = f"INSERT INTO response (import_id, {', '.join(_COLUMNS)}) VALUES "  # noqa: S608 - our own names
_ADD = text(
    """
    INSERT INTO tally (touchpoint_id, measure_id, persona_id, month, value, n, weight, weight_squared, total, total_squared)
    VALUES (:touchpoint_id, :measure_id, :persona_id, :month, :value, :n, :weight, :weight_squared, :total, :total_squared)
    ON CONFLICT (coalesce(touchpoint_id, 0), measure_id, month, coalesce(persona_id, 0), coalesce(value, -1.0))
    DO UPDATE SET n = tally.n + excluded.n, weight = tally.weight + excluded.weight,
        weight_squared = tally.weight_squared + excluded.weight_squared,
        total = tally.total + excluded.total, total_squared = tally.total_squared + excluded.total_squared
    """
)


def day_type(connection_or_url: str) -> type:
    """How a day is bound in bulk: ISO text on SQLite, a date on PostgreSQL."""
    return str if connection_or_url.startswith("sqlite") else dt.date


async def refuse_removed(session: AsyncSession, found: Found) -> None:
    """Raise Conflict when something the answers are about has been removed. In one SQLite transaction with
    ``add_answers`` this stands for the check of foreign keys, which costs a quarter of the time it takes to insert."""
    touchpoints, measures, _, personas, *_ = map(set, zip(*found.alike, strict=True)) if found.alike else [set()] * 4
    wanted = {Touchpoint.id: touchpoints - {None}, Measure.id: measures, Persona.id: personas - {None}}
    there = [select(func.count()).where(id_.in_(ids)).scalar_subquery() for id_, ids in wanted.items()]
    if tuple((await session.execute(select(*there))).one()) != tuple(map(len, wanted.values())):
        raise Conflict(REMOVED)


@contextmanager
def refusing_removed() -> Iterator[None]:
    """The same for statements of which the database looks up every key."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(REMOVED) from error


async def add_answers(session: AsyncSession, import_id: int, found: Found) -> None:
    """Insert responses past the ORM: a million in seconds. On PostgreSQL the transaction must have begun."""
    flat = found.flat
    if not flat:
        return
    connection: AsyncConnection = await session.connection()
    if connection.dialect.name == "sqlite":
        step = AT_ONCE * WIDTH
        whole = len(flat) // step * step
        if whole:
            several = [tuple(flat[at : at + step]) for at in range(0, whole, step)]
            await connection.exec_driver_sql(_insert(import_id, AT_ONCE), several)
        if last := tuple(flat[whole:]):
            await connection.exec_driver_sql(_insert(import_id, len(last) // WIDTH), last)
        return
    raw = await connection.get_raw_connection()
    records = ((import_id, *answer) for answer in found.answers)
    await raw.driver_connection.copy_records_to_table(  # type: ignore[union-attr] # asyncpg's own connection
        "response", records=records, columns=("import_id", *_COLUMNS)
    )


def _insert(import_id: int, rows: int) -> str:
    return _INSERT + ", ".join([f"({int(import_id)}, ?, ?, ?, ?, ?, ?, ?)"] * rows)


async def set_aside(session: AsyncSession, import_id: int, wrong: Sequence[Wrong]) -> None:
    if wrong:
        await session.execute(insert(SetAside), [
            {
                "import_id": import_id, "row": each.row, "column": each.column[:200], "value": each.value,
                "reason": {"message": each.reason.message, "params": dict(each.reason.params)}, "record": each.record,
            }
            for each in wrong
        ])  # fmt: skip


async def add_tallies(session: AsyncSession, tallies: Tallies) -> None:
    """Add the sums to the tally, always in the same order so that two imports cannot lock each other out."""
    rows = [_tally_row(place, sums) for place, sums in sorted(tallies.sums.items(), key=lambda item: _order(item[0]))]
    connection = await session.connection()
    if rows and connection.dialect.name == "sqlite":
        for row in rows:
            row["month"] = str(row["month"])
        await connection.exec_driver_sql(_ADD.text, rows)  # it knows the names itself: no need to translate each row
        return
    for start in range(0, len(rows), 5_000):
        await session.execute(_ADD, rows[start : start + 5_000])


async def subtract_tallies(session: AsyncSession, tallies: Tallies) -> None:
    """Take the sums out of the tally again; places without answers left vanish."""
    for sums in tallies.sums.values():
        sums[:] = [-each for each in sums]
    await add_tallies(session, tallies)
    await session.execute(text("DELETE FROM tally WHERE n <= 0"))


def _tally_row(place: Place, sums: Sequence[float]) -> dict[str, object]:
    touchpoint, measure, month, persona, value = place
    n, weight, weight_squared, total, total_squared = sums
    return {
        "touchpoint_id": touchpoint, "measure_id": measure, "persona_id": persona, "month": month, "value": value,
        "n": int(n), "weight": weight, "weight_squared": weight_squared, "total": total, "total_squared": total_squared,
    }  # fmt: skip


def _order(place: Place) -> tuple[float, ...]:
    touchpoint, measure, month, persona, value = place
    return (touchpoint or 0, measure, month.toordinal(), persona or 0, -1.0 if value is None else value)


async def tallies_of(session: AsyncSession, import_id: int) -> Tallies:
    """What one import contributed to the tally, added up from what it brought."""
    tallies = Tallies()
    place = (Response.touchpoint_id, Response.measure_id, Response.persona_id, Response.answered_on, Response.value)
    weights = (func.count(), func.sum(Response.weight), func.sum(Response.weight * Response.weight))
    counted = await session.execute(select(*place, *weights).where(Response.import_id == import_id).group_by(*place))
    for touchpoint, measure, persona, day, value, n, weight, weight_squared in counted:
        tallies.add((touchpoint, measure, day.replace(day=1), persona, value), n, weight, weight_squared, value)
    for row in await session.scalars(select(SummaryRow).where(SummaryRow.import_id == import_id)):
        tallies.add_summary(
            (row.touchpoint_id, row.measure_id, row.month, row.persona_id, None), row.n, row.mean, row.deviation
        )
    return tallies


async def delete_some_answers(session: AsyncSession, import_id: int) -> int:
    """Delete up to DELETED_AT_ONCE responses of an import; how many it were."""
    ids = (
        await session.scalars(
            select(Response.id).where(Response.import_id == import_id).order_by(Response.id).limit(DELETED_AT_ONCE)
        )
    ).all()
    if ids:
        await session.execute(delete(Response).where(Response.import_id == import_id, Response.id <= ids[-1]))
    return len(ids)
