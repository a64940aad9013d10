"""What there is to choose from in a project, that of its groups among it."""

from collections.abc import Sequence
from typing import TypeVar

from backlog.errors import N_
from integrations.catalogue import Catalogue, Kind, TrackerField
from integrations.errors import Missing, NoAccess
from integrations.gitlab import answers
from integrations.gitlab.answers import shaped
from integrations.gitlab.calls import Calls, Params
from integrations.gitlab.keys import project_path
from integrations.gitlab.people import People
from integrations.gitlab.projects import Projects, project
from integrations.gitlab.statuses import STATUSES
from integrations.issue import Choice

MOST_PAGES = 10
"""Of 100 each: labels and people beyond are not offered to choose from."""
TYPES = ("issue", "incident", "task")
"""Test cases are for one plan alone, and nobody's initiatives."""
Shape = TypeVar("Shape")


async def catalogue(calls: Calls, projects: Projects, people: People) -> Catalogue:
    found = await projects.look()
    path = project_path(str(found.id))
    labels = await _every(calls, f"{path}/labels", answers.Named)
    milestones = await _every(
        calls, f"{path}/milestones", answers.Milestone, {"state": "active", "include_ancestors": "true"}
    )
    members = await _every(calls, f"{path}/members/all", answers.User)
    accounts = tuple([await people.account(each) for each in {each.id: each for each in members}.values()])
    return Catalogue(
        project=project(found),
        types=tuple(Choice(each, each) for each in TYPES),
        fields=(
            TrackerField("title", N_("Title"), Kind.TEXT, is_required=True),
            TrackerField("labels", N_("Labels"), Kind.LABELS, choices=_choices([each.name for each in labels])),
            TrackerField("due_date", N_("Due date"), Kind.DAY),
            TrackerField(
                "milestone_id",
                N_("Milestone"),
                Kind.CHOICE,
                choices=tuple(Choice(str(each.id), each.title) for each in milestones),
            ),
            TrackerField(
                "assignee_ids",
                N_("Assignees"),
                Kind.ACCOUNT,
                choices=tuple(Choice(each.id, each.name) for each in accounts),
            ),
            TrackerField("weight", N_("Weight (Premium and Ultimate)"), Kind.NUMBER),
        ),
        statuses=STATUSES,
        accounts=accounts,
    )


async def _every(calls: Calls, path: str, shape: type[Shape], params: Params | None = None) -> Sequence[Shape]:
    """Nothing where the account may not look."""
    found: list[Shape] = []
    pages = 0
    try:
        async for page in calls.pages(path, {"per_page": 100, **(params or {})}):
            found += shaped(page, list[shape])  # type: ignore[valid-type]
            pages += 1
            if pages == MOST_PAGES:
                break
    except (Missing, NoAccess):
        return ()
    return found


def _choices(names: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(name, name) for name in names if name)
