"""What the data suggests for importance, urgency and maturity."""

import math
from collections.abc import Sequence
from dataclasses import asdict, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.evidence.statistics import Sums, interval
from backlog.initiatives.criteria import (
    CHECKS,
    Checklist,
    Criterion,
    Reach,
    Worth,
    criteria_of,
    effort_benefit,
    median,
    suggest_importance,
    suggest_maturity,
    suggest_urgency,
)
from backlog.initiatives.initiative import Initiative

NOTHING_DONE = Checklist(evidence=False, problem=False, effect=False, lead=False, effort=False, dependencies=False)


def test_a_criterion_is_what_people_say_else_what_the_data_suggests_else_missing() -> None:
    shuttle = Initiative(title="Shuttle", rated_importance=8.0, suggested_importance=3.0, suggested_urgency=6.5)

    assert criteria_of(shuttle) == {
        "importance": Criterion(8.0, "rated"),
        "urgency": Criterion(6.5, "suggested"),
        "maturity": Criterion(None, "missing"),
        "effort_benefit": Criterion(None, "missing"),
    }


def test_stated_importance_is_weighted_by_how_many_customers_meet_the_touchpoint() -> None:
    restrooms, car_rental = Reach(2600, 2800, stated=Worth(9.0, 100)), Reach(650, 2800, stated=Worth(4.0, 100))

    suggestion = suggest_importance([restrooms, car_rental])

    assert suggestion is not None
    assert suggestion.value == 8.0
    assert str(suggestion.reason) == "What customers say it is worth to them, from 200 answers."


def test_without_stated_importance_the_share_of_customers_who_meet_it_counts() -> None:
    suggestion = suggest_importance([Reach(700, 2800), Reach(2100, 2800)])

    assert suggestion is not None
    assert suggestion.value == 7.5
    assert str(suggestion.reason) == "75% of the customers asked meet it."


def test_stated_importance_counts_before_reach() -> None:
    suggestion = suggest_importance([Reach(700, 2800, stated=Worth(9.0, 100)), Reach(2800, 2800)])

    assert suggestion is not None
    assert suggestion.value == 9.0


def test_what_goes_with_the_outcome_counts_where_nobody_was_asked() -> None:
    security = Reach(2400, 2800, derived=Worth(10.0, 2296, 9.0, 10.0, "recommend"))
    wifi = Reach(1200, 2800, derived=Worth(1.3, 1970, 0.9, 1.9, "recommend"))

    suggestion = suggest_importance([security, wifi, Reach(2800, 2800)])

    assert suggestion is not None
    assert suggestion.value == 7.1  # twice as many meet the first
    assert suggestion.spread == 0.5
    assert str(suggestion.reason) == (
        "How much goes with “recommend”, from 4266 answers: 6.3 to 7.3, where 5 is average."
    )


def test_what_customers_say_counts_before_what_is_derived() -> None:
    derived = Worth(1.3, 1970, 0.9, 1.9, "recommend")

    suggestion = suggest_importance(
        [Reach(700, 2800, Worth(9.0, 40, 8.5, 9.5), derived), Reach(700, 2800, None, derived)]
    )

    assert suggestion is not None
    assert (suggestion.value, suggestion.spread) == (9.0, 0.5)
    assert str(suggestion.reason) == "What customers say it is worth to them, from 40 answers: 8.5 to 9.5."


def test_stated_importance_without_reach_is_a_plain_mean() -> None:
    suggestion = suggest_importance([Reach(0, 0, stated=Worth(9.0, 100)), Reach(0, 0, stated=Worth(6.0, 100))])

    assert suggestion is not None
    assert suggestion.value == 7.5


def spread(*stated: Worth) -> float:
    suggestion = suggest_importance([Reach(1400, 2800, stated=each) for each in stated])
    assert suggestion is not None
    return suggestion.spread


def test_what_a_single_customer_says_is_worth_it_may_be_anything() -> None:
    assert spread(Worth(8.0, 1)) == 5.0
    assert spread(Worth(8.0, 100, 7.6, 8.4), Worth(8.0, 1)) == 2.7


@given(st.lists(st.sampled_from([0.0, 2.5, 5.0, 7.5, 10.0]), min_size=2, max_size=2), st.sampled_from([None, 0.4, 3.0]))
def test_more_answers_of_the_same_kind_never_leave_more_open(pair: list[float], other: float | None) -> None:
    beside = [] if other is None else [Worth(7.0, 50, 7.0 - other, 7.0 + other)]

    spreads = [spread(worth(answers), *beside) for answers in (pair[:1], pair, pair * 5, pair * 50)]

    assert spreads == sorted(spreads, reverse=True)


