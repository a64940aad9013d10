"""How far a rating round is: who has rated, of whom it still waits. Never what they said."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.people.tokens import Token
from backlog.rounds.rounds import RatingRound, RoundInitiative, RoundRater, RoundRating

MAY_NOT = [role for role in Role if not role.may(Role.CONTRIBUTOR)]


@dataclass(frozen=True)
class Standing:
    """How far one rater is: ``answered`` of ``asked`` inputs of initiatives. ``is_gone``: cannot sign in any more, or may
    not rate any more."""

    rater: RoundRater
    answered: int
    asked: int
    is_gone: bool

    @property
    def is_done(self) -> bool:
        return self.answered >= self.asked

    @property
    def is_awaited(self) -> bool:
        """Of those who are gone, or whose invitation was withdrawn, nothing more is awaited."""
        return not self.is_gone and self.rater.withdrawn_at is None


@dataclass(frozen=True)
class Progress:
    """Everybody invited, by name."""

    standings: Sequence[Standing]

    @property
    def awaited(self) -> int:
        return sum(each.is_awaited for each in self.standings)

    @property
    def done(self) -> int:
        return sum(each.is_awaited and each.is_done for each in self.standings)

    @property
    def is_complete(self) -> bool:
        return self.done == self.awaited


async def of(session: AsyncSession, found: RatingRound) -> Progress:
    return (await of_all(session, [found]))[found.id]


async def of_all(session: AsyncSession, found: Sequence[RatingRound]) -> dict[int, Progress]:
    """By the id of the round."""
    ids = [each.id for each in found]
    initiatives = select(RoundInitiative.round_id, func.count().label("n")).where(RoundInitiative.round_id.in_(ids))
    many = {row.round_id: row.n for row in await session.execute(initiatives.group_by(RoundInitiative.round_id))}
    asked = {each.id: many.get(each.id, 0) * len(each.inputs) for each in found}
    standings: dict[int, list[Standing]] = {each: [] for each in ids}
    for rater, answered, gone in await session.execute(_raters(ids)):
        standings[rater.round_id].append(Standing(rater, answered, asked[rater.round_id], bool(gone)))
    return {number: Progress(known) for number, known in standings.items()}


def _raters(ids: Sequence[int]) -> Select[RoundRater, int, bool]:
    answered = select(func.count()).where(RoundRating.rater_id == RoundRater.id).correlate(RoundRater).scalar_subquery()
    gone = or_(
        Person.disabled_at.is_not(None),
        Token.revoked_at.is_not(None),
        Person.role.in_(MAY_NOT),
        Token.role.in_(MAY_NOT),
    )
    return (
        select(RoundRater, answered, gone)
        .outerjoin(Person, Person.id == RoundRater.person_id)
        .outerjoin(Token, Token.id == RoundRater.token_id)
        .where(RoundRater.round_id.in_(ids))
        .order_by(RoundRater.name, RoundRater.id)
    )
