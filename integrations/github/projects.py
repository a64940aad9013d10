"""The repository a connection stands for, and others an issue may have moved to; by their ids, which never change."""

from backlog.errors import N_, Text
from integrations.errors import Gone, Missing, NoAccess, Refused
from integrations.github import answers
from integrations.github.answers import shaped
from integrations.github.calls import Calls
from integrations.github.faults import NOT_VISIBLE
from integrations.github.keys import is_repository
from integrations.issue import Project

WRITE_IT_SO = N_("Write the repository as owner/name, as it stands in its address.")


class Projects:
    """Looked up once each."""

    def __init__(self, calls: Calls, repository: str) -> None:
        self._calls, self._named = calls, repository.strip().strip("/")
        self._own: answers.Repository | None = None
        self._known: dict[str, Project] = {}

    @property
    def path(self) -> str:
        """As the connection names it; GitHub leads on from names a repository had before."""
        if not is_repository(self._named):
            raise Refused(Text(WRITE_IT_SO), {"project": self._named})
        return f"/repos/{self._named}"

    async def look(self) -> answers.Repository:
        """At our repository, anew. NoAccess when it cannot be seen."""
        try:
            self._own = shaped(await self._calls.get(self.path), answers.Repository)
        except (Missing, Gone, NoAccess) as error:
            if not await self._lists(self._named):
                if isinstance(error, NoAccess):
                    raise
                raise NoAccess(Text(NOT_VISIBLE), detail=error.detail, status=error.status) from error
            self._own = answers.Repository(id=0, full_name=self._named)
        for name in (self._named, self._own.full_name):
            self._known[name.lower()] = project(self._own)
        return self._own

    async def own(self) -> Project:
        return project(self._own or await self.look())

    async def of(self, name: str) -> Project:
        """Of an issue, by the owner and name of where it is. Asks only for names not met before."""
        if not self._known:
            await self.look()
        if name.lower() not in self._known:
            found = shaped(await self._calls.get(f"/repos/{name}"), answers.Repository)
            self._known[name.lower()] = project(found)
        return self._known[name.lower()]

    async def is_visible(self, repository: str = "") -> bool:
        """Ours when none is named."""
        repository = repository or self._named
        try:
            await self._calls.get(f"/repos/{repository}")
        except (Missing, NoAccess, Gone):
            return self._own is not None and not self._own.id and await self._lists(repository)
        return True

    async def _lists(self, repository: str) -> bool:
        """Some that speak like GitHub tell of issues and nothing of the repository: then its name is all that is known."""
        try:
            await self._calls.get(f"/repos/{repository}/issues", {"per_page": 1})
        except (Missing, NoAccess, Gone):
            return False
        return True


def project(repository: answers.Repository) -> Project:
    return Project(
        str(repository.id or repository.full_name.lower()),
        repository.full_name,
        repository.full_name,
        repository.html_url,
    )
