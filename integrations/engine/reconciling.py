"""What is to happen to a link: three-way comparison of each field, ours and theirs against what both last were. Pure.

The base keeps both sides of the moment in which a field was last in step, so a tracker that writes a value in its own
way (line ends, a list's bullets, a shortened title) has not changed it, and no round trip ever causes a write.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from backlog.trackers.conflicts import Side
from backlog.trackers.fields import Direction, Field, OnBoth, Rule

Values = Mapping[Field, Any]
"""JSON values by field, in the form of the tracker; a field that is not in it cannot be compared now."""
Base = Mapping[str, list[Any]]
"""Field -> [ours, theirs] when both were last in step; theirs None: ours is deliberately not there (`elsewhere`)."""


@dataclass(frozen=True, slots=True)
class Both:
    """A field that both sides changed. ``base`` is what both last were, None at first."""

    base: list[Any] | None
    ours: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Plan:
    """``outward`` is written to the tracker, ``inward`` taken from it. ``asked`` waits for a person, ``decided`` was
    settled by the rule or by a person; ``overruled``: a change on the side that does not lead, which is lost. ``settled``
    are fields whose base becomes what both are now, without anything to be done."""

    outward: Mapping[Field, Any] = field(default_factory=dict)
    inward: Mapping[Field, Any] = field(default_factory=dict)
    asked: Mapping[Field, Both] = field(default_factory=dict)
    decided: Mapping[Field, tuple[Both, Side]] = field(default_factory=dict)
    overruled: Mapping[Field, Both] = field(default_factory=dict)
    settled: frozenset[Field] = frozenset()

    @property
    def is_done(self) -> bool:
        """Nothing is left to do by itself."""
        return not self.outward and not self.inward


def plan(
    base: Base,
    ours: Values,
    theirs: Values,
    rules: Mapping[Field, Rule],
    *,
    lacking: Collection[Field] = (),
    decisions: Mapping[Field, Side] | None = None,
) -> Plan:
    """``lacking``: fields whose place is gone from the issue (somebody deleted our block, or took it off the board): they
    are put back, a status when the stage has changed, and never taken for an empty value. ``decisions``: what people
    decided about these same values."""
    made = _Making({}, {}, {}, {}, {}, set())
    for name, rule in rules.items():
        if name in lacking:
            if not _is_left_out(name, rule, base.get(name), ours.get(name)):
                made.outward[name] = ours[name]
        elif name in ours and name in theirs:
            mine, yours, known = ours[name], theirs[name], base.get(name)
            if mine != yours:
                made.add(name, rule, known, mine, yours, (decisions or {}).get(name))
            elif known is None or known[0] != mine or known[1] != yours:
                made.settled.add(name)
    return Plan(
        made.outward, made.inward, made.asked, made.decided, made.overruled, frozenset(made.settled)
    )  # fmt: skip


def elsewhere(ours: Any) -> list[Any]:
    """The base of a field that has no place of its own in the issue, since the issue says it already."""
    return [ours, None]


def _is_left_out(name: Field, rule: Rule, base: list[Any] | None, ours: Any) -> bool:
    """Whether a field whose place is gone is not to be put back."""
    if rule.direction is Direction.IN or is_empty(ours):
        return True
    if base is not None and name is Field.STAGE:
        return rule.direction is Direction.ONCE or base[0] == ours
    return base is not None and (rule.direction is Direction.ONCE or base == elsewhere(ours))


@dataclass(slots=True)
class _Making:
    outward: dict[Field, Any]
    inward: dict[Field, Any]
    asked: dict[Field, Both]
    decided: dict[Field, tuple[Both, Side]]
    overruled: dict[Field, Both]
    settled: set[Field]

    def add(
        self, name: Field, rule: Rule, base: list[Any] | None, ours: Any, theirs: Any, decision: Side | None
    ) -> None:
        if base is None:
            self._first(name, rule, ours, theirs, decision)
            return
        mine, yours = ours != base[0], theirs != base[1]
        if mine or yours:
            self._changed(name, rule, Both(base, ours, theirs), (mine, yours), decision)

    def _changed(self, name: Field, rule: Rule, both: Both, changed: tuple[bool, bool], decision: Side | None) -> None:
        """``changed``: whether ours did, whether theirs did."""
        mine, yours = changed
        match rule.direction:
            case Direction.ONCE:
                return
            case Direction.OUT:
                self._write(name, both.ours, both if yours else None)
            case Direction.IN:
                self._take(name, both.theirs, both if mine else None)
            case Direction.BOTH if mine and yours:
                self._settle(name, rule, both, decision)
            case Direction.BOTH if mine:
                self.outward[name] = both.ours
            case Direction.BOTH:
                self.inward[name] = both.theirs

    def _first(self, name: Field, rule: Rule, ours: Any, theirs: Any, decision: Side | None) -> None:
        """They meet for the first time: what is empty is filled, what differs is left as each has it, but a stage and
        a status that do not fit are asked about."""
        if rule.direction is Direction.IN or (rule.direction is Direction.BOTH and is_empty(ours)):
            self.inward[name] = theirs
        elif is_empty(theirs) or (rule.direction is Direction.OUT and not is_empty(ours)):
            self.outward[name] = ours
        elif name is Field.STAGE and rule.direction is Direction.BOTH:
            self._settle(name, rule, Both(None, ours, theirs), decision)
        else:
            self.settled.add(name)

    def _write(self, name: Field, ours: Any, lost: Both | None) -> None:
        self.outward[name] = ours
        if lost is not None:
            self.overruled[name] = lost

    def _take(self, name: Field, theirs: Any, lost: Both | None) -> None:
        self.inward[name] = theirs
        if lost is not None:
            self.overruled[name] = lost

    def _settle(self, name: Field, rule: Rule, both: Both, decision: Side | None) -> None:
        side = decision or {OnBoth.OURS: Side.OURS, OnBoth.THEIRS: Side.THEIRS}.get(rule.on_both)
        if side is None:
            self.asked[name] = both
            return
        self.decided[name] = (both, side)
        if side is Side.OURS:
            self.outward[name] = both.ours
        else:
            self.inward[name] = both.theirs


def is_empty(value: Any) -> bool:
    return value is None or value in ("", [])
