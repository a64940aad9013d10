"""Derived importance as it is kept: for each outcome what goes with it, from which answers, or why nobody can tell.

It is asked for whenever the evidence changes and computed behind the pages (``backlog.deriving``). What was found
before stays until then.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import JSON, Double, ForeignKey, String, case, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history
from backlog.database import Base, upsert
from backlog.errors import N_, Text
from backlog.evidence.measures import Kind, Measure
from backlog.evidence.touchpoints import Touchpoint
from backlog.importance import respondents
from backlog.importance.driver_samples import ANSWERS_PER_DRIVER, NotDerivable, Sample, derivable
from backlog.importance.drivers import RESAMPLES, Derived, derive
from backlog.importance.respondents import Answered, Question

SEED = 1
"""The same always: two results then differ by their answers and not by chance."""
FORMULAS = "1"
"""Another one when the same answers give other results than before: then they are computed anew."""
AVERAGE = 5.0  # on 0-10, of a driver with an average share
ALONE = N_("Only one touchpoint has enough answers: there is nothing to compare it with.")
UNRELATED = N_("Nothing that was asked about touchpoints goes with it.")


class DerivationOrder(Base):
    """One row: how often derived importance was ``asked`` for, and up to which time that is ``done``. ``digest`` tells
    the evidence of the last result from any other."""

    __tablename__ = "derivation_order"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asked: Mapped[int]
    done: Mapped[int]
    digest: Mapped[str | None] = mapped_column(String(64))


class Derivation(Base):
    """What goes with one outcome: ``n`` respondents who answered about it from ``since`` to ``until``; ``r_squared``
    (0-1) is how much of it touchpoints explain, None with the ``reason`` why that cannot be told. ``left_out`` lists
    the touchpoints with too few answers: [id, answers that count]; each would have ``needed`` so many."""

    __tablename__ = "derivation"

    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[dt.date]
    until: Mapped[dt.date]
    n: Mapped[int]
    r_squared: Mapped[float | None]
    shrunken: Mapped[float | None]
    resamples: Mapped[int]
    seed: Mapped[int]
    needed: Mapped[int]
    left_out: Mapped[list[Any]]
    reason: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    computed_at: Mapped[dt.datetime]


class DerivedImportance(Base):
    """A touchpoint's ``share`` (0-1) of what is explained of an outcome, its 95 % interval, and the ``correlation`` (-1
    to 1) of its ``n`` answers with the outcome: a share has no sign of its own."""

    __tablename__ = "derived_importance"

    measure_id: Mapped[int] = mapped_column(ForeignKey("derivation.measure_id", ondelete="CASCADE"), primary_key=True)
    touchpoint_id: Mapped[int] = mapped_column(ForeignKey("touchpoint.id", ondelete="CASCADE"), primary_key=True)
    share: Mapped[float] = mapped_column(Double)
    low: Mapped[float] = mapped_column(Double)
    high: Mapped[float] = mapped_column(Double)
    n: Mapped[int]
    correlation: Mapped[float] = mapped_column(Double)

    @property
    def goes_against(self) -> bool:
        """Those who like it more say less of the outcome, beyond the second decimal."""
        return round(self.correlation, 2) < 0

    @property
    def is_uncertain(self) -> bool:
        """Its interval is wider than the share is large."""
        return self.high - self.low > self.share


@dataclass(frozen=True)
class Outcome:
    """What was found for one outcome: the drivers, or why there are none; ``left_out`` touchpoint -> its answers."""

    measure_id: int
    n: int
    needed: int
    left_out: Mapping[int, int]
    derived: Derived | None = None
    ids: Mapping[str, int] | None = None
    reason: Text | None = None


def outcomes(wanted: Question, found: Answered) -> list[Outcome]:
    """Each outcome by itself. Heavy: some seconds for many touchpoints; not for the event loop."""
    return [_outcome(wanted, found, at) for at in range(len(wanted.outcomes))]


def _outcome(wanted: Question, found: Answered, at: int) -> Outcome:
    ids = {each.name: each.id for each in wanted.touchpoints}
    sample = Sample.of(list(ids), found.touchpoints, found.outcomes[:, at], found.weights)
    kept = derivable(sample)
    known = dict(zip(sample.names, sample.effective, strict=True))
    left_out = {ids[name]: known[name] for name in sample.names if name not in kept.names}
    left_out |= {each.id: each.n for each in wanted.beyond}
    measure_id, needed = wanted.outcomes[at].id, ANSWERS_PER_DRIVER * (len(kept.names) + 1)
    try:
        derived = _derived(kept)
    except NotDerivable as refused:
        return Outcome(measure_id, len(sample.values), needed, left_out, reason=refused.text)
    return Outcome(measure_id, derived.n, needed, left_out, derived, ids)


def _derived(sample: Sample) -> Derived:
    if len(sample.names) == 1:
        raise NotDerivable(Text(ALONE), sample.names)
    derived = derive(sample, seed=SEED)
    if derived.r_squared <= 0:
        raise NotDerivable(Text(UNRELATED), sample.names)
    return derived


async def ask(session: AsyncSession) -> None:
    """See to it that it is computed anew after this transaction. Two may be the first at the same time."""
    first = upsert(await session.run_sync(lambda plain: plain.connection()), DerivationOrder)
    once = first.values(id=1, asked=1, done=0)
    more = {"asked": DerivationOrder.asked + 1}
    await session.execute(once.on_conflict_do_update(index_elements=[DerivationOrder.id], set_=more))


async def asked(session: AsyncSession) -> DerivationOrder | None:
    """What waits; None when all is done."""
    return await session.scalar(select(DerivationOrder).where(DerivationOrder.asked != DerivationOrder.done))


async def digest(session: AsyncSession, wanted: Question | None) -> str:
    """Of all that a result rests on: answers come and go with their imports alone."""
    told = [
        FORMULAS, await respondents.imports(session),
        wanted and [
            [each.id for each in wanted.outcomes], [[each.id, each.name, each.measure_id, each.n] for each in wanted.touchpoints],
            [each.id for each in wanted.beyond], wanted.months.since, wanted.months.until,
        ],
    ]  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


async def done(session: AsyncSession, order: int, digest: str | None = None) -> None:
    """The order of this number is carried out, with this evidence."""
    told = {"digest": digest} if digest else {}
    await session.execute(update(DerivationOrder).values(done=order, **told))


async def keep(session: AsyncSession, wanted: Question | None, found: Iterable[Outcome]) -> None:
    """In the place of what was known. Touchpoints removed meanwhile are passed over."""
    await session.execute(delete(DerivedImportance))
    await session.execute(delete(Derivation))
    there = set(await session.scalars(select(Touchpoint.id)))
    for each in found:
        if wanted is not None:
            await session.execute(insert(Derivation).values(_row(wanted, each)))
        if drivers := [row for row in _driver_rows(each) if row["touchpoint_id"] in there]:
            await session.execute(insert(DerivedImportance), drivers)


def _row(wanted: Question, each: Outcome) -> dict[str, Any]:
    derived, reason = each.derived, each.reason
    return {
        "measure_id": each.measure_id, "since": wanted.months.since, "until": wanted.months.last_day, "n": each.n,
        "r_squared": derived.r_squared if derived else None, "shrunken": derived.shrunken if derived else None,
        "resamples": derived.resamples if derived else RESAMPLES, "seed": SEED, "needed": each.needed,
        "left_out": [list(pair) for pair in sorted(each.left_out.items())],
        "reason": {"message": reason.message, "params": dict(reason.params)} if reason else None,
        "computed_at": history.now(),
    }  # fmt: skip


def _driver_rows(each: Outcome) -> list[dict[str, Any]]:
    if each.derived is None or each.ids is None:
        return []
    return [
        {
            "measure_id": each.measure_id, "touchpoint_id": each.ids[driver.name], "share": driver.share,
            "low": driver.share_interval[0], "high": driver.share_interval[1], "n": driver.n,
            "correlation": driver.correlation,
        }
        for driver in each.derived.drivers
    ]  # fmt: skip


@dataclass(frozen=True)
class Known:
    """One outcome as kept, with its drivers by touchpoint."""

    outcome: Measure
    derivation: Derivation
    drivers: Mapping[int, DerivedImportance]

    @property
    def reason(self) -> Text | None:
        told = self.derivation.reason
        return Text(told["message"], told["params"]) if told else None

    @property
    def uncertain(self) -> int:
        """How many shares could as well be half or double."""
        return sum(each.is_uncertain for each in self.drivers.values())

    def on_ten(self, share: float) -> float:
        """A share on 0-10: the average driver is 5, one with twice its share 10, and more is no more than 10."""
        return min(10.0, AVERAGE * share * len(self.drivers))


async def known(session: AsyncSession) -> list[Known]:
    """All outcomes, the one that is preferred first: whether customers stay before how good it was, and what can be
    told before what cannot."""
    cannot = case((Derivation.reason.is_(None), 0), else_=1)
    rank = case((Measure.kind == Kind.LOYALTY, 0), else_=1)
    rows = await session.execute(
        select(Measure, Derivation)
        .join(Derivation, Derivation.measure_id == Measure.id)
        .order_by(cannot, rank, Measure.position, Measure.id)
    )
    drivers: Sequence[DerivedImportance] = (await session.scalars(select(DerivedImportance))).all()
    return [
        Known(
            measure,
            derivation,
            {each.touchpoint_id: each for each in drivers if each.measure_id == derivation.measure_id},
        )
        for measure, derivation in rows
    ]
