"""Every tracker of the tests in one language: what a delivery team does there, and what it sees."""

import datetime as dt
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from integrations.demo_tracker.app import create_app as create_github
from integrations.demo_tracker.repository import Repository
from tests.trackers import fake_github
from tests.trackers.fake_gitlab import airport as gitlab_airport
from tests.trackers.fake_gitlab.app import create_app as create_gitlab
from tests.trackers.fake_gitlab.host import Host
from tests.trackers.fake_jira import airport
from tests.trackers.fake_jira.serving import served_jira
from tests.trackers.fake_jira.site import Site
from tests.trackers.faults import Faults
from tests.trackers.server import Server, served

Clock = Callable[[], dt.datetime]


class Ground(Protocol):
    """One project of one tracker. Issues are named by their keys, as the link has them."""

    server: Server
    faults: Faults
    kind: str
    project: str

    @property
    def base_url(self) -> str: ...
    @property
    def credentials(self) -> Mapping[str, str]: ...
    def keys(self) -> list[str]:
        """Of every issue there is, the oldest first."""
        ...

    def open(self, title: str, text: str = "") -> str:
        """The key of an issue somebody files."""
        ...

    def title(self, key: str) -> str: ...
    def text(self, key: str) -> str:
        """The whole description, as the tracker keeps it."""
        ...

    def labels(self, key: str) -> set[str]: ...
    def is_closed(self, key: str) -> bool: ...
    def comments(self, key: str) -> list[str]: ...
    def retitle(self, key: str, title: str) -> None: ...
    def add_text(self, key: str, text: str) -> None:
        """Somebody writes below the description."""
        ...

    def close(self, key: str) -> None: ...
    def start(self, key: str) -> None:
        """Somebody begins to work on it, where the tracker knows such a status."""
        ...

    def comment(self, key: str, text: str) -> None: ...
    def label(self, key: str, name: str) -> None: ...
    def delete(self, key: str) -> None: ...
    def move(self, key: str) -> str:
        """To another project; its key there."""
        ...

    def lag(self, seconds: float) -> None:
        """Lists and searches are behind by so much."""
        ...

    def issue_id(self, key: str) -> str: ...


@dataclass
class GitHubGround:
    repository: Repository
    server: Server
    faults: Faults
    kind: str = "github"
    project: str = fake_github.NAME

    @property
    def base_url(self) -> str:
        return f"{self.server.url}/api/v3"

    @property
    def credentials(self) -> Mapping[str, str]:
        return {"token": "ghs_9001_app"}

    def _issue(self, key: str) -> Any:
        name, _, number = key.rpartition("#")
        at = next(each for each in self.repository.host.repositories if each.full_name == name)
        return at.issues.get(int(number))

    def keys(self) -> list[str]:
        return [f"{self.repository.full_name}#{each.number}" for each in self.repository.issues.every()]

    def open(self, title: str, text: str = "") -> str:
        made = self.repository.open_issue(title, by=fake_github.MARA, body=text)
        return f"{self.repository.full_name}#{made.number}"

    def title(self, key: str) -> str:
        return str(self._issue(key).title)

    def text(self, key: str) -> str:
        return self._issue(key).body or ""

    def labels(self, key: str) -> set[str]:
        return set(self._issue(key).labels)

    def is_closed(self, key: str) -> bool:
        return bool(self._issue(key).state == "closed")

    def comments(self, key: str) -> list[str]:
        return [each.body for each in self.repository.comments.of(self._issue(key).number)]

    def retitle(self, key: str, title: str) -> None:
        self.repository.edit(self._issue(key).number, by=fake_github.MARA, title=title)

    def add_text(self, key: str, text: str) -> None:
        body = f"{self.text(key)}\n\n{text}"
        self.repository.edit(self._issue(key).number, by=fake_github.MARA, body=body)

    def close(self, key: str) -> None:
        self.repository.close(self._issue(key).number, by=fake_github.MARA)

    def start(self, key: str) -> None:
        pass

    def comment(self, key: str, text: str) -> None:
        self.repository.comments.write(self._issue(key).number, text, by=fake_github.MARA)

    def label(self, key: str, name: str) -> None:
        self.repository.label(self._issue(key).number, name, by=fake_github.MARA)

    def delete(self, key: str) -> None:
        self.repository.delete(self._issue(key).number, by=fake_github.MARA)

    def move(self, key: str) -> str:
        other = self.repository.beside("aurora-airport/elsewhere")
        moved = self.repository.transfer(self._issue(key).number, other, by=fake_github.MARA)
        return f"aurora-airport/elsewhere#{moved.number}"

    def lag(self, seconds: float) -> None:
        self.repository.index_lag = self.repository.search_lag = seconds

    def issue_id(self, key: str) -> str:
        return str(self._issue(key).id)


