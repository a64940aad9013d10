"""Laws of the three-way comparison, for every base, every two sides and every mapping."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from backlog.trackers.conflicts import Side
from backlog.trackers.fields import Direction, Field, OnBoth, Rule
from integrations.engine.reconciling import Base, Both, Plan, elsewhere, is_empty, plan

FIELDS = (Field.TITLE, Field.PROBLEM, Field.STAGE, Field.DUE, Field.LABELS)
WORDS = st.sampled_from(["Shorter queues", "Queues under ten minutes", "Open lane 4", "Passengers wait 40 minutes."])
VALUES = st.one_of(st.none(), st.just(""), WORDS, st.lists(WORDS, max_size=2))
RULES = st.builds(Rule, direction=st.sampled_from(Direction), on_both=st.sampled_from(OnBoth))


@dataclass(frozen=True)
class Sides:
    """Everything one comparison sees."""

    base: Mapping[str, list[Any]]
    ours: Mapping[Field, Any]
    theirs: Mapping[Field, Any]
    rules: Mapping[Field, Rule]
    lacking: frozenset[Field]
    decisions: Mapping[Field, Side]

    @property
    def plan(self) -> Plan:
        return plan(
            self.base, self.ours, self.theirs, self.rules, lacking=self.lacking, decisions=self.decisions
        )  # fmt: skip


@st.composite
def some(draw: st.DrawFn, rules: st.SearchStrategy[Rule] = RULES, *, is_known: bool = False) -> Sides:
    """``is_known``: every field was in step before, and its place is there."""
    ours = {name: draw(VALUES) for name in FIELDS}
    theirs = {name: draw(VALUES) for name in FIELDS}
    known = FIELDS if is_known else draw(st.sets(st.sampled_from(FIELDS)))
    return Sides(
        base={name: [draw(VALUES), draw(VALUES)] for name in known},
        ours=ours,
        theirs=theirs,
        rules={name: draw(rules) for name in FIELDS},
        lacking=frozenset() if is_known else frozenset(draw(st.sets(st.just(Field.PROBLEM)))),
        decisions=draw(st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(Side))),
    )


def only(direction: Direction) -> st.SearchStrategy[Rule]:
    return st.builds(Rule, direction=st.just(direction), on_both=st.sampled_from(OnBoth))


def carried_out(sides: Sides) -> Sides:
    """As it is after the plan: what was written and taken is on both sides, and the base says so."""
    made = sides.plan
    ours = {**sides.ours, **made.inward}
    theirs = {**sides.theirs, **made.outward}
    settled = made.settled | made.inward.keys() | made.outward.keys()
    in_step: Base = {name: [ours[name], theirs[name]] for name in settled}
    base: Base = {**sides.base, **in_step}
    return Sides(base, ours, theirs, sides.rules, sides.lacking - made.outward.keys(), {})


@given(some(is_known=True))
def test_what_nobody_changed_causes_nothing(sides: Sides) -> None:
    base: Base = {name: [sides.ours[name], sides.theirs[name]] for name in FIELDS}

    made = plan(base, sides.ours, sides.theirs, sides.rules, decisions=sides.decisions)

    assert made == Plan()


@given(some(only(Direction.BOTH), is_known=True))
def test_what_changed_only_here_is_written_and_nothing_taken(sides: Sides) -> None:
    base: Base = {name: [sides.base[name][0], sides.theirs[name]] for name in FIELDS}

    made = plan(base, sides.ours, sides.theirs, sides.rules)

    changed = {name for name in FIELDS if sides.ours[name] not in (base[name][0], sides.theirs[name])}
    assert made.outward == {name: sides.ours[name] for name in changed}
    assert not {*made.inward, *made.asked, *made.decided, *made.overruled}


@given(some(only(Direction.BOTH), is_known=True))
def test_what_changed_only_there_is_taken_and_nothing_written(sides: Sides) -> None:
    base: Base = {name: [sides.ours[name], sides.base[name][1]] for name in FIELDS}

    made = plan(base, sides.ours, sides.theirs, sides.rules)

    changed = {name for name in FIELDS if sides.theirs[name] not in (base[name][1], sides.ours[name])}
    assert made.inward == {name: sides.theirs[name] for name in changed}
    assert not {*made.outward, *made.asked, *made.decided, *made.overruled}


@given(some(only(Direction.BOTH), is_known=True))
def test_what_both_changed_is_asked_about_unless_somebody_or_a_rule_decided(sides: Sides) -> None:
    base: Base = {name: [f"{value} before" for value in sides.base[name]] for name in FIELDS}

    made = plan(base, sides.ours, sides.theirs, sides.rules, decisions=sides.decisions)

    for name in FIELDS:
        both = Both(base[name], sides.ours[name], sides.theirs[name])
        won = sides.decisions.get(name) or ruled(sides.rules[name].on_both)
        if both.ours == both.theirs:
            assert name in made.settled
        elif won is None:
            assert made.asked[name] == both
            assert name not in made.outward.keys() | made.inward.keys()
        else:
            assert made.decided[name] == (both, won)
            assert (made.outward if won is Side.OURS else made.inward)[name] == getattr(both, won.value)


def ruled(rule: OnBoth) -> Side | None:
    return {OnBoth.OURS: Side.OURS, OnBoth.THEIRS: Side.THEIRS}.get(rule)


@given(some())
def test_after_a_plan_was_carried_out_the_next_has_nothing_to_do(sides: Sides) -> None:
    after = carried_out(sides)

    again = after.plan

    assert again.is_done, again
    assert not {*again.decided, *again.overruled, *again.settled}
    assert again.asked == sides.plan.asked


@given(some())
def test_no_value_goes_without_a_trace(sides: Sides) -> None:
    """A value that a side loses is what that side said in agreement before, or its loss is told of."""
    made, after = sides.plan, carried_out(sides)

    for name in FIELDS:
        told = made.asked.keys() | made.decided.keys() | made.overruled.keys()
        base = sides.base.get(name)
        for before, now, was in (
            (sides.ours[name], after.ours[name], base and base[0]),
            (sides.theirs[name], after.theirs[name], base and base[1]),
        ):
            if now == before or is_empty(before) or name in told or name in sides.lacking:
                continue
            leads = sides.rules[name].direction in (Direction.IN, Direction.OUT)
            assert before == was or (base is None and leads), (name, sides, made)


@given(some(only(Direction.OUT)))
def test_a_field_that_goes_out_takes_nothing_in(sides: Sides) -> None:
    made = sides.plan

    assert not {*made.inward, *made.asked}


@given(some(only(Direction.IN)))
def test_a_field_that_comes_in_writes_nothing(sides: Sides) -> None:
    made = sides.plan

    assert not {*made.outward, *made.asked}


@given(some(only(Direction.ONCE)))
def test_a_field_written_once_is_left_alone_from_then_on(sides: Sides) -> None:
    made = sides.plan

    assert not {*made.inward, *made.asked, *made.decided, *made.overruled}
    assert not made.outward.keys() & sides.base.keys()
    first = {name for name in FIELDS if name not in sides.base and not is_empty(sides.ours[name])}
    assert {name for name in first if name in sides.lacking or is_empty(sides.theirs[name])} <= made.outward.keys()


@given(some(), st.randoms())
def test_the_order_of_fields_does_not_matter(sides: Sides, random: Any) -> None:
    names = list(FIELDS)
    random.shuffle(names)

    shuffled = plan(
        {name: sides.base[name] for name in names if name in sides.base},
        {name: sides.ours[name] for name in names},
        {name: sides.theirs[name] for name in names},
        {name: sides.rules[name] for name in names},
        lacking=sides.lacking,
        decisions=sides.decisions,
    )

    assert shuffled == sides.plan


@given(some(is_known=True))
def test_a_field_no_side_can_speak_of_is_passed_over(sides: Sides) -> None:
    ours: dict[Field, Any] = {name: value for name, value in sides.ours.items() if name is not Field.STAGE}

    made = plan(sides.base, ours, sides.theirs, sides.rules, decisions=sides.decisions)

    whole = made.outward.keys() | made.inward.keys() | made.asked.keys() | made.decided.keys() | made.settled
    assert Field.STAGE not in whole


@given(some())
def test_a_place_that_is_gone_is_put_back_and_never_taken_for_empty(sides: Sides) -> None:
    assume(sides.lacking)

    made, ours = sides.plan, sides.ours[Field.PROBLEM]

    assert Field.PROBLEM not in made.inward.keys() | made.asked.keys() | made.overruled.keys()
    leads = sides.rules[Field.PROBLEM].direction in (Direction.OUT, Direction.BOTH)
    if leads and not is_empty(ours) and sides.base.get(Field.PROBLEM) != elsewhere(ours):
        assert made.outward[Field.PROBLEM] == ours


@given(some())
def test_what_the_issue_says_elsewhere_is_not_repeated_in_a_place_of_its_own(sides: Sides) -> None:
    base: Base = {**sides.base, Field.PROBLEM: elsewhere(sides.ours[Field.PROBLEM])}

    made = plan(base, sides.ours, sides.theirs, sides.rules, lacking={Field.PROBLEM}, decisions=sides.decisions)

    assert Field.PROBLEM not in made.outward


@given(some())
def test_only_mapped_fields_are_looked_at(sides: Sides) -> None:
    made = plan(sides.base, sides.ours, sides.theirs, {}, lacking=sides.lacking, decisions=sides.decisions)

    assert made == Plan()
