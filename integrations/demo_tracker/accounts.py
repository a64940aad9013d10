"""Who calls: people and apps, and what they may do in the repositories."""

from dataclasses import dataclass
from typing import Literal

READ = frozenset({"pull"})
TRIAGE = READ | {"triage"}
PUSH = TRIAGE | {"push"}
ADMIN = PUSH | {"maintain", "admin"}


@dataclass(frozen=True, slots=True)
class Account:
    """``permissions`` as GitHub names them; none at all: the repository does not exist for this account.

    ``issues_write`` is the right of the token, not of the person: a fine-grained token may lack it.
    """

    login: str
    id: int
    type: Literal["User", "Bot", "Organization"] = "User"
    permissions: frozenset[str] = PUSH
    issues_write: bool = True

    def may(self, permission: str) -> bool:
        return permission in self.permissions


GHOST = Account("ghost", 10137)
"""Whom GitHub shows where an account is gone."""
