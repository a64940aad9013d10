"""Accounts of GitHub, by the name they sign in with: that is what GitHub takes when an issue is assigned."""

import datetime as dt

from integrations.errors import Missing, NoAccess
from integrations.github import answers
from integrations.github.answers import shaped
from integrations.github.apps import Installation
from integrations.github.calls import Calls
from integrations.http import json_of
from integrations.issue import Account

NOBODY = Account("ghost", "ghost")
"""Whom GitHub names in place of a deleted account."""
EXPIRES = "github-authentication-token-expiration"
"""Header of each answer to a token that ends: ``2027-01-31 12:00:00 UTC`` or with an offset as ``+0100``."""


class People:
    """Who we are is asked once."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._login: str | None = None
        self._expires_at: dt.datetime | None = None

    async def us(self) -> Account:
        login = await self.login()
        return Account(login, login, is_us=True, expires_at=self._expires_at)

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
            answer = await self._calls.answer("GET", "/user")
        except (Missing, NoAccess):
            return NOBODY.id
        self._expires_at = expiry(answer.headers.get(EXPIRES, ""))
        return shaped(json_of(answer), answers.User).login

    async def account(self, login: str) -> Account:
        return Account(login, login, is_us=login.lower() == (await self.login()).lower())


def expiry(said: str) -> dt.datetime | None:
    """None for what is no moment."""
    try:
        return dt.datetime.strptime(said.replace("UTC", "+0000"), "%Y-%m-%d %H:%M:%S %z").astimezone(dt.UTC)
    except ValueError:
        return None
