"""How a journey is laid out: phases in order, touchpoints in order within each. Pure; every verb answers a new one."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from backlog import wording
from backlog.errors import N_, Invalid, NotFound, Text

MOST_PHASES, MOST_STOPS = 30, 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """One phase: its id (None while it is new), its name, and the ids of its touchpoints in order."""

    name: str
    touchpoints: tuple[int, ...] = ()
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Phases and touchpoints are named by where they stand, counted from 0. NotFound for a place there is not."""

    parts: tuple[Part, ...] = ()

    def add(self, name: str) -> "Arrangement":
        """A new last phase."""
        return Arrangement((*self.parts, Part(name)))

    def rename(self, at: int, name: str) -> "Arrangement":
        return self.with_part(at, replace(self.part(at), name=name))

    def move(self, at: int, by: int) -> "Arrangement":
        """A phase ``by`` places to the end (negative: to the front); it stops at either end."""
        self.part(at)
        return Arrangement(tuple(moved(self.parts, at, by)))

    def remove(self, at: int) -> "Arrangement":
        """Without this phase; its touchpoints leave the journey unless they stand in another one."""
        self.part(at)
        return Arrangement(self.parts[:at] + self.parts[at + 1 :])

    def place(self, at: int, touchpoint_id: int) -> "Arrangement":
        """A touchpoint at the end of a phase. Invalid when it stands there already."""
        part = self.part(at)
        if touchpoint_id in part.touchpoints:
            raise Invalid({"touchpoint": N_("It stands in this phase already.")})
        return self.with_part(at, replace(part, touchpoints=(*part.touchpoints, touchpoint_id)))

    def fill(self, name: str, places: Mapping[int, int | None]) -> "Arrangement":
        """These touchpoints (id -> position from 1 on) in the phase of this name, a new last one if there is none. One
        with a position stands before what stood there; one without stays where it is, or comes last."""
        key = wording.one_line(name).casefold()
        at = next((at for at, part in enumerate(self.parts) if part.name.casefold() == key), None)
        if at is None:
            return self.add(name).fill(name, places)
        order = {number: (float(place), 1) for place, number in enumerate(self.parts[at].touchpoints, 1)}
        for number, position in places.items():
            if position is not None:
                order[number] = (position, 0)
            order.setdefault(number, (math.inf, 1))
        return self.with_part(at, replace(self.parts[at], touchpoints=tuple(sorted(order, key=order.__getitem__))))

    def shift(self, at: int, stop: int, by: int) -> "Arrangement":
        """A touchpoint one place up (-1) or down (+1); beyond the edge into the phase beside it, if there is one."""
        part = self.part(at)
        touchpoint_id = self.stop(at, stop)
        if 0 <= stop + by < len(part.touchpoints):
            return self.with_part(at, replace(part, touchpoints=tuple(moved(part.touchpoints, stop, by))))
        beside = at + by
        if not 0 <= beside < len(self.parts) or touchpoint_id in self.parts[beside].touchpoints:
            return self
        there = self.parts[beside].touchpoints
        there = (*there, touchpoint_id) if by < 0 else (touchpoint_id, *there)
        left = self.unplace(at, stop)
        return left.with_part(beside, replace(self.parts[beside], touchpoints=there))

    def unplace(self, at: int, stop: int) -> "Arrangement":
        """Without this touchpoint in this phase."""
        self.stop(at, stop)
        part = self.part(at)
        return self.with_part(at, replace(part, touchpoints=part.touchpoints[:stop] + part.touchpoints[stop + 1 :]))

    def part(self, at: int) -> Part:
        if not 0 <= at < len(self.parts):
            raise NotFound(N_("There is no such phase any more."))
        return self.parts[at]

    def stop(self, at: int, stop: int) -> int:
        touchpoints = self.part(at).touchpoints
        if not 0 <= stop < len(touchpoints):
            raise NotFound(N_("This touchpoint does not stand here any more."))
        return touchpoints[stop]

    def keeping_ids_of(self, known: "Arrangement") -> "Arrangement":
        """New phases get the id of the known phase of that name, so that they stay the same phases."""
        ids = {part.name.casefold(): part.id for part in known.parts}
        return Arrangement(tuple(replace(part, id=part.id or ids.get(part.name.casefold())) for part in self.parts))

    def checked(self) -> "Arrangement":
        """With outer blanks gone. Invalid when names are missing, too long or doubled, or there are too many of them;
        its fields are ``phase-ID`` for phases that are known, ``phase`` for new ones."""
        parts = tuple(replace(part, name=wording.one_line(part.name)) for part in self.parts)
        wrong: dict[str, Text] = {}
        for at, part in enumerate(parts):
            problem = wording.wrong(part.name, wording.NAME_MOST, required=True)
            if problem is None and part.name.casefold() in {other.name.casefold() for other in parts[:at]}:
                problem = Text(N_("Two phases cannot have the same name."))
            if problem is None and len(part.touchpoints) > MOST_STOPS:
                problem = Text(N_("A phase takes at most %(most)s touchpoints."), {"most": MOST_STOPS})
            if problem is None and len(set(part.touchpoints)) < len(part.touchpoints):
                problem = Text(N_("A touchpoint stands in a phase only once."))
            if problem is not None:
                wrong[f"phase-{part.id}" if part.id else "phase"] = problem
        if len(parts) > MOST_PHASES:
            wrong["phase"] = Text(N_("A journey takes at most %(most)s phases."), {"most": MOST_PHASES})
        if wrong:
            raise Invalid(wrong)
        return Arrangement(parts)

    def touchpoints(self) -> set[int]:
        return {touchpoint_id for part in self.parts for touchpoint_id in part.touchpoints}

    def with_part(self, at: int, part: Part) -> "Arrangement":
        return Arrangement((*self.parts[:at], part, *self.parts[at + 1 :]))


def moved(things: Sequence[T], at: int, by: int) -> Iterable[T]:
    """The same things with the one at ``at`` moved ``by`` places, at most to either end."""
    rest = [thing for place, thing in enumerate(things) if place != at]
    to = max(0, min(len(rest), at + by))
    return [*rest[:to], things[at], *rest[to:]]
