"""When triage proposes, lets go and asks again."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.errors import Text
from backlog.triage.rules import (
    Action,
    Cause,
    Reading,
    Reason,
    Snooze,
    Wake,
    comes_back,
    judge,
    reason_text,
    solved_text,
    wake_text,
    wakes,
)

THRESHOLD, PROBABILITY = 7.2, 0.8
RESTROOMS = Reading(score=6.9, n=412, shrunken=6.92, p_below=0.97)
ROADS = Reading(score=7.4, n=380, shrunken=7.39, p_below=0.06, change=-0.5, change_z=-3.1)
MAY, JUNE = dt.date(2018, 5, 1), dt.date(2018, 6, 1)


def test_a_touchpoint_probably_below_its_threshold_is_proposed() -> None:
    verdict = judge(RESTROOMS, THRESHOLD, PROBABILITY)

    assert verdict.action is Action.PROPOSE
    assert verdict.reasons == (Reason(Cause.LOW, 6.9, 412, 6.92, THRESHOLD, 0.97),)


def test_the_probability_asked_for_is_enough() -> None:
    assert judge(replace(RESTROOMS, p_below=0.8), THRESHOLD, 0.8).action is Action.PROPOSE
    assert judge(replace(RESTROOMS, p_below=0.7999), THRESHOLD, 0.8).action is Action.KEEP


def test_a_touchpoint_that_fell_beyond_its_noise_is_proposed() -> None:
    verdict = judge(ROADS, THRESHOLD, PROBABILITY)

    assert verdict.action is Action.PROPOSE
    (reason,) = verdict.reasons
    assert reason.cause is Cause.FELL
    assert reason.before == pytest.approx(7.9)
    assert reason.change == -0.5


@pytest.mark.parametrize(
    ("change", "z", "fell"),
    [(-0.3, -1.96, True), (-0.29, -4.0, False), (-2.0, -1.95, False), (0.8, 4.0, False), (None, None, False)],
)
def test_a_fall_counts_when_it_is_beyond_noise_and_can_be_felt(
    change: float | None, z: float | None, fell: bool
) -> None:
    assert replace(ROADS, change=change, change_z=z).fell is fell


def test_a_fall_of_three_tenths_counts_also_when_the_float_is_a_hair_less() -> None:
    assert replace(ROADS, change=6.9 - 7.2, change_z=-3.0).fell


def test_a_touchpoint_that_is_low_and_fell_has_both_reasons_low_first() -> None:
    verdict = judge(replace(RESTROOMS, change=-0.6, change_z=-4.0), THRESHOLD, PROBABILITY)

    assert [reason.cause for reason in verdict.reasons] == [Cause.LOW, Cause.FELL]


def test_a_candidate_closes_itself_once_it_is_more_likely_above_than_below() -> None:
    assert judge(replace(RESTROOMS, p_below=0.49), THRESHOLD, PROBABILITY).action is Action.SOLVED


@pytest.mark.parametrize("p_below", [0.5, 0.65, 0.79])
def test_between_the_lines_nothing_changes(p_below: float) -> None:
    assert judge(replace(RESTROOMS, p_below=p_below), THRESHOLD, PROBABILITY).action is Action.KEEP


def test_what_fell_and_stays_down_is_not_solved() -> None:
    stays_down = replace(ROADS, change=0.0, change_z=0.0)

    assert judge(stays_down, THRESHOLD, PROBABILITY, fallen_from=7.9).action is Action.KEEP
    assert judge(stays_down, THRESHOLD, PROBABILITY).action is Action.SOLVED


def test_what_fell_and_came_back_is_solved() -> None:
    recovered = replace(ROADS, score=7.7, change=0.3, change_z=2.2)

    assert judge(recovered, THRESHOLD, PROBABILITY, fallen_from=7.9).action is Action.SOLVED


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.5, 0.99))
def test_a_surer_low_is_never_judged_milder(one: float, other: float, probability: float) -> None:
    severity = [Action.SOLVED, Action.KEEP, Action.PROPOSE]
    milder, surer = sorted((one, other))

    verdicts = [judge(replace(RESTROOMS, p_below=p), THRESHOLD, probability).action for p in (milder, surer)]

    assert severity.index(verdicts[0]) <= severity.index(verdicts[1])


@pytest.mark.parametrize(("score", "back"), [(6.4, True), (6.3, True), (6.41, False), (6.9, False), (8.0, False)])
def test_a_dismissed_proposal_comes_back_when_the_score_drops_by_another_half(score: float, back: bool) -> None:
    assert comes_back(score_at_dismissal=6.9, score=score) is back


def test_half_a_point_is_half_a_point_also_in_floats() -> None:
    assert comes_back(score_at_dismissal=0.6, score=0.1)
    assert wakes(Snooze(0.7, MAY, change=0.5), JUNE, JUNE, 0.2) is Wake.CHANGE


def test_a_snoozed_candidate_wakes_on_its_date() -> None:
    snooze = Snooze(6.9, MAY, until=dt.date(2018, 9, 1))

    assert wakes(snooze, dt.date(2018, 8, 31), JUNE, 2.0) is None
    assert wakes(snooze, dt.date(2018, 9, 1), MAY, 6.9) is Wake.DATE
    assert wakes(snooze, dt.date(2018, 9, 2), MAY, 6.9) is Wake.DATE


def test_a_snoozed_candidate_wakes_at_the_next_survey() -> None:
    snooze = Snooze(6.9, MAY, survey=True)

    assert wakes(snooze, JUNE, MAY, 2.0) is None
    assert wakes(snooze, JUNE, JUNE, 6.9) is Wake.SURVEY


def test_an_import_of_older_years_wakes_nobody() -> None:
    assert wakes(Snooze(6.9, MAY, survey=True), JUNE, dt.date(2013, 5, 1), 6.9) is None


@pytest.mark.parametrize(("score", "wake"), [(6.4, Wake.CHANGE), (7.4, Wake.CHANGE), (6.41, None), (7.39, None)])
def test_a_snoozed_candidate_wakes_when_its_score_moves_by_half(score: float, wake: Wake | None) -> None:
    assert wakes(Snooze(6.9, MAY, change=0.5), JUNE, JUNE, score) is wake


@pytest.mark.parametrize(
    "snooze",
    [Snooze(6.9, MAY, until=JUNE), Snooze(6.9, MAY, survey=True), Snooze(6.9, MAY, change=0.5)],
)
def test_a_snooze_survives_being_stored(snooze: Snooze) -> None:
    assert Snooze.of_stored(json.loads(json.dumps(snooze.stored()))) == snooze


@pytest.mark.parametrize("reading", [RESTROOMS, ROADS])
def test_a_reason_survives_being_stored(reading: Reading) -> None:
    (reason,) = judge(reading, THRESHOLD, PROBABILITY).reasons

    assert Reason.of_stored(json.loads(json.dumps(reason.stored()))) == reason


def test_the_reasons_read_as_sentences() -> None:
    low, fell = judge(replace(RESTROOMS, change=-0.6, change_z=-4.0), THRESHOLD, PROBABILITY).reasons

    assert str(reason_text(low)) == "Scores 6.9 (n = 412): below 7.2 with a probability of 97%."
    assert str(reason_text(fell)) == (
        "Fell from 7.5 to 6.9 since the period before, more than chance explains (n = 412)."
    )


@pytest.mark.parametrize(("p_below", "percent"), [(0.9999, 99), (0.804, 80)])
def test_a_reason_never_claims_certainty(p_below: float, percent: int) -> None:
    (reason,) = judge(replace(RESTROOMS, p_below=p_below), THRESHOLD, PROBABILITY).reasons

    assert reason_text(reason).params["percent"] == percent


def test_a_solved_candidate_says_so() -> None:
    text = solved_text(replace(RESTROOMS, score=7.61, shrunken=7.6, p_below=0.001), THRESHOLD, THRESHOLD)

    assert str(text) == "Solved: now at 7.6, below 7.2 with a probability of only 1%."


def test_a_candidate_that_a_lower_threshold_closed_says_so() -> None:
    text = solved_text(replace(RESTROOMS, score=6.5, shrunken=6.5, p_below=0.001), 5.0, 7.2)
    risen = solved_text(replace(RESTROOMS, score=7.61, shrunken=7.6, p_below=0.001), 5.0, 7.2)

    assert str(text) == (
        "Closed: the threshold is lower now, 5.0 instead of 7.2; the score, 6.5, is below it with a probability of "
        "only 1%."
    )
    assert str(risen) == "Solved: now at 7.6, below 5.0 with a probability of only 1%."


@pytest.mark.parametrize("wake", list(Wake))
def test_every_waking_has_its_words(wake: Wake) -> None:
    assert isinstance(wake_text(wake), Text)
    assert str(wake_text(wake)).startswith("Back because")
