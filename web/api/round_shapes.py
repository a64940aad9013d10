"""What the API takes and tells of rating rounds."""

import datetime as dt

import msgspec

from backlog.initiatives.ratings import RatedInput
from backlog.rounds.guests import GuestKind
from web.api.ratings import Estimate
from web.api.round_results import ResultShown


class PersonInvited(msgspec.Struct, forbid_unknown_fields=True):
    """``for_customers``: stands for customers."""

    email: str
    for_customers: bool = False


class GuestInvited(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody from outside, who gets a link of their own."""

    name: str
    organisation: str = ""
    kind: GuestKind = GuestKind.CUSTOMER


class RoundGiven(msgspec.Struct, forbid_unknown_fields=True):
    """``initiatives``: 1 to 50 keys. ``tokens``: names of tokens that rate. ``closes_on``: the last day to rate (UTC); left
    out, the round ends when everybody has rated or it is closed."""

    title: str
    inputs: list[RatedInput]
    initiatives: list[str]
    people: list[PersonInvited] = []
    tokens: list[str] = []
    guests: list[GuestInvited] = []
    message: str = ""
    closes_on: dt.date | None = None


class RaterShown(msgspec.Struct):
    """How far somebody is, never what they said; ``is_awaited`` is false for who has left or is invited no more."""

    name: str
    is_guest: bool
    is_customer: bool
    answered: int
    asked: int
    is_awaited: bool


class RatedShown(msgspec.Struct):
    """One's own rating while the round is open; ``estimate`` null: cannot say."""

    key: str
    input: str
    estimate: Estimate | None
    reason: str


class OwnShown(msgspec.Struct):
    """What the caller has said; ``version`` is what a change of it is based on."""

    items: list[RatedShown]
    version: int


class RoundListed(msgspec.Struct):
    id: int
    title: str
    inputs: list[str]
    closes_on: dt.date | None
    opened_by: str
    opened_at: dt.datetime
    closed_by: str
    closed_at: dt.datetime | None
    rated: int
    awaited: int
    version: int


class RoundShown(RoundListed, kw_only=True):
    """``results`` are empty until it has ended. ``own``: null for who is not invited."""

    message: str
    initiatives: list[str]
    raters: list[RaterShown]
    results: list[ResultShown]
    own: OwnShown | None


class LinkShown(msgspec.Struct):
    guest: str
    link: str


class RoundOpened(msgspec.Struct):
    """``links`` are told this once and kept nowhere."""

    round: RoundShown
    links: list[LinkShown]


class Rated(msgspec.Struct, forbid_unknown_fields=True):
    """``estimate`` null says: cannot say. ``reason`` is of the whole initiative: said once, or the same each time."""

    key: str
    input: RatedInput
    estimate: Estimate | None
    reason: str = ""


class OwnGiven(msgspec.Struct, forbid_unknown_fields=True):
    """All that one says, in the place of what one said before; what is left out is not rated."""

    items: list[Rated]
    version: int | None = None


class ClosingGiven(msgspec.Struct, forbid_unknown_fields=True):
    version: int | None = None
