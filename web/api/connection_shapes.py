"""Connections as the API gives and takes them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import wording
from backlog.errors import N_, Invalid, Text, checked
from backlog.initiatives.stages import Stage
from backlog.trackers import connections
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.fields import Field, FieldMapping, Rule, StageRule
from backlog.trackers.link import Link, LinkState
from integrations.checking import Found
from integrations.opening import Outside
from integrations.tracker import TrackerKind
from web import locales, webhooks

PROJECT_MOST, SECRET_MOST = 200, 200
CREDENTIAL_MOST = 20_000  # characters; a private key is long


class RuleGiven(Rule, frozen=True, forbid_unknown_fields=True):
    """A rule with nothing that it does not have."""


class StageRuleGiven(StageRule, frozen=True, forbid_unknown_fields=True):
    """A stage's rule with nothing that it does not have."""


class MappingGiven(FieldMapping, frozen=True, forbid_unknown_fields=True):
    """As it is kept; what is kept may have been written by a later version, but a body is held to ours."""

    fields: Mapping[Field, RuleGiven] = {}
    stages: Mapping[Stage, StageRuleGiven] = {}


class ConnectionGiven(msgspec.Struct, forbid_unknown_fields=True):
    """``kind``: github, gitlab, jira-cloud or jira-dc. ``base_url``: the root of the tracker's API; left out, that of the
    kind. ``project``: owner/repo or a key. What signs in: ``token``, with ``email`` for Jira Cloud, or ``credentials`` by
    name. ``webhook_secret``: left out, one is made and told once. ``mapping``: left out, what suits most."""

    kind: str
    name: str
    project: str
    base_url: str = ""
    token: str = ""
    email: str = ""
    credentials: dict[str, str] = {}
    webhook_secret: str = ""
    locale: str = "en"
    mapping: MappingGiven | None = None


class ConnectionChanged(msgspec.Struct, forbid_unknown_fields=True):
    """What is not named stays. Another ``base_url`` forgets the token, unless one comes along. ``webhook_secret``: another
    one, made and told once where it is empty; the one before stays good until the next."""

    name: str | UnsetType = UNSET
    base_url: str | UnsetType = UNSET
    project: str | UnsetType = UNSET
    token: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    credentials: dict[str, str] | UnsetType = UNSET
    locale: str | UnsetType = UNSET
    webhook_secret: str | UnsetType = UNSET
    mapping: MappingGiven | UnsetType = UNSET
    version: int | None = None


class CountsShown(msgspec.Struct):
    """Links by their state."""

    pending: int = 0
    in_step: int = 0
    conflict: int = 0
    failed: int = 0
    unknown: int = 0
    parked: int = 0


class ConnectionShown(msgspec.Struct):
    """``has_token``: what signs in is never shown. ``waits_until``: nothing is sent before, because of ``last_error``.
    ``missed``: changes a sweep found that no webhook had told of. ``webhook``: the path trackers send to;
    ``webhook_secret`` is told once, when it is made."""

    id: int
    kind: str
    name: str
    base_url: str
    project: str
    state: ConnectionState
    has_token: bool
    account: str
    locale: str
    links: CountsShown
    oldest_due: dt.datetime | None
    last_error: str | None
    last_error_at: dt.datetime | None
    waits_until: dt.datetime | None
    swept_to: dt.datetime | None
    last_hook: dt.datetime | None
    missed: int
    webhook: str
    webhook_secret: str | None
    mapping: FieldMapping
    version: int


class CheckShown(msgspec.Struct):
    """``ok`` is null when it could not be asked. ``problem`` says what is wrong and what to do, or why it could not be
    asked; null when it is ok."""

    name: str
    ok: bool | None
    needed: bool
    problem: str | None


class Tested(msgspec.Struct):
    """``ok``: nothing is known to be wrong with what is needed."""

    ok: bool
    account: str | None
    checks: list[CheckShown]


