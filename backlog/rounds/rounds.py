"""Rating rounds: several people rate the same initiatives, none of them seeing what the others say before it ends."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy import Text as LongText
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backlog import history
from backlog.database import Base, Id, Name, Versioned, find
from backlog.errors import N_, Conflict, Invalid, NotFound, Text
from backlog.history import Actor
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.ratings import RatedInput

SUBJECT = "rating_round"


class RatingRound(Versioned, Base):
    """Open until everybody has rated, somebody closes it, or ``closes_on`` (UTC, the last day to rate) is over.
    ``inputs`` in the order in which people rate; ``closed_by`` is empty while it is open."""

    __tablename__ = "rating_round"

    id: Mapped[Id]
    title: Mapped[Name]
    message: Mapped[str] = mapped_column(LongText, default="")
    inputs: Mapped[list[Any]]
    closes_on: Mapped[dt.date | None]
    opened_by: Mapped[Name]
    opened_at: Mapped[dt.datetime]
    closed_by: Mapped[str] = mapped_column(String(200), default="")
    closed_at: Mapped[dt.datetime | None]

    @property
    def asked(self) -> list[RatedInput]:
        return [RatedInput(name) for name in self.inputs]

    @property
    def is_open(self) -> bool:
        """Takes ratings now."""
        return self.closed_at is None and not self.is_due

    @property
    def is_due(self) -> bool:
        """Its last day is over, though it has not been closed yet."""
        return self.closed_at is None and self.closes_on is not None and self.closes_on < history.now().date()


class RoundInitiative(Base):
    """An initiative that is rated in a round."""

    __tablename__ = "rating_round_initiative"

    round_id: Mapped[int] = mapped_column(ForeignKey("rating_round.id", ondelete="CASCADE"), primary_key=True)
    initiative_id: Mapped[int] = mapped_column(
        ForeignKey("initiative.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]


class RoundRater(Versioned, Base):
    """Somebody invited: a person, a token or a guest. ``secret_hash`` is the SHA-256 of what a guest's link carries.
    The version goes up with each change of what they have rated."""

    __tablename__ = "rating_round_rater"
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        UniqueConstraint("round_id", "token_id"),
        UniqueConstraint("round_id", "guest_id"),
    )

    id: Mapped[Id]
    round_id: Mapped[int] = mapped_column(ForeignKey("rating_round.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    token_id: Mapped[int | None] = mapped_column(ForeignKey("token.id", ondelete="SET NULL"))
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("guest.id", ondelete="SET NULL"))
    name: Mapped[Name]
    is_customer: Mapped[bool] = mapped_column(default=False)
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    withdrawn_at: Mapped[dt.datetime | None]
    rated_at: Mapped[dt.datetime | None]

    @property
    def actor(self) -> Actor:
        return Actor(self.name, self.person_id, self.token_id, self.guest_id)


class RoundRating(Base):
    """What somebody said in a round about one input of one initiative; without numbers: that they cannot say."""

    __tablename__ = "rating_round_rating"
    __table_args__ = (
        UniqueConstraint("rater_id", "initiative_id", "input"),
        CheckConstraint("low <= likely and likely <= high", name="order"),
    )

    id: Mapped[Id]
    rater_id: Mapped[int] = mapped_column(ForeignKey("rating_round_rater.id", ondelete="CASCADE"))
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiative.id", ondelete="CASCADE"), index=True)
    input: Mapped[RatedInput]
    low: Mapped[float | None]
    likely: Mapped[float | None]
    high: Mapped[float | None]
    reason: Mapped[str] = mapped_column(LongText, default="")

    @property
    def estimate(self) -> list[float] | None:
        """Low, likely, high; None where they cannot say."""
        if self.low is None or self.likely is None or self.high is None:
            return None
        return [self.low, self.likely, self.high]


def listed() -> Select[RatingRound]:
    """The open ones first, then those that ended last."""
    return select(RatingRound).order_by(
        RatingRound.closed_at.is_not(None), RatingRound.closed_at.desc(), RatingRound.id.desc()
    )


async def get(session: AsyncSession, round_id: int, *, for_change: bool = False) -> RatingRound:
    """NotFound when there is none. ``for_change`` lets those who rate or close it at once come one after the other."""
    found = await find(session, RatingRound, round_id, for_change=for_change)
    if found is None:
        raise NotFound(N_("There is no such rating round."))
    return found


async def raters(session: AsyncSession, round_id: int) -> Sequence[RoundRater]:
    """Everybody invited, by name; also those whose invitation was withdrawn."""
    found = select(RoundRater).where(RoundRater.round_id == round_id).order_by(RoundRater.name, RoundRater.id)
    return (await session.scalars(found)).all()


async def initiatives_of(session: AsyncSession, round_id: int) -> Sequence[Initiative]:
    """What is rated, in the order in which it was chosen."""
    found = (
        select(Initiative)
        .join(RoundInitiative, RoundInitiative.initiative_id == Initiative.id)
        .where(RoundInitiative.round_id == round_id)
        .order_by(RoundInitiative.position)
    )
    return (await session.scalars(found)).all()


async def rater_of(session: AsyncSession, round_id: int, actor: Actor) -> RoundRater | None:
    """This person's, token's or guest's own invitation, unless it was withdrawn."""
    if actor.is_nobody:
        return None
    invited = [each for each in await raters(session, round_id) if each.withdrawn_at is None]
    return next((each for each in invited if each.actor.ids == actor.ids), None)


