"""How far a rating round is: who has rated, of whom it still waits. Never what they said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, func, or_, select
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


@dataclass(frozen=True)
class Count:
    """Of how many raters a round waits, those who have rated all included, and how many of them have."""

    awaited: int = 0
    done: int = 0


async def of(session: AsyncSession, found: RatingRound) -> Progress:
    asked = (await _asked(session, [found]))[found.id]
    rows = await session.execute(_raters(found.id))
    return Progress([Standing(rater, answered, asked, bool(gone)) for rater, answered, gone in rows])


async def counts(session: AsyncSession, found: Sequence[RatingRound]) -> dict[int, Count]:
    """By the id of the round, added up in the database: a list of rounds needs no rater by name."""
    asked, reached = await _asked(session, found), {each.id: Count() for each in found}
    for number, answered, n in await session.execute(_counted(list(asked))):
        before = reached[number]
        reached[number] = Count(before.awaited + n, before.done + (n if answered >= asked[number] else 0))
    return reached


async def _asked(session: AsyncSession, found: Sequence[RatingRound]) -> dict[int, int]:
    """How many inputs of initiatives each round asks, by its id."""
    initiatives = select(RoundInitiative.round_id, func.count().label("n")).group_by(RoundInitiative.round_id)
    rows = await session.execute(initiatives.where(RoundInitiative.round_id.in_([each.id for each in found])))
    many = {row.round_id: row.n for row in rows}
    return {each.id: many.get(each.id, 0) * len(each.inputs) for each in found}


GONE = func.coalesce(
    or_(
        Person.disabled_at.is_not(None),
        Token.revoked_at.is_not(None),
        Person.role.in_(MAY_NOT),
        Token.role.in_(MAY_NOT),
    ),
    false(),
)
"""Where no person and no token is beside a rater, a role says nothing."""


def _standings() -> Select[*tuple[Any, ...]]:
    answered = select(func.count()).where(RoundRating.rater_id == RoundRater.id).correlate(RoundRater).scalar_subquery()
    return (
        select(RoundRater.round_id, answered.label("answered"), GONE.label("gone"), RoundRater.withdrawn_at)
        .outerjoin(Person, Person.id == RoundRater.person_id)
        .outerjoin(Token, Token.id == RoundRater.token_id)
    )


def _raters(round_id: int) -> Select[*tuple[Any, ...]]:
    found = _standings().where(RoundRater.round_id == round_id).order_by(RoundRater.name, RoundRater.id)
    columns = found.selected_columns
    return found.with_only_columns(RoundRater, columns.answered, columns.gone)


def _counted(ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    each = _standings().where(RoundRater.round_id.in_(ids), RoundRater.withdrawn_at.is_(None), ~GONE).subquery()
    return select(each.c.round_id, each.c.answered, func.count()).group_by(each.c.round_id, each.c.answered)
