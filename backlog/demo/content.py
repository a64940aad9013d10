"""What the demo tells, as it lies in airport.json and initiatives.json; a misspelt field is an error."""

from functools import cache
from pathlib import Path

import msgspec

from backlog.evidence.journeys import Scenario
from backlog.evidence.touchpoints import Access, Ownership
from backlog.initiatives.stages import Stage
from backlog.people.roles import Role
from backlog.rounds.guests import GuestKind
from backlog.triage.candidates import Dismissal

FOLDER = Path(__file__).parent


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every field in the file is known here."""


class Entry(Known, frozen=True):
    """A department (with its code), persona or interaction layer."""

    name: str
    description: str
    code: str = ""


class Colleague(Known, frozen=True):
    """``department`` is its code."""

    email: str
    name: str
    role: Role
    department: str

    @property
    def key(self) -> str:
        """What initiatives.json calls the person: the part of the address before the @."""
        return self.email.partition("@")[0]


class Place(Known, frozen=True):
    """A touchpoint; ``target`` (0-10) where it is not the threshold."""

    name: str
    channel: str
    ownership: Ownership
    access: Access
    department: str
    expectation: str
    target: float | None = None
    description: str = ""


class Phase(Known, frozen=True):
    name: str
    touchpoints: list[str]


class Journey(Known, frozen=True):
    name: str
    scenario: Scenario
    persona: str
    description: str
    phases: list[Phase]


class Nomination(Known, frozen=True):
    touchpoint: str
    reason: str
    review_in_days: int


class Merge(Known, frozen=True):
    """The candidate of the touchpoint became part of the initiative of this title."""

    touchpoint: str
    initiative: str


class Dismissed(Known, frozen=True):
    touchpoint: str
    reason: Dismissal
    note: str


class View(Known, frozen=True):
    """A saved view that everybody sees; ``query`` as in the address of the backlog."""

    name: str
    query: str


class Weighting(Known, frozen=True):
    """Percent by criterion, why, and by whom (a colleague's key)."""

    weights: dict[str, float]
    reason: str
    by: str


class Said(Known, frozen=True):
    """The weights a colleague would like: by this way, from what was entered."""

    by: str
    way: str
    inputs: dict[str, int | str]
    reason: str


class Visitor(Known, frozen=True):
    """A guest of a rating round."""

    name: str
    organisation: str
    kind: GuestKind


class Asking(Known, frozen=True):
    """A rating round, opened so many days ago. ``initiatives`` by title, ``people`` by their keys, some of them
    ``for_customers``; ``said``: rater (a colleague's key or a guest's name) -> for each initiative in turn input -> low,
    likely, high, null for who cannot say. ``closes_in`` days from today, null where everybody has rated."""

    title: str
    message: str
    by: str
    days_ago: int
    inputs: list[str]
    initiatives: list[str]
    people: list[str]
    guests: list[Visitor]
    said: dict[str, list[dict[str, tuple[float, float, float] | None]]]
    for_customers: list[str] = []
    closes_in: int | None = None


class Putting(Known, frozen=True):
    """An initiative that a colleague (by key) put at a position so many days ago, and for so many more from today."""

    initiative: str
    position: int
    reason: str
    by: str
    days_ago: int
    ends_in: int


class Quality(Known, frozen=True):
    """An attribute of the positioning; ``tests``: verdict and note of each."""

    name: str
    tests: dict[str, tuple[str, str]]


class Airport(Known, frozen=True):
    """``snoozed`` names touchpoints whose candidates sleep until the next survey."""

    organisation: str
    settings: dict[str, float]
    departments: list[Entry]
    personas: list[Entry]
    layers: list[Entry]
    people: list[Colleague]
    journeys: list[Journey]
    touchpoints: list[Place]
    signatures: list[Nomination]
    snoozed: list[str]
    merged: list[Merge]
    dismissed: list[Dismissed]
    views: list[View]
    positioning: list[Quality]
    opinions: list[Said]
    rounds: list[Asking]
    placed: list[Putting]
    agreed: Weighting
    proposed: Weighting


class Story(Known, frozen=True):
    """An initiative. ``lead`` and ``contributing`` are codes of departments, ``themes`` and ``quotes`` how the coded
    themes and the written answers begin that it rests on. ``ratings``: colleague -> input -> low, likely, high.
    ``candidate``: triage proposed its first touchpoint. ``urgency``: how it goes over time, where ``day`` is so many days
    from today."""

    title: str
    touchpoints: list[str]
    lead: str
    contributing: list[str]
    stage: Stage
    problem: str
    next_step: str
    effect: str
    themes: list[str]
    quotes: list[str]
    comments: list[tuple[str, str]]
    ratings: dict[str, dict[str, tuple[float, float, float]]]
    candidate: bool = False
    reason: str = ""
    dependencies: str = ""
    independent: bool = False
    urgency: dict[str, str | float] = {}


@cache
def airport() -> Airport:
    return msgspec.json.decode((FOLDER / "airport.json").read_bytes(), type=Airport)


@cache
def stories() -> tuple[Story, ...]:
    return msgspec.json.decode((FOLDER / "initiatives.json").read_bytes(), type=tuple[Story, ...])
