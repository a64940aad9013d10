"""Accounts of GitLab, by their numbers: that is what it takes when an issue is assigned."""

import datetime as dt

from integrations.errors import Missing, NoAccess, Refused, Unauthorized
from integrations.gitlab import answers
from integrations.gitlab.answers import shaped
from integrations.gitlab.calls import Calls
from integrations.issue import Account

NOBODY = Account("", "Ghost User")
"""Whom GitLab names in place of a deleted account."""


class People:
    """Who we are is asked once."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._us: answers.User | None = None
        self._token: answers.Token | None = None

    async def us(self) -> answers.User:
        if self._us is None:
            self._us = shaped(await self._calls.get("/user"), answers.User)
        return self._us

    async def token(self) -> answers.Token:
        """What its own page tells of it; nothing of other ways to sign in, which have none."""
        if self._token is None:
            try:
                self._token = shaped(await self._calls.get("/personal_access_tokens/self"), answers.Token)
            except (Missing, NoAccess, Refused, Unauthorized):
                self._token = answers.Token()
        return self._token

    async def expires_at(self) -> dt.datetime | None:
        """The beginning (UTC) of the day on which the token ends."""
        day = (await self.token()).expires_at
        return None if day is None else dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)

    async def account(self, user: answers.User | None) -> Account:
        if user is None:
            return NOBODY
        return Account(str(user.id), user.name or user.username, is_us=user.id == (await self.us()).id)