def values_of(outside: Outside, row: Connection, data: ConnectionChanged) -> dict[str, Any]:
    """For connections.change. Invalid (``name``, ``project``, ``base_url``, ``locale``, ``email``, ``token``)."""
    values: dict[str, Any] = {
        name: wording.one_line(value)
        for name in ("name", "project", "locale")
        if (value := getattr(data, name)) is not UNSET
    }
    if "project" in values:
        checked(project=wording.wrong(values["project"], PROJECT_MOST, required=True))
        outside.checked_project(outside.kind(row.kind), values["project"])
    if data.base_url is not UNSET:
        values["base_url"] = outside.checked_url(data.base_url)
    if data.locale is not UNSET:
        require_locale(values["locale"])
    if data.token is not UNSET or data.credentials is not UNSET:
        email = "" if data.email is UNSET else data.email
        token = "" if data.token is UNSET else data.token
        more = {} if data.credentials is UNSET else data.credentials
        values["credentials"] = given_credentials(outside.kind(row.kind), token, email, more)
    elif data.email is not UNSET:
        raise Invalid({"email": N_("Give the token along with it: what is kept is never shown, nor changed in part.")})
    return values


def is_elsewhere(data: ConnectionChanged) -> bool:
    """Whether it leads to another place, or signs in anew: what is there to choose from may be something else."""
    return any(each is not UNSET for each in (data.base_url, data.project, data.token, data.credentials))


def given_credentials(kind: TrackerKind, token: str, email: str, more: dict[str, str]) -> dict[str, str]:
    """All that was given, by name. Invalid when it fits none of the ways this kind signs in, or cannot be kept."""
    checked(
        token=wording.wrong(token, CREDENTIAL_MOST),
        email=wording.wrong(email, wording.NAME_MOST),
        credentials=next((found for each in more.values() if (found := wording.wrong(each, CREDENTIAL_MOST))), None),
    )
    named = {name: value for name, value in (("token", token), ("email", email)) if value.strip()}
    given = {name: value.strip() for name, value in (more | named).items() if value.strip()}
    for way in kind.ways:
        names = {each.name for each in way.credentials}
        needed = {each.name for each in way.credentials if each.is_required}
        if needed <= given.keys() <= names:
            return given
    ways = "; ".join(", ".join(each.name for each in way.credentials) for way in kind.ways)
    raise Invalid({"token": Text(N_("To sign in, this kind of tracker takes: %(ways)s."), {"ways": ways})})


def require_locale(locale: str) -> None:
    if locale not in locales.LOCALES:
        raise Invalid({"locale": Text(N_("Choose one of: %(names)s."), {"names": ", ".join(locales.LOCALES)})})


async def one(session: AsyncSession, connection_id: int) -> ConnectionShown:
    return await shape(session, await connections.by_id(session, connection_id))


async def shape(session: AsyncSession, row: Connection, secret: str | None = None) -> ConnectionShown:
    counted = select(Link.state, func.count()).where(Link.connection_id == row.id).group_by(Link.state)
    counts = {LinkState(state).value: n for state, n in await session.execute(counted)}
    oldest = select(func.min(Link.due_at)).where(Link.connection_id == row.id)
    return ConnectionShown(
        id=row.id,
        kind=row.kind,
        name=row.name,
        base_url=row.base_url,
        project=row.project,
        state=row.state,
        has_token=bool(row.credentials),
        account=row.account_name,
        locale=row.locale,
        links=CountsShown(**counts),
        oldest_due=await session.scalar(oldest),
        last_error=None if row.problem is None else locales.translated(row.problem),
        last_error_at=row.problem_at,
        waits_until=row.waits_until if row.is_waiting else None,
        swept_to=row.swept_to,
        last_hook=row.hook_at,
        missed=row.missed,
        webhook=webhooks.path(row),
        webhook_secret=secret,
        mapping=row.maps,
        version=row.version,
    )


def tested(found: Found) -> Tested:
    checks = [
        CheckShown(
            locales.translated(each.name),
            each.ok,
            each.is_needed,
            None if each.ok else locales.translated(each.problem or each.unasked or each.name),
        )
        for each in found.checks
    ]
    return Tested(found.ok, found.account.name if found.account else None, checks)