@dataclass
class JiraGround:
    site: Site
    server: Server
    faults: Faults
    kind: str
    project: str = "GATE"

    @property
    def base_url(self) -> str:
        return self.site.url

    @property
    def credentials(self) -> Mapping[str, str]:
        return {"email": "waymark@airport.example", "token": "classic"} if self.site.cloud else {"token": "personal"}

    @property
    def _tom(self) -> Any:
        return self.site.accounts[airport.TOM]

    def keys(self) -> list[str]:
        return [each.key for each in self.site.issues.values() if each.key.startswith(self.project)]

    def open(self, title: str, text: str = "") -> str:
        return self.site.create(self.project, self._tom, summary=title, description=text).key

    def title(self, key: str) -> str:
        return self.site.issue(key).summary

    def text(self, key: str) -> str:
        found = self.site.issue(key).values.get("description") or ""
        return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)

    def labels(self, key: str) -> set[str]:
        return set(self.site.issue(key).values.get("labels") or ())

    def is_closed(self, key: str) -> bool:
        return self.site.issue(key).status == airport.FINISHED.id

    def comments(self, key: str) -> list[str]:
        return [json.dumps(each.body, ensure_ascii=False) for each in self.site.issue(key).comments]

    def retitle(self, key: str, title: str) -> None:
        self.site.edit(key, self._tom, summary=title)

    def add_text(self, key: str, text: str) -> None:
        found = self.site.issue(key).values.get("description") or ""
        if isinstance(found, str):
            self.site.edit(key, self._tom, description=f"{found}\n\n{text}")
            return
        paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
        self.site.edit(key, self._tom, description={**found, "content": [*found["content"], paragraph]})

    def close(self, key: str) -> None:
        if self.site.issue(key).status != airport.DOING.id:
            self.start(key)
        self.site.transition(key, "Done", self._tom, resolution="Done")

    def start(self, key: str) -> None:
        self.site.transition(key, "In Progress", self._tom)

    def comment(self, key: str, text: str) -> None:
        self.site.comment(key, self._tom, text)

    def label(self, key: str, name: str) -> None:
        self.site.edit(key, self._tom, labels=[*self.labels(key), name])

    def delete(self, key: str) -> None:
        self.site.delete(key, self._tom)

    def move(self, key: str) -> str:
        return self.site.move(key, "SHOP", self._tom).key

    def lag(self, seconds: float) -> None:
        self.site.index.lag = dt.timedelta(seconds=seconds)

    def issue_id(self, key: str) -> str:
        return str(self.site.issue(key).id)


@dataclass
class GitLabGround:
    host: Host
    server: Server
    faults: Faults
    kind: str = "gitlab"
    project: str = gitlab_airport.NAME

    @property
    def base_url(self) -> str:
        return f"{self.server.url}/api/v4"

    @property
    def credentials(self) -> Mapping[str, str]:
        return {"token": "glpat-waymark"}

    def _found(self, key: str) -> tuple[Any, Any]:
        """The project and the issue."""
        path, _, number = key.rpartition("#")
        place = self.host.found(path)
        return place, self.host.issue(place, int(number))

    def keys(self) -> list[str]:
        return [f"{self.project}#{number}" for number in sorted(self.host.found(self.project).issues)]

    def open(self, title: str, text: str = "") -> str:
        made = self.host.open(self.host.found(self.project), gitlab_airport.MARA, title, text)
        return f"{self.project}#{made.iid}"

    def title(self, key: str) -> str:
        return str(self._found(key)[1].title)

    def text(self, key: str) -> str:
        return self._found(key)[1].description or ""

    def labels(self, key: str) -> set[str]:
        return set(self._found(key)[1].labels)

    def is_closed(self, key: str) -> bool:
        return bool(self._found(key)[1].state == "closed")

    def comments(self, key: str) -> list[str]:
        return [each.body for each in self._found(key)[1].notes if not each.system]

    def retitle(self, key: str, title: str) -> None:
        self.host.edit(*self._found(key), gitlab_airport.MARA, title=title)

    def add_text(self, key: str, text: str) -> None:
        self.host.edit(*self._found(key), gitlab_airport.MARA, description=f"{self.text(key)}\n\n{text}")

    def close(self, key: str) -> None:
        self.host.edit(*self._found(key), gitlab_airport.MARA, state_event="close")

    def start(self, key: str) -> None:
        pass

    def comment(self, key: str, text: str) -> None:
        self.host.note(*self._found(key), gitlab_airport.MARA, text)

    def label(self, key: str, name: str) -> None:
        self.host.edit(*self._found(key), gitlab_airport.MARA, add_labels=name)

    def delete(self, key: str) -> None:
        place, issue = self._found(key)
        del place.issues[issue.iid]

    def move(self, key: str) -> str:
        to = self.host.found(gitlab_airport.ELSEWHERE)
        made = self.host.move(*self._found(key), to, gitlab_airport.MARA)
        return f"{to.path}#{made.iid}"

    def lag(self, seconds: float) -> None:
        self.host.lag = seconds

    def issue_id(self, key: str) -> str:
        return str(self._found(key)[1].id)


@asynccontextmanager
async def github(clock: Clock) -> AsyncIterator[Ground]:
    faults = Faults()
    repository = Repository(fake_github.NAME, clock=clock, accounts=dict(fake_github.TOKENS))
    async with served(create_github(repository), faults, fake_github.contract()) as server:
        repository.host.address = server.url
        yield GitHubGround(repository, server, faults)


@asynccontextmanager
async def gitlab(clock: Clock) -> AsyncIterator[Ground]:
    """Held to no document: there is none of its interface to hold it to."""
    faults, host = Faults(), gitlab_airport.opened(clock)
    async with served(create_gitlab(host), faults) as server:
        host.url = server.url
        yield GitLabGround(host, server, faults)


@asynccontextmanager
async def jira_cloud(clock: Clock) -> AsyncIterator[Ground]:
    faults, site = Faults(), airport.opened(deployment="Cloud", clock=clock)
    async with served_jira(site, faults) as server:
        yield JiraGround(site, server, faults, "jira-cloud")


@asynccontextmanager
async def jira_data_center(clock: Clock) -> AsyncIterator[Ground]:
    faults, site = Faults(), airport.opened(deployment="Data Center", context_path="/jira", clock=clock)
    async with served_jira(site, faults) as server:
        yield JiraGround(site, server, faults, "jira-dc")


GROUNDS: Mapping[str, Callable[[Clock], AbstractAsyncContextManager[Ground]]] = {
    "github": github,
    "gitlab": gitlab,
    "jira-cloud": jira_cloud,
    "jira-dc": jira_data_center,
}
