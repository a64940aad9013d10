"""Issues as GitLab has them, read into ours."""

import re
from collections.abc import AsyncIterator, Callable, Sequence

from backlog.errors import N_, Text
from integrations import long_texts
from integrations.errors import Missing, NoAccess
from integrations.gitlab import answers, texts
from integrations.gitlab.answers import shaped, times
from integrations.gitlab.calls import Calls, Params
from integrations.gitlab.faults import NOT_LISTED, NOT_VISIBLE
from integrations.gitlab.keys import Key, parsed, reference
from integrations.gitlab.people import People
from integrations.gitlab.projects import Projects
from integrations.gitlab.statuses import status_of
from integrations.http import paged
from integrations.issue import Choice, Issue, Value

PAGE = 100  # notes
MOST_MOVES = 5
MOVED = re.compile(r"moved to (?P<place>\S+#[0-9]+)")
"""What GitLab itself notes at an issue that was moved (from memory); within the same group without the group."""


class Issues:
    """Of one connection."""

    def __init__(self, calls: Calls, projects: Projects, people: People) -> None:
        self._calls, self._projects, self._people = calls, projects, people

    async def pages(
        self, params: Params, until: Callable[[answers.Issue], bool] = lambda issue: False
    ) -> AsyncIterator[Sequence[answers.Issue]]:
        """As they come, each issue once though pages shift while they are read; ends behind the first ``until``.
        NoAccess when there is no such list."""
        seen: set[int] = set()
        try:
            path = f"{self._projects.path}/issues"
            async for page in paged(lambda size: self._calls.pages(path, {**EVERY, "per_page": size, **params})):
                every = shaped(page, tuple[answers.Issue, ...])
                fresh = [each for each in every if each.id not in seen]
                seen.update(each.id for each in fresh)
                yield fresh
                if any(until(each) for each in every):
                    return
        except Missing as error:
            raise await self._unlisted(error) from error

    async def first(self, params: Params) -> tuple[answers.Issue, ...]:
        """The first page. NoAccess when there is no such list."""
        try:
            said = await self._calls.get(f"{self._projects.path}/issues", {**EVERY, **params})
        except Missing as error:
            raise await self._unlisted(error) from error
        return shaped(said, tuple[answers.Issue, ...])

    async def _unlisted(self, error: Missing) -> NoAccess:
        """What a 404 to the list means: the project may be there all the same."""
        why = NOT_LISTED if await self._projects.is_visible(self._projects.named) else NOT_VISIBLE
        return NoAccess(Text(why), detail=error.detail, status=error.status)

    async def answered(self, key: Key) -> answers.Issue:
        return shaped(await self._calls.get(key.path), answers.Issue)

    async def followed(self, found: answers.Issue) -> answers.Issue:
        """Where it is now: a move closes it and makes another, with another number. Missing when that cannot be seen."""
        for _ in range(MOST_MOVES):
            if found.moved_to_id is None:
                return found
            place = await self._moved_to(found)
            there = await self.answered(place) if place else None
            if there is None or there.id != found.moved_to_id:
                break
            found = there
        raise Missing(Text(N_("The issue was moved where this account may not look.")))

    async def _moved_to(self, found: answers.Issue) -> Key | None:
        """GitLab tells the new issue's id, by which only administrators may read, so that its own note is asked."""
        own = key_of(found, (await self._projects.own()).key)
        params: Params = {"sort": "desc", "order_by": "created_at", "per_page": PAGE}
        async for page in self._calls.pages(f"{own.path}/notes", params):
            for note in shaped(page, tuple[answers.Note, ...]):
                place = MOVED.match(note.body) if note.system else None
                if place is not None:
                    beside = own.project.rpartition("/")[0]
                    return parsed(place["place"]) or parsed(f"{beside}/{place['place']}")
        return None

    async def whole(self, found: Sequence[answers.Issue]) -> tuple[Issue, ...]:
        return tuple([await self._one(each) for each in found])

    async def _one(self, found: answers.Issue) -> Issue:
        description = await long_texts.read(texts.description_of, found.description or "")
        made, changed = times(found)
        return Issue(
            id=str(found.id),
            key=str(key_of(found, (await self._projects.own()).key)),
            url=found.web_url or "",
            project=await self._projects.of(found.project_id),
            title=texts.title_of(found.title),
            status=status_of(found.state),
            updated_at=changed,
            created_at=made,
            native=found.description or "",
            text=description.text,
            sections=description.sections,
            marker=description.marker,
            values=values_of(found),
            type=Choice(found.issue_type, found.issue_type) if found.issue_type else None,
            author=await self._people.account(found.author) if found.author else None,
            assignees=tuple([await self._people.account(each) for each in found.assignees or ()]),
            labels=found.labels or (),
            milestone=found.milestone.title if found.milestone else "",
        )


EVERY: Params = {"scope": "all"}
"""Also those that others filed."""


def key_of(found: answers.Issue, own: str) -> Key:
    """Where it tells, else in the project ``own``, which was asked. Missing for what is no issue of a project."""
    told = found.references.full if found.references else reference(found.web_url or "") or f"{own}#{found.iid}"
    key = parsed(told)
    if key is None:
        raise Missing(Text(N_("“%(key)s” is no issue of a project."), {"key": told}))
    return key


def values_of(found: answers.Issue) -> dict[str, Value]:
    """The other fields, by the ids `integrations.gitlab.catalogue` gives them."""
    return {
        "due_date": found.due_date,
        "milestone_id": str(found.milestone.id) if found.milestone else None,
        "assignee_ids": tuple(str(each.id) for each in found.assignees or ()),
        "weight": found.weight,
    }
