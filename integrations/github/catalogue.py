"""What there is to choose from in a repository."""

from collections.abc import Sequence
from typing import TypeVar

from backlog.errors import N_
from integrations.catalogue import Catalogue, Kind, TrackerField
from integrations.errors import Missing, NoAccess
from integrations.github import answers
from integrations.github.answers import shaped
from integrations.github.boards import Board, boards
from integrations.github.calls import Calls, Params
from integrations.github.people import People
from integrations.github.projects import Projects, project
from integrations.github.statuses import STATUSES, statuses_of
from integrations.issue import Choice

MOST_PAGES = 10
"""Of 100 each: labels and people beyond are not offered to choose from."""
Shape = TypeVar("Shape")


async def catalogue(calls: Calls, projects: Projects, people: People, board: Board | None) -> Catalogue:
    repository = await projects.look()
    path = f"/repos/{repository.full_name}"
    labels = await _every(calls, f"{path}/labels", answers.Label)
    milestones = await _every(calls, f"{path}/milestones", answers.Milestone, {"state": "open"})
    accounts = [await people.account(each.login) for each in await _every(calls, f"{path}/assignees", answers.User)]
    return Catalogue(
        project=project(repository),
        types=await _types(calls, repository),
        fields=(
            TrackerField("title", N_("Title"), Kind.TEXT, is_required=True),
            TrackerField("labels", N_("Labels"), Kind.LABELS, choices=_choices([each.name or "" for each in labels])),
            TrackerField(
                "milestone",
                N_("Milestone"),
                Kind.CHOICE,
                choices=tuple(Choice(str(each.number), each.title) for each in milestones),
            ),
            TrackerField("assignees", N_("Assignees"), Kind.ACCOUNT, choices=_choices([each.id for each in accounts])),
        ),
        statuses=tuple(statuses_of((await board.columns()).statuses)) if board else STATUSES,
        accounts=tuple(accounts),
        boards=await boards(calls, repository.full_name),
    )


async def _types(calls: Calls, repository: answers.Repository) -> tuple[Choice, ...]:
    """Those of the organisation; people's own repositories have none, older servers do not know them."""
    if repository.owner is None or repository.owner.type != "Organization":
        return ()
    try:
        found = shaped(await calls.get(f"/orgs/{repository.owner.login}/issue-types"), tuple[answers.IssueType, ...])
    except (Missing, NoAccess):
        return ()
    return _choices([each.name for each in found if each.is_enabled])


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
