"""Accounts of GitHub, by the name they sign in with: that is what GitHub takes when an issue is assigned."""

from integrations.github import answers
from integrations.github.answers import shaped
from integrations.github.apps import Installation
from integrations.github.calls import Calls
from integrations.tracker import Account, Missing, NoAccess

NOBODY = Account("ghost", "ghost")
"""Whom GitHub names in place of a deleted account."""


class People:
    """Who we are is asked once."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._login: str | None = None

    async def login(self) -> str:
        if self._login is None:
            signature = self._calls.signature
            if isinstance(signature, Installation):
                self._login = await signature.login()
            else:
                self._login = await self._person()
        return self._login

    async def _person(self) -> str:
        """``ghost`` for a token that belongs to no account GitHub tells of: then nothing counts as ours by its author."""
        try:
            return shaped(await self._calls.get("/user"), answers.User).login
        except (Missing, NoAccess):
            return NOBODY.id

    async def account(self, login: str) -> Account:
        return Account(login, login, is_us=login.lower() == (await self.login()).lower())