def expect_open(found: RatingRound) -> None:
    """Conflict when it takes no ratings any more."""
    if not found.is_open:
        raise Conflict(N_("This rating round has ended. What you entered was not kept."))


async def invitations(session: AsyncSession, actor: Actor, initiative_id: int | None = None) -> Sequence[RatingRound]:
    """The open rounds this actor is invited to, those of one initiative where one is given."""
    if actor.is_nobody:
        return []
    found = _invitations(actor)
    if initiative_id is not None:
        among = select(RoundInitiative.round_id).where(RoundInitiative.initiative_id == initiative_id)
        found = found.where(RatingRound.id.in_(among))
    return (await session.scalars(found)).all()


def _invitations(actor: Actor) -> Select[RatingRound]:
    return (
        select(RatingRound)
        .join(RoundRater, RoundRater.round_id == RatingRound.id)
        .where(
            RoundRater.person_id.is_not_distinct_from(actor.person_id),
            RoundRater.token_id.is_not_distinct_from(actor.token_id),
            RoundRater.guest_id.is_not_distinct_from(actor.guest_id),
            RoundRater.withdrawn_at.is_(None),
            RatingRound.closed_at.is_(None),
        )
        .order_by(RatingRound.id)
    )


async def asked_of(session: AsyncSession, actor: Actor, initiative_id: int) -> dict[RatedInput, RatingRound]:
    """The inputs of an initiative that an open round asks of this actor: of these the ratings of others are
    kept from them until it ends, and their own belong into the round."""
    return (await asked_among(session, actor, [initiative_id])).get(initiative_id, {})


async def asked_among(
    session: AsyncSession, actor: Actor, initiative_ids: Collection[int]
) -> dict[int, dict[RatedInput, RatingRound]]:
    """``asked_of`` by initiative, in one query; without those of which no open round asks anything."""
    if actor.is_nobody or not initiative_ids:
        return {}
    rows = await session.execute(
        _invitations(actor)
        .join(RoundInitiative, RoundInitiative.round_id == RatingRound.id)
        .where(RoundInitiative.initiative_id.in_(initiative_ids))
        .add_columns(RoundInitiative.initiative_id)
    )
    asked: dict[int, dict[RatedInput, RatingRound]] = defaultdict(dict)
    for found, initiative_id in rows:
        asked[initiative_id] |= dict.fromkeys(found.asked, found)
    return dict(asked)


async def expect_free(session: AsyncSession, initiative_id: int, inputs: Iterable[str], by: Actor) -> None:
    """Invalid by input, where an open round asks this person or token for it: rated elsewhere it would not be blind."""
    asked = await asked_of(session, by, initiative_id)
    said = N_("You are invited to the rating round “%(title)s”: rate it there, so that it stays blind until it ends.")
    if wrong := {name: Text(said, {"title": asked[RatedInput(name)].title}) for name in inputs if name in asked}:
        raise Invalid(wrong)