def worth(answers: Sequence[float]) -> Worth:
    n = len(answers)
    sums = Sums(n, n, n, math.fsum(answers), math.fsum(each * each for each in answers))
    return Worth(sums.mean or 0.0, n, *(interval(sums) or (None, None)))


@pytest.mark.parametrize("touchpoints", [[], [Reach(0, 0)], [Reach(0, 2800)]])
def test_without_answers_no_importance_is_suggested(touchpoints: list[Reach]) -> None:
    assert suggest_importance(touchpoints) is None


@pytest.mark.parametrize(
    ("gap", "p_below", "trend", "value"),
    [
        (0.0, 0.0, None, 0.0),
        (-2.0, 0.0, 0.5, 0.0),
        (0.3, 0.96, None, 5.1),
        (1.5, 1.0, -0.5, 7.5),
        (3.0, 1.0, -1.0, 10.0),
        (6.0, 1.0, -4.0, 10.0),
        (-0.5, 0.1, -0.6, 1.7),
    ],
)
def test_urgency_is_certainty_and_gap_and_fall(gap: float, p_below: float, trend: float | None, value: float) -> None:
    assert suggest_urgency(gap, p_below, trend).value == value


@pytest.mark.parametrize(
    ("gap", "trend", "reason"),
    [
        (0.3, -0.6, "0.3 below the threshold, and 0.6 less than in the period before."),
        (0.3, None, "0.3 below the threshold, and not falling."),
        (-1.0, -0.6, "Not below the threshold, but 0.6 less than in the period before."),
        (-1.0, 0.2, "Not below the threshold, and not falling."),
    ],
)
def test_urgency_says_why(gap: float, trend: float | None, reason: str) -> None:
    assert str(suggest_urgency(gap, 0.5, trend).reason) == reason


@given(st.floats(-10, 10), st.floats(0, 1), st.floats(-10, 10), st.floats(0, 10), st.floats(0, 1))
def test_a_worse_touchpoint_is_never_less_urgent(
    gap: float, p_below: float, trend: float, more: float, surer: float
) -> None:
    value = suggest_urgency(gap, p_below, trend).value

    assert 0 <= value <= 10
    assert suggest_urgency(gap + more, p_below, trend).value >= value
    assert suggest_urgency(gap, max(p_below, surer), trend).value >= value
    assert suggest_urgency(gap, p_below, trend - more).value >= value


def test_an_initiative_with_nothing_done_is_immature_in_everything() -> None:
    readiness = suggest_maturity(NOTHING_DONE)

    assert readiness.value == 0
    assert readiness.missing == tuple(CHECKS)


def test_maturity_is_the_share_of_checks_met_and_names_the_others() -> None:
    readiness = suggest_maturity(
        Checklist(evidence=True, problem=True, effect=False, lead=True, effort=False, dependencies=True)
    )

    assert readiness.value == 6.7
    assert readiness.missing == ("effect", "effort")
    assert str(readiness.reason) == "4 of 6 checks are met."


def test_every_check_has_its_words() -> None:
    assert list(CHECKS) == [field.name for field in fields(Checklist)]


@pytest.mark.parametrize("name", list(CHECKS))
def test_each_check_counts(name: str) -> None:
    assert suggest_maturity(Checklist(**{**asdict(NOTHING_DONE), name: True})).value == 1.7


@pytest.mark.parametrize(
    ("effort", "benefit", "value"),
    [(3, 3, 5.0), (2, 8, 8.01), (8, 2, 1.99), (1, 10, 10.0), (10, 1, 0.0), (10, 10, 5.0)],
)
def test_effort_against_benefit_is_a_clipped_logarithm(effort: float, benefit: float, value: float) -> None:
    assert effort_benefit(effort, benefit) == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize(
    ("effort", "benefit", "named"), [(0, 5, "effort"), (5, 10.1, "benefit"), (5, math.nan, "benefit")]
)
def test_effort_and_benefit_off_their_scale_are_refused(effort: float, benefit: float, named: str) -> None:
    with pytest.raises(ValueError, match=f"{named} is between 1 and 10"):
        effort_benefit(effort, benefit)


def test_the_median_of_raters() -> None:
    assert median([8.6, 9.5, 9.0]) == 9.0
    assert median([4, 7]) == 5.5
    assert median([]) is None


def test_the_suggested_urgency_is_as_sure_as_the_survey() -> None:
    """A score of 4.5 under a threshold of 5: known from many answers, or from few."""
    many, few = (suggest_urgency(0.5, p_below=0.99, deviation=deviation) for deviation in (0.1, 1.5))

    assert many.value == few.value
    assert many.spread == 0.2
    assert few.spread == round((5 + 3 * (0.5 + 1.645 * 1.5) / 3 - 0) / 2, 1)
    assert suggest_urgency(0.5, p_below=1.0).spread == 0
