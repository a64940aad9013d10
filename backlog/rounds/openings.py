"""Opening a rating round: what is rated, who is invited, until when."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, wording
from backlog.database import LARGEST_ID
from backlog.errors import N_, Invalid, Text
from backlog.history import Actor
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.keys import key_of, number_of
from backlog.initiatives.ratings import RatedInput
from backlog.people.persons import Person
from backlog.people.roles import Role
from backlog.people.tokens import Token
from backlog.rounds import guests
from backlog.rounds.guests import GuestKind
from backlog.rounds.rounds import SUBJECT, RatingRound, RoundInitiative, RoundRater

INITIATIVES_MOST, RATERS_MOST = 50, 50
MESSAGE_MOST = 5_000  # characters


@dataclass(frozen=True)
class GuestGiven:
    name: str
    organisation: str = ""
    kind: GuestKind = GuestKind.CUSTOMER


@dataclass(frozen=True)
class Invited:
    """Persons and tokens by id; ``for_customers``: which of the persons stand for customers. ``unknown``: what
    was given for somebody there is not."""

    person_ids: Sequence[int] = ()
    token_ids: Sequence[int] = ()
    for_customers: Sequence[int] = ()
    guests: Sequence[GuestGiven] = ()
    unknown: Sequence[str] = ()

    @property
    def n(self) -> int:
        return len(self.person_ids) + len(self.token_ids) + len(self.guests) + len(self.unknown)


@dataclass(frozen=True)
class Proposal:
    """A round as somebody wants it; ``inputs`` and ``keys`` (of initiatives) as they were entered."""

    title: str
    inputs: Sequence[str]
    keys: Sequence[str]
    invited: Invited
    message: str = ""
    closes_on: dt.date | None = None


def raters_to_choose() -> Select[Person]:
    """Who may be invited among those who can sign in, by name."""
    may = [role for role in Role if role.may(Role.CONTRIBUTOR)]
    return select(Person).where(Person.role.in_(may), Person.disabled_at.is_(None)).order_by(Person.name, Person.id)


async def open_round(session: AsyncSession, wanted: Proposal, *, by: Actor) -> RatingRound:
    """Invalid names what is wrong: ``title``, ``message``, ``inputs``, ``initiatives``, ``raters``, ``guests``,
    ``closes_on``."""
    title, message = wording.one_line(wanted.title), wanted.message.strip()
    ids, unknown = await _initiative_ids(session, wanted.keys)
    persons, tokens = await _persons(session, wanted.invited), await _tokens(session, wanted.invited)
    invited = [_plain(each) for each in wanted.invited.guests]
    checks = {
        "title": wording.wrong(title, wording.NAME_MOST, required=True),
        "message": wording.wrong(message, MESSAGE_MOST),
        "inputs": _wrong_inputs(wanted.inputs),
        "initiatives": _wrong_initiatives(ids, unknown),
        "raters": _wrong_raters(wanted.invited, persons, tokens),
        "guests": _wrong_guests(invited),
        "closes_on": _wrong_day(wanted.closes_on),
    }
    if wrong := {name: text for name, text in checks.items() if text is not None}:
        raise Invalid(wrong)
    asked = [name.value for name in RatedInput if name.value in wanted.inputs]
    found = RatingRound(title=title, message=message, inputs=asked, closes_on=wanted.closes_on, opened_by=by.name)
    found.opened_at = history.now()
    session.add(found)
    await session.flush()
    session.add_all(RoundInitiative(round_id=found.id, initiative_id=each, position=at) for at, each in enumerate(ids))
    session.add_all(RoundRater(round_id=found.id, **each) for each in _members(wanted.invited, persons, tokens))
    for each in sorted(invited, key=lambda guest: guests.key(guest.name, guest.organisation)):  # all lock in one order
        guest = await guests.known(session, each.name, each.organisation, each.kind)
        is_customer = each.kind is GuestKind.CUSTOMER
        session.add(RoundRater(round_id=found.id, guest_id=guest.id, name=guest.label, is_customer=is_customer))
    await session.flush()
    told = {"title": title, "initiatives": [key_of(each) for each in ids], "inputs": asked, "raters": wanted.invited.n}
    history.record(session, by, "opened the round", SUBJECT, found.id, told)
    return found


def _members(invited: Invited, persons: Iterable[Person], tokens: Iterable[Token]) -> list[dict[str, object]]:
    of_persons: list[dict[str, object]] = [
        {"person_id": each.id, "name": each.name, "is_customer": each.id in invited.for_customers} for each in persons
    ]
    return of_persons + [{"token_id": each.id, "name": each.name} for each in tokens]


def _plain(guest: GuestGiven) -> GuestGiven:
    return GuestGiven(wording.one_line(guest.name), wording.one_line(guest.organisation), guest.kind)


async def _initiative_ids(session: AsyncSession, keys: Sequence[str]) -> tuple[list[int], list[str]]:
    """The ids in the order of the keys, each once, and the keys there is nothing of."""
    numbers = {key: number_of(key) or 0 for key in dict.fromkeys(keys[: 10 * INITIATIVES_MOST])}
    sought = [number for number in numbers.values() if 0 < number <= LARGEST_ID]
    known = set(await session.scalars(select(Initiative.id).where(Initiative.id.in_(sought))))
    ids = dict.fromkeys(number for number in numbers.values() if number in known)
    return list(ids), [key for key, number in numbers.items() if number not in known]


async def _persons(session: AsyncSession, invited: Invited) -> Sequence[Person]:
    ids = [each for each in invited.person_ids[:RATERS_MOST] if 0 < each <= LARGEST_ID]
    return (await session.scalars(raters_to_choose().where(Person.id.in_(ids)))).all()


async def _tokens(session: AsyncSession, invited: Invited) -> Sequence[Token]:
    may = [role for role in Role if role.may(Role.CONTRIBUTOR)]
    ids = [each for each in invited.token_ids[:RATERS_MOST] if 0 < each <= LARGEST_ID]
    found = select(Token).where(Token.id.in_(ids), Token.revoked_at.is_(None), Token.role.in_(may))
    return (await session.scalars(found)).all()


def _wrong_inputs(inputs: Sequence[str]) -> Text | None:
    if not inputs:
        return Text(N_("Choose at least one thing to rate."))
    if any(name not in set(RatedInput) for name in inputs):
        return Text(N_("This is not something people rate."))
    return None


def _wrong_initiatives(ids: Sequence[int], unknown: Sequence[str]) -> Text | None:
    if unknown:
        return Text(N_("There is no initiative %(key)s."), {"key": unknown[0][:40]})
    if not ids:
        return Text(N_("Choose at least one initiative to rate."))
    if len(ids) > INITIATIVES_MOST:
        return Text(
            N_("Choose at most %(most)s initiatives; these are %(n)s."), {"most": INITIATIVES_MOST, "n": len(ids)}
        )
    return None


def _wrong_raters(invited: Invited, persons: Sequence[Person], tokens: Sequence[Token]) -> Text | None:
    if invited.n == 0:
        return Text(N_("Invite at least one person or guest: a round without raters can never end."))
    if invited.n > RATERS_MOST:
        return Text(N_("Invite at most %(most)s people; these are %(n)s."), {"most": RATERS_MOST, "n": invited.n})
    if invited.unknown:
        return Text(N_("Nobody here is called %(name)s."), {"name": invited.unknown[0][:100]})
    for chosen in (invited.person_ids, invited.token_ids):
        if len(set(chosen)) < len(chosen):
            return Text(N_("Somebody is invited twice. Invite each person once."))
    if len(persons) < len(invited.person_ids) or len(tokens) < len(invited.token_ids):
        return Text(N_("Somebody chosen cannot rate: the account is disabled or its role does not allow it."))
    if not set(invited.for_customers) <= set(invited.person_ids):
        return Text(N_("Somebody stands for customers without being invited. Invite them too, or clear the mark."))
    return None


def _wrong_guests(invited: Sequence[GuestGiven]) -> Text | None:
    for guest in invited:
        if not guest.name:
            return Text(N_("Each guest needs a name."))
        problem = wording.wrong(guest.name, guests.NAME_MOST, required=True)
        if problem := problem or wording.wrong(guest.organisation, guests.ORGANISATION_MOST):
            return problem
    named = Counter((guest.name.casefold(), guest.organisation.casefold()) for guest in invited)
    twice = next(
        (guest.name for guest in invited if named[guest.name.casefold(), guest.organisation.casefold()] > 1), None
    )
    if twice is not None:
        return Text(
            N_("%(name)s stands among the guests twice. Invite each guest once, or name the organisations."),
            {"name": twice},
        )
    return None


def _wrong_day(day: dt.date | None) -> Text | None:
    if day is not None and day < history.now().date():
        return Text(N_("This day is over. Choose today or a later day, or leave it empty."))
    return None
