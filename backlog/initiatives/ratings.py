"""Ratings: one rater's low, likely and high for one input of one initiative; nobody's is changed by anybody else."""

import datetime as dt
import enum
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, Text, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history, wording
from backlog.database import Base, Id
from backlog.errors import N_, Invalid
from backlog.errors import Text as Sentence
from backlog.history import Actor, Ids
from backlog.initiatives import criteria, opinions, suggestions
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import REASON_MOST


class RatedInput(enum.StrEnum):
    """What people rate, each 0-10; effort and benefit (1-10) make the criterion effort/benefit."""

    IMPORTANCE = "importance"
    URGENCY = "urgency"
    MATURITY = "maturity"
    EFFORT = "effort"
    BENEFIT = "benefit"

    @property
    def lowest(self) -> int:
        return 1 if self in (RatedInput.EFFORT, RatedInput.BENEFIT) else 0


HIGHEST = 10
Estimate = Sequence[float]
"""Low, likely, high."""


class Rating(Base):
    """Of a person, of a token or of a guest, never of two of them; ``is_customer``: of somebody who stands for customers.
    ``round_id`` is the rating round it was given in, None when it was given outside of any."""

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("initiative_id", "input", "person_id"),
        UniqueConstraint("initiative_id", "input", "token_id"),
        UniqueConstraint("initiative_id", "input", "guest_id"),
        CheckConstraint("low <= likely and likely <= high", name="order"),
    )

    id: Mapped[Id]
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"))
    input: Mapped[RatedInput]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    token_id: Mapped[int | None] = mapped_column(ForeignKey("token.id", ondelete="SET NULL"))
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("guest.id", ondelete="SET NULL"))
    rater: Mapped[str] = mapped_column(String(200))
    is_customer: Mapped[bool] = mapped_column(default=False)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rating_round.id", ondelete="SET NULL"))
    low: Mapped[float]
    likely: Mapped[float]
    high: Mapped[float]
    reason: Mapped[str] = mapped_column(Text, default="")
    rated_at: Mapped[dt.datetime]

    @property
    def estimate(self) -> list[float]:
        return [self.low, self.likely, self.high]

    def is_by(self, actor: Actor) -> bool:
        """Whether this actor gave it."""
        return self.by.ids == actor.ids and (not actor.is_nobody or self.rater == actor.name)

    @property
    def by(self) -> Actor:
        return Actor(self.rater, self.person_id, self.token_id, self.guest_id)


@dataclass(frozen=True)
class Given:
    """What somebody said of one initiative in a rating round."""

    by: Actor
    is_customer: bool
    estimates: Mapping[RatedInput, list[float]]
    reason: str


async def rate(
    session: AsyncSession, initiative: Initiative, values: Mapping[str, Estimate], *, by: Actor, reason: str = ""
) -> dict[str, Any]:
    """Give or change one's own ratings: input -> (low, likely, high). Answers input -> [before, after]. Invalid names
    every input that is off its scale or out of order, and ``reason`` when it is too long or missing where it is
    needed."""
    estimates = checked_estimates(values)
    reason = checked_reason(reason)
    known = list(await session.scalars(of(initiative.id)))
    own = {rating.input: rating for rating in known if rating.is_by(by)}
    different = {name: each for name, each in estimates.items() if name not in own or own[name].estimate != each}
    expect_reason(reason, known, [own[name] for name in different if name in own])
    changes = {name.value: [own[name].estimate if name in own else None, each] for name, each in different.items()}
    for name, estimate in different.items():
        rating = _keep(session, initiative, own.get(name), name, estimate, by)
        rating.reason, rating.round_id = reason, None
    await _note(session, initiative, "rated", changes, by, reason)
    return changes


def checked_reason(reason: str) -> str:
    """Without blanks around it. Invalid when it is too long."""
    reason = reason.strip()
    if problem := wording.wrong(reason, REASON_MOST):
        raise Invalid({"reason": problem})
    return reason


def expect_reason(reason: str, known: Sequence[Rating], changed: Iterable[Rating]) -> None:
    """Invalid where one of the own ratings that change needs a reason and there is none."""
    if not reason and any(needs_reason(known, own) for own in changed):
        raise Invalid({"reason": Sentence(N_("Say why, so that others can follow."))})


def needs_reason(known: Iterable[Rating], own: Rating) -> bool:
    """Whether changing one's own rating, or taking it back, needs a word: it was given in a round, or raters are far apart."""
    if own.round_id is not None:
        return True
    spread = opinions.spread(opinions.Opinion(each.rater, each.likely) for each in known if each.input is own.input)
    return spread is not None and spread.is_contested


