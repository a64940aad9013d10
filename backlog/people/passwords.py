"""Passwords: argon2 hashes, made and checked off the event loop."""

import asyncio
from functools import cache

from pwdlib import PasswordHash

from backlog.errors import N_, Text

SHORTEST, LONGEST = 10, 1000


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _dummy() -> str:
    return _hasher().hash("nobody has this password")


def problem(password: str) -> Text | None:
    """What is wrong with a new password, or None."""
    if len(password) < SHORTEST:
        return Text(N_("Use at least %(least)s characters."), {"least": SHORTEST})
    if len(password) > LONGEST:
        return Text(N_("Use at most %(most)s characters."), {"most": LONGEST})
    return None


async def hashed(password: str) -> str:
    return await asyncio.to_thread(_hasher().hash, password)


async def matches(password: str, known_hash: str | None) -> bool:
    """Whether it is the password; as slow for somebody unknown (None) as for somebody known."""
    if len(password) > LONGEST:
        return False
    fitting = await asyncio.to_thread(_verified, password, known_hash)
    return fitting and known_hash is not None


def _verified(password: str, known_hash: str | None) -> bool:
    dummy = _dummy()  # made before either is used, so that the first unknown name is not the slow one
    return _hasher().verify(password, known_hash or dummy)
