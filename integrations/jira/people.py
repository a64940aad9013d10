"""Accounts as Jira names them: by accountId on Cloud, by name on Data Center."""

from collections.abc import Mapping
from typing import Any

from integrations.issue import Account

NOBODY = Account("", "?")
"""Who wrote it was deleted, or is not shown to this account."""


def name_of(found: Mapping[str, Any]) -> str:
    return str(found.get("accountId") or found.get("name") or found.get("key") or "")


def shown_name(found: Mapping[str, Any]) -> str:
    """What people call somebody; the id where that is not told."""
    return str(found.get("displayName") or name_of(found))


def account(found: Mapping[str, Any] | None, us: str) -> Account | None:
    if not found:
        return None
    name = name_of(found)
    return Account(name, shown_name(found), name == us != "")
