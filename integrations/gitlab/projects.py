"""The project a connection stands for, and others an issue may have moved to; by their numbers, which never change."""

from backlog.errors import N_, Text
from integrations.errors import Missing, NoAccess, Refused
from integrations.gitlab import answers
from integrations.gitlab.answers import shaped
from integrations.gitlab.calls import Calls
from integrations.gitlab.faults import NOT_VISIBLE
from integrations.gitlab.keys import is_project, project_path
from integrations.issue import Project

WRITE_IT_SO = N_("Write the project as group/project, as it stands in its address.")


class Projects:
    """Looked up once each."""

    def __init__(self, calls: Calls, named: str) -> None:
        self._calls, self.named = calls, named.strip().strip("/")
        self._known: dict[int, Project] = {}
        self._own: Project | None = None

    @property
    def path(self) -> str:
        """As the connection names it. Refused when that is no project."""
        if not is_project(self.named):
            raise Refused(Text(WRITE_IT_SO), {"project": self.named})
        return project_path(self.named)

    async def look(self) -> answers.Project:
        """At our project, anew. NoAccess when it cannot be seen."""
        try:
            found = shaped(await self._calls.get(self.path), answers.Project)
        except Missing as error:
            raise NoAccess(Text(NOT_VISIBLE), detail=error.detail, status=error.status) from error
        self._own = self._known[found.id] = project(found)
        return found

    async def own(self) -> Project:
        if self._own is None:
            self._own = project(await self.look())
        return self._own

    async def of(self, number: int | None) -> Project:
        """Of an issue, our own where it does not tell. Asks only for numbers not met before."""
        own = await self.own()
        if number is None:
            return own
        if number not in self._known:
            found = shaped(await self._calls.get(project_path(str(number))), answers.Project)
            self._known[number] = project(found)
        return self._known[number]

    async def is_visible(self, named: str) -> bool:
        try:
            await self._calls.get(project_path(named))
        except (Missing, NoAccess):
            return False
        return True


def project(found: answers.Project) -> Project:
    path = found.path_with_namespace
    return Project(str(found.id), path, found.name_with_namespace or path, found.web_url)
