"""The forms of rating rounds: what a new one asks and of whom, and what a rater says in it."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from litestar.datastructures import FormMultiDict

from backlog.errors import N_, Invalid, Text
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.ratings import RatedInput
from backlog.rounds.answers import Answers, Place, named
from backlog.rounds.guests import GuestKind
from backlog.rounds.openings import GuestGiven, Invited, Proposal
from backlog.rounds.rounds import RoundRating
from web.forms import decimal

GUEST_ROWS = 10
PARTS = ("low", "likely", "high")
LONGEST_NUMBER = 40  # characters kept of what should be a number
Typed = Mapping[str, str]


@dataclass(frozen=True)
class Wanted:
    """What the form of a new round says, as it was typed; ``guests`` are name, organisation and kind of each row."""

    title: str = ""
    message: str = ""
    inputs: Sequence[str] = tuple(name.value for name in RatedInput)
    initiatives: Sequence[str] = ()
    others: str = ""
    closes_on: str = ""
    people: Sequence[str] = ()
    customers: Sequence[str] = ()
    guests: Sequence[tuple[str, str, str]] = ()

    @classmethod
    def read(cls, form: FormMultiDict) -> "Wanted":
        texts = {name: str(form.get(name, "")).replace("\r\n", "\n") for name in ("title", "message", "others")}
        rows = [[str(form.get(f"{part}_{row}", "")) for part in ("guest", "organisation", "kind")] for row in _rows()]
        return cls(
            **texts,
            closes_on=str(form.get("closes_on", "")).strip(),
            inputs=_several(form, "inputs"),
            initiatives=_several(form, "initiatives"),
            people=_several(form, "people"),
            customers=_several(form, "customers"),
            guests=[(name, organisation, kind) for name, organisation, kind in rows],
        )

    def proposal(self) -> Proposal:
        """Invalid when the day is none; everything else is looked at when the round is opened."""
        keys = [*self.initiatives, *self.others.replace(",", " ").replace(";", " ").split()]
        people, customers = _ids(self.people), _ids(self.customers)
        guests = [_guest(*row) for row in self.guests if row[0].strip() or row[1].strip()]
        invited = Invited(people, for_customers=customers, guests=guests)
        return Proposal(self.title, self.inputs, keys, invited, self.message, _day(self.closes_on))


def _rows() -> range:
    return range(1, GUEST_ROWS + 1)


def _several(form: FormMultiDict, name: str) -> list[str]:
    return [str(each) for each in form.getall(name, [])]


def _ids(texts: Iterable[str]) -> list[int]:
    return [int(each) if each.isascii() and each.isdigit() and len(each) < 10 else 0 for each in texts]


def _guest(name: str, organisation: str, kind: str) -> GuestGiven:
    return GuestGiven(name, organisation, GuestKind(kind) if kind in set(GuestKind) else GuestKind.CUSTOMER)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid({"closes_on": Text(N_("Enter a day, such as 2026-12-24."))}) from None


@dataclass(frozen=True)
class Said:
    """What a rater typed: field -> text for each place, and which places they cannot say anything about."""

    texts: Typed = field(default_factory=dict)
    unable: frozenset[str] = frozenset()

    @classmethod
    def read(cls, form: FormMultiDict, places: Iterable[Place], ids: Iterable[int]) -> "Said":
        names = [named(name, number) for number, name in places]
        texts = {
            f"{name}_{part}": str(form.get(f"{name}_{part}", "")).strip()[:LONGEST_NUMBER]
            for name in names
            for part in PARTS
        }
        reasons = {f"reason_{number}": str(form.get(f"reason_{number}", "")).replace("\r\n", "\n") for number in ids}
        return cls(texts | reasons, frozenset(name for name in names if f"unable_{name}" in form))

    @classmethod
    def of(cls, answers: Mapping[Place, RoundRating]) -> "Said":
        """As it was kept; only likely where low and high are the same."""
        texts: dict[str, str] = {}
        for (number, name), answer in answers.items():
            texts[f"reason_{number}"] = answer.reason or texts.get(f"reason_{number}", "")
            low, likely, high = answer.estimate or ("", "", "")
            parts = {"likely": likely} if low == high else {"low": low, "likely": likely, "high": high}
            texts |= {f"{named(name, number)}_{part}": written(value) for part, value in parts.items()}
        unable = frozenset(named(name, number) for (number, name), each in answers.items() if each.estimate is None)
        return cls(texts, unable)

    def answers(self, places: Iterable[Place], ids: Iterable[int]) -> Answers:
        """Invalid names every place that is no number, or says both a number and that they cannot say. Where only likely
        is given, low and high are the same."""
        values: dict[Place, Sequence[float] | None] = {}
        wrong: dict[str, Text] = {}
        for number, name in places:
            at = named(name, number)
            parts = {part: self.texts.get(f"{at}_{part}", "") for part in PARTS}
            if at in self.unable:
                values[number, name] = None
                if any(parts.values()):
                    wrong[at] = Text(N_("Either give numbers or say that you cannot say, not both."))
            elif any(parts.values()) and not parts["likely"]:
                wrong[at] = Text(
                    N_("Likely is missing. Enter what you think, such as 6.5; low and high say how sure you are.")
                )
            elif any(parts.values()):
                try:
                    values[number, name] = [decimal(parts[part] or parts["likely"]) for part in PARTS]
                except ValueError:
                    wrong[at] = Text(N_("Enter numbers for low, likely and high, such as 6.5."))
        if wrong:
            raise Invalid(wrong)
        return Answers(values, {number: self.texts.get(f"reason_{number}", "") for number in ids})


def written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def places(asked: Iterable[RatedInput], rated: Sequence[Initiative]) -> list[Place]:
    inputs = list(asked)
    return [(initiative.id, name) for initiative in rated for name in inputs]