async def take_over(
    session: AsyncSession, initiative: Initiative, given: Sequence[Given], *, round_id: int, title: str
) -> bool:
    """What was said in a round becomes everybody's own rating, in the place of the one each had before. Whether that
    changed any; the suggestions are then to be refreshed."""
    known: dict[Ids, dict[RatedInput, Rating]] = defaultdict(dict)
    for rating in await session.scalars(of(initiative.id)):
        known[rating.by.ids][rating.input] = rating
    changed = False
    for each in given:
        own = known.get(each.by.ids, {})
        changes: dict[str, Any] = {}
        for name, estimate in each.estimates.items():
            before = own[name].estimate if name in own else None
            rating = _keep(session, initiative, own.get(name), name, estimate, each.by)
            rating.reason, rating.round_id, rating.is_customer = each.reason, round_id, each.is_customer
            changes |= {name.value: [before, estimate]} if before != estimate else {}
        if changes:
            told = changes | {"round": title} | ({"reason": each.reason} if each.reason else {})
            history.record(session, each.by, "rated", "initiative", initiative.id, told)
            changed = True
    if changed:
        await _counted(session, initiative)
    return changed


async def withdraw(
    session: AsyncSession,
    initiative: Initiative,
    inputs: Iterable[str] | None = None,
    *,
    by: Actor,
    reason: str = "",
) -> dict[str, Any]:
    """Take back one's own ratings of these inputs, or all of them. Invalid names ``reason`` as ``rate`` does."""
    wanted = set(RatedInput) if inputs is None else set(inputs)
    reason = checked_reason(reason)
    known = list(await session.scalars(of(initiative.id)))
    own = [rating for rating in known if rating.is_by(by) and rating.input in wanted]
    expect_reason(reason, known, own)
    for rating in own:
        await session.delete(rating)
    changes = {rating.input.value: [rating.estimate, None] for rating in own}
    await _note(session, initiative, "withdrew ratings", changes, by, reason)
    return changes


def shifted(estimate: Estimate, likely: float, lowest: float = 1) -> list[float]:
    """The same estimate around another likely value: low and high keep their distance, as far as the scale goes."""
    low, before, high = estimate
    moved = (likely - (before - low), likely, likely + (high - before))
    return [round(min(max(value, lowest), HIGHEST), 2) for value in moved]


def of(initiative_id: int) -> Select[Rating]:
    """All ratings of an initiative, raters by name."""
    return select(Rating).where(Rating.initiative_id == initiative_id).order_by(Rating.rater, Rating.id)


def checked_estimates(values: Mapping[str, Estimate]) -> dict[RatedInput, list[float]]:
    """By input, rounded to two decimals. Invalid names every input that is unknown, off its scale or out of order."""
    wrong = {name: text for name, estimate in values.items() if (text := _wrong(name, estimate))}
    if wrong:
        raise Invalid(wrong)
    return {RatedInput(name): [round(float(value), 2) for value in estimate] for name, estimate in values.items()}


def _wrong(name: str, estimate: Estimate) -> Sentence | None:
    if name not in set(RatedInput):
        return Sentence(N_("This is not something people rate."))
    lowest = RatedInput(name).lowest
    if len(estimate) != 3 or not all(math.isfinite(value) and lowest <= value <= HIGHEST for value in estimate):
        return Sentence(
            N_("Enter low, likely and high, each from %(lowest)s to %(highest)s."),
            {"lowest": lowest, "highest": HIGHEST},
        )
    if not estimate[0] <= estimate[1] <= estimate[2]:
        return Sentence(N_("Low must not be above likely, and likely not above high."))
    return None


def _keep(
    session: AsyncSession,
    initiative: Initiative,
    rating: Rating | None,
    name: RatedInput,
    estimate: list[float],
    by: Actor,
) -> Rating:
    if rating is None:
        rating = Rating(initiative_id=initiative.id, input=name, person_id=by.person_id, token_id=by.token_id)
        rating.guest_id = by.guest_id
        session.add(rating)
    rating.rater, rating.rated_at = by.name, history.now()
    rating.low, rating.likely, rating.high = estimate
    return rating


async def _note(
    session: AsyncSession, initiative: Initiative, verb: str, changes: Mapping[str, Any], by: Actor, reason: str = ""
) -> None:
    if not changes:
        return
    told = {**changes, "reason": reason} if reason else changes
    history.record(session, by, verb, "initiative", initiative.id, told)
    await _follow(session, initiative)


async def _follow(session: AsyncSession, initiative: Initiative) -> None:
    """Medians, score and suggestions follow the ratings."""
    await _counted(session, initiative)
    await suggestions.refresh(session, [initiative.id])


async def _counted(session: AsyncSession, initiative: Initiative) -> None:
    await session.flush()
    await recompute(session, initiative)
    initiative.touch()


async def recompute(session: AsyncSession, initiative: Initiative) -> None:
    """Put the medians of the likely values on the initiative; effort/benefit from the medians of both."""
    likely: dict[RatedInput, list[float]] = {name: [] for name in RatedInput}
    for name, value in await session.execute(
        select(Rating.input, Rating.likely).where(Rating.initiative_id == initiative.id)
    ):
        likely[name].append(value)
    for name, values in likely.items():
        setattr(initiative, f"rated_{name}", criteria.median(values))
    effort, benefit = initiative.rated_effort, initiative.rated_benefit
    initiative.rated_effort_benefit = (
        None if effort is None or benefit is None else criteria.effort_benefit(effort, benefit)
    )
