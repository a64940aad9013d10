"""The place repositories live in: accounts and their tokens, the clock, limits, versions, the address."""

from typing import TYPE_CHECKING

from integrations.demo_tracker.accounts import Account
from integrations.demo_tracker.limits import Clock, Limits, now
from integrations.demo_tracker.refusals import Refusal, not_found

if TYPE_CHECKING:
    from integrations.demo_tracker.repository import Repository

FIRST_ID = 2_700_000_000
"""Real ids passed 32 bits long ago."""
VERSIONS = ("2022-11-28", "2026-03-10")


class Host:
    """``accounts`` by token. ``retired``: API versions answered 410; ``sunset``: version -> the date its headers name.

    ``address`` has no trailing slash; ``api`` is where the API is below it. The app learns both from each request,
    webhooks in between use the last.
    """

    def __init__(self, clock: Clock = now, accounts: dict[str, Account] | None = None) -> None:
        self.clock = clock
        self.accounts = accounts or {}
        self.limits = Limits(clock)
        self.address = "http://127.0.0.1:4810"
        self.api = "/api/v3"
        self.retired: set[str] = set()
        self.sunset: dict[str, str] = {}
        self.repositories: list[Repository] = []
        self.last_id = FIRST_ID

    def new_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def account(self, authorization: str | None) -> Account | None:
        """None for nobody. Raises Refusal for a token nobody has, or no longer."""
        if authorization is None:
            return None
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() not in {"bearer", "token"} or token not in self.accounts:
            raise Refusal(401, "Bad credentials")
        return self.accounts[token]

    def people(self) -> list[Account]:
        """Everybody with a token, once."""
        return list({account.login: account for account in self.accounts.values()}.values())

    def person(self, login: str) -> Account | None:
        return next((one for one in self.people() if one.login.lower() == login.lower()), None)

    def repository(self, owner: str, name: str) -> "Repository":
        """By its name of today. Raises Refusal: 404."""
        wanted = f"{owner}/{name}".lower()
        for one in self.repositories:
            if one.full_name.lower() == wanted:
                return one
        raise not_found()

    def formerly(self, owner: str, name: str) -> "Repository | None":
        """None, too, once another one has the name."""
        wanted = f"{owner}/{name}".lower()
        if any(one.full_name.lower() == wanted for one in self.repositories):
            return None
        return next((one for one in self.repositories if wanted in one.records.former_names), None)

    def numbered(self, repository_id: int) -> "Repository":
        """By its id. Raises Refusal: 404."""
        for one in self.repositories:
            if one.records.id == repository_id:
                return one
        raise not_found()

    def serve_version(self, version: str | None) -> str:
        """The API version to answer in. Raises Refusal: 400 when there is none such, 410 when it is retired."""
        wanted = version or VERSIONS[0]
        if wanted in self.retired:
            raise Refusal(410, f"The API version {wanted} is no longer supported.")
        if wanted not in VERSIONS:
            raise Refusal(400, f'"{wanted}" is not a valid REST API version.')
        return wanted
