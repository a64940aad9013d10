"""The steps of an initiative: from where, to where, and what each needs. No database."""

import pytest

from backlog import history
from backlog.errors import Conflict, Invalid
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import MOVES, NEEDS, NotYet, Stage, Verb, next_verb, possible
from backlog.people.roles import Role


def bags(stage: Stage = Stage.PROPOSED, **values: object) -> Initiative:
    """An initiative that has all that any step needs."""
    complete = {
        "problem": "Nobody knows where the bag is.",
        "next_step": "Pier A only.",
        "effect": "6.5 by June.",
        "lead_id": 7,
        "rated_effort": 3.0,
        "rated_benefit": 8.0,
        "suggested_importance": 9.0,
        "rated_urgency": 8.0,
    }
    return Initiative(id=87, title="Where is my bag", stage=stage, stage_since=history.now(), **(complete | values))


def test_an_initiative_walks_from_proposed_to_done() -> None:
    initiative = bags()

    initiative.start_scoring(has_evidence=True)
    initiative.make_ready()
    initiative.start_delivery()
    initiative.start_measuring()
    initiative.finish()

    assert initiative.stage is Stage.DONE


def test_scoring_needs_a_problem_and_evidence_and_says_both() -> None:
    initiative = bags(problem="  ")

    with pytest.raises(NotYet) as refused:
        initiative.start_scoring(has_evidence=False)

    assert refused.value.missing == ("problem", "evidence")
    assert str(refused.value) == "Before this step it needs: a problem, evidence (a touchpoint or an insight)."
    assert initiative.stage is Stage.PROPOSED


def test_ready_needs_lead_step_effort_benefit_importance_and_urgency() -> None:
    initiative = Initiative(title="Where is my bag", stage=Stage.SCORING, problem="", next_step="", effect="")

    with pytest.raises(NotYet) as refused:
        initiative.make_ready()

    assert refused.value.missing == ("lead", "next_step", "effort", "benefit", "importance", "urgency")


@pytest.mark.parametrize("missing", ["lead_id", "next_step", "rated_effort", "rated_benefit", "rated_urgency"])
def test_each_need_of_ready_is_held_alone(missing: str) -> None:
    initiative = bags(Stage.SCORING, **{missing: "" if missing == "next_step" else None})

    with pytest.raises(NotYet) as refused:
        initiative.make_ready()

    assert len(refused.value.missing) == 1


def test_measuring_needs_an_expected_effect() -> None:
    initiative = bags(Stage.IN_DELIVERY, effect="")

    with pytest.raises(NotYet) as refused:
        initiative.start_measuring()

    assert refused.value.missing == ("effect",)


def test_a_step_cannot_be_skipped() -> None:
    initiative = bags(Stage.PROPOSED)

    with pytest.raises(Conflict) as refused:
        initiative.start_delivery()

    assert str(refused.value) == ("“Start delivery” is not possible now: the initiative is in the stage “Proposed”.")


@pytest.mark.parametrize("stage", [Stage.PROPOSED, Stage.SCORING, Stage.READY, Stage.IN_DELIVERY, Stage.MEASURING])
def test_a_parked_initiative_wakes_where_it_was(stage: Stage) -> None:
    initiative = bags(stage)

    initiative.park("Waits for the new belt controllers")
    assert (initiative.stage, initiative.stage_reason) == (Stage.PARKED, "Waits for the new belt controllers")
    initiative.wake()

    assert initiative.stage is stage
    assert initiative.stage_before is None


def test_sending_back_is_one_step_with_a_reason() -> None:
    initiative = bags(Stage.READY)

    initiative.send_back("The effort was never asked of the belt operator")

    assert initiative.stage is Stage.SCORING


def test_a_proposed_initiative_cannot_be_sent_back() -> None:
    with pytest.raises(Conflict):
        bags(Stage.PROPOSED).send_back("Too early")


@pytest.mark.parametrize("verb", [Verb.PARK, Verb.DROP, Verb.SEND_BACK])
@pytest.mark.parametrize("reason", ["", "   ", "x" * 2_001, "with a \0 in it"])
def test_parking_dropping_and_sending_back_need_a_reason_that_can_be_kept(verb: Verb, reason: str) -> None:
    initiative = bags(Stage.READY)

    with pytest.raises(Invalid) as refused:
        initiative.move(verb, reason=reason)

    assert "reason" in refused.value.fields
    assert initiative.stage is Stage.READY


def test_a_dropped_initiative_can_only_be_reopened() -> None:
    initiative = bags(Stage.PARKED)
    initiative.drop("The belts are replaced in spring")

    assert possible(initiative.stage) == (Verb.REOPEN,)
    initiative.reopen()

    assert initiative.stage is Stage.PROPOSED


@pytest.mark.parametrize(
    ("stage", "verb"),
    [
        (Stage.PROPOSED, Verb.START_SCORING),
        (Stage.IN_DELIVERY, Verb.START_MEASURING),
        (Stage.MEASURING, Verb.FINISH),
        (Stage.PARKED, Verb.WAKE),
        (Stage.DONE, None),
        (Stage.DROPPED, None),
    ],
)
def test_each_stage_knows_the_verb_that_leads_on(stage: Stage, verb: Verb | None) -> None:
    assert next_verb(stage) is verb


def test_every_need_has_words_and_every_verb_a_role() -> None:
    assert {need for move in MOVES.values() for need in move.needs} == set(NEEDS)
    assert all(move.role.may(Role.DEPARTMENT_LEAD) for move in MOVES.values())
