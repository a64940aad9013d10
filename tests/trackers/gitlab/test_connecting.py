"""A new connection: what the account may do, what there is to choose from, and the mapping it begins with."""

import pytest

from backlog.initiatives.stages import Stage
from backlog.trackers.fields import Field
from integrations.errors import Unauthorized
from integrations.gitlab.kind import KIND
from tests.trackers.gitlab.airport import Airport


async def failing(at: Airport, token: str) -> dict[str, str]:
    """What the account may not do, and why."""
    checks = await at.signed_in(token).check()
    return {str(each.name): str(each.problem) for each in checks if each.problem}


async def test_a_token_of_the_project_may_do_everything(at: Airport) -> None:
    assert await failing(at, "glpat-waymark") == {}
    assert (await at.gitlab.me()).is_us


async def test_a_guest_may_comment_and_read(at: Airport) -> None:
    found = await failing(at, "lena")

    assert found.keys() == {"can write", "may label", "may set the status", "may register webhooks"}
    assert "Reporter" in found["may label"]


async def test_a_role_by_a_group_that_was_invited_counts(at: Airport) -> None:
    at.project.tells_roles = False

    assert await failing(at, "glpat-waymark") == {}


async def test_a_token_that_only_reads_is_told_so(at: Airport) -> None:
    found = await failing(at, "reader")

    assert "scope api" in found["can write"]
    assert "can read" not in found


@pytest.mark.parametrize(("switch", "why"), [("archived", "archived"), ("issues_enabled", "switched off")])
async def test_a_project_nobody_can_write_to_is_told_so(at: Airport, switch: str, why: str) -> None:
    setattr(at.project, switch, switch == "archived")

    assert why in (await failing(at, "glpat-waymark"))["can write"]


async def test_a_project_out_of_sight_is_the_one_problem(at: Airport) -> None:
    at.project.is_private = True

    assert (await failing(at, "stranger")).keys() == {"can read"}


async def test_a_token_nobody_has_is_an_error(at: Airport) -> None:
    with pytest.raises(Unauthorized):
        await at.signed_in("stolen").check()


async def test_there_is_to_choose_from_what_the_project_has(at: Airport) -> None:
    autumn = at.host.milestone(at.project, "Autumn timetable")

    found = await at.gitlab.catalogue()

    milestones, people = found.field("milestone_id"), found.field("assignee_ids")
    assert milestones is not None
    assert people is not None
    assert [(each.id, each.name) for each in milestones.choices] == [(str(autumn.id), "Autumn timetable")]
    assert ("101", "Mara Delivery") in [(each.id, each.name) for each in people.choices]
    assert [each.id for each in found.statuses] == ["opened", "closed"]


async def test_the_first_mapping_closes_what_is_delivered_and_keeps_the_due_day(at: Airport) -> None:
    mapping = KIND.defaults(await at.gitlab.catalogue())

    assert mapping.fields[Field.DUE].target == "due_date"
    assert {stage: rule.sets for stage, rule in mapping.stages.items() if rule.sets == "closed"}.keys() == {
        Stage.MEASURING, Stage.DONE, Stage.DROPPED,
    }  # fmt: skip
    assert mapping.stages[Stage.IN_DELIVERY].means == ("opened",)
    assert mapping.stages[Stage.MEASURING].means == ("closed",)
