"""Accounts of GitLab, by their numbers: that is what it takes when an issue is assigned."""

from integrations.gitlab import answers
from integrations.gitlab.answers import shaped
from integrations.gitlab.calls import Calls
from integrations.tracker import Account

NOBODY = Account("", "Ghost User")
"""Whom GitLab names in place of a deleted account."""


class People:
    """Who we are is asked once."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._us: answers.User | None = None

    async def us(self) -> answers.User:
        if self._us is None:
            self._us = shaped(await self._calls.get("/user"), answers.User)
        return self._us

    async def account(self, user: answers.User | None) -> Account:
        if user is None:
            return NOBODY
        return Account(str(user.id), user.name or user.username, is_us=user.id == (await self.us()).id)
