"""How many initiatives have how many points, now and on earlier days. Days are days in UTC.

A rank is one plus the number of initiatives with more points, and points are whole numbers from 0 to 1000; so ranks
of a page need a table of at most 1,001 rows, however many initiatives there are.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import (
    Connection,
    ForeignKey,
    Select,
    Table,
    literal,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history
from backlog.database import Base, upsert
from backlog.initiatives.initiative import Initiative

INITIATIVE = cast(Table, Initiative.__table__)
LOCK = 7_243_001
"""PostgreSQL advisory lock: shared by all who change initiatives, exclusive for who changes the weights."""


class Standing(Base):
    """``n`` ranked initiatives have just these ``points`` now."""

    __tablename__ = "standing"

    points: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int]


class PastStanding(Base):
    """The standings at the end of a day: ``counts`` is {points: n}.

    Written for the day before by the first change of a day; so the standings at the end of any day are those of the
    first row on or after it, or, when there is none, the present ones.
    """

    __tablename__ = "past_standing"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    counts: Mapped[dict[str, Any]]


class PastPoints(Base):
    """The points an initiative had at the end of a day on which they changed; None when it was not ranked."""

    __tablename__ = "past_points"

    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    points: Mapped[int | None]


def today() -> dt.date:
    return history.now().date()


def hold(connection: Connection, *, alone: bool = False) -> None:
    """Wait until nobody changes the weights; ``alone``: nor any initiative. Until the transaction ends. On SQLite every
    writer is alone."""
    if connection.dialect.name == "postgresql":
        lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        connection.execute(text(f"SELECT {lock}({LOCK})"))


def keep_yesterday(connection: Connection) -> None:
    """Before the first change of a day: what the standings were when the day before ended."""
    yesterday = today() - dt.timedelta(days=1)
    if connection.scalar(select(PastStanding.day).where(PastStanding.day == yesterday)) is not None:
        return
    kept = upsert(connection, PastStanding).values(day=yesterday, counts=counts_now(connection))
    connection.execute(kept.on_conflict_do_nothing())


def keep_points_of(connection: Connection, chosen: Select[Any, Any, Any]) -> None:
    """Keep (initiative id, day, points) in place of what was kept for the same initiative and day."""
    kept = upsert(connection, PastPoints).from_select(["initiative_id", "day", "points"], chosen.where(literal(1) == 1))
    connection.execute(
        kept.on_conflict_do_update(index_elements=["initiative_id", "day"], set_={"points": kept.excluded.points})
    )


def keep_points(connection: Connection, points: Mapping[int, int | None]) -> None:
    """Keep today's points by initiative id."""
    kept = upsert(connection, PastPoints)
    kept = kept.on_conflict_do_update(index_elements=["initiative_id", "day"], set_={"points": kept.excluded.points})
    day = today()
    connection.execute(kept, [{"initiative_id": key, "day": day, "points": value} for key, value in points.items()])


def count(connection: Connection, changes: Mapping[int, int]) -> None:
    """Add to the counts by points. In the order of points: so two at once never wait for each other in a circle."""
    added = upsert(connection, Standing)
    added = added.on_conflict_do_update(index_elements=["points"], set_={"n": Standing.n + added.excluded.n})
    connection.execute(added, [{"points": key, "n": n} for key, n in sorted(changes.items()) if n])


def counts_now(connection: Connection) -> dict[str, int]:
    rows = connection.execute(select(Standing.points, Standing.n).where(Standing.n > 0))
    return {str(points): n for points, n in rows}


def ranks_among(counts: Mapping[int, int], points: Sequence[int]) -> list[int]:
    """The rank that each of these points has or would have where ``counts`` is {points: n}."""
    rank_of: dict[int, int] = {}
    ahead = 0
    standings = sorted(counts.items(), reverse=True)
    place = 0
    for each in sorted(set(points), reverse=True):
        while place < len(standings) and standings[place][0] > each:
            ahead += standings[place][1]
            place += 1
        rank_of[each] = ahead + 1
    return [rank_of[each] for each in points]
