"""The page of one connection: what it needs to be drawn, also after something on it was refused."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import STEPS, Stage
from backlog.people.departments import Department
from backlog.simulation.robustness import Tier
from backlog.trackers import connections, status_names
from backlog.trackers.answering import Answer, possible
from backlog.trackers.connections import SUBJECT, Connection
from backlog.trackers.fields import Field
from backlog.trackers.link import Link, LinkState
from backlog.trackers.undelivered import Undelivered
from integrations.tracker import TrackerKind
from web import chronicle, meanwhile, webhooks
from web.connections_asking import catalogue_of, outside_of
from web.connections_choices import slug
from web.pages import connections_health, connections_mapping_forms
from web.pages.connections_health import Health, healths
from web.pages.connections_mapping_forms import choices, rows
from web.pages.connections_values import Change
from web.templating import page

Asked = Request[Any, Any, Any]
MOST = 50
"""Of what could not be delivered, and of what needs a person, so many are shown at once."""
DELIVERED_STAGES = (*STEPS, Stage.PARKED, Stage.DROPPED)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One change that could not be delivered, with its link and initiative."""

    item: Undelivered
    link: Link
    initiative: Initiative
    change: Change


@dataclass(frozen=True, slots=True)
class Waiting:
    """A link that waits for a person, and what can be answered."""

    link: Link
    initiative: Initiative
    answers: Sequence[Answer]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is in the database about one connection."""

    connection: Connection
    all: Sequence[Connection]
    healths: Mapping[int, Health]
    refusals: Sequence[Refusal]
    refused: int
    waiting: Sequence[Waiting]
    departments: Sequence[Department]

    @property
    def health(self) -> Health:
        return self.healths[self.connection.id]


async def show_connection(
    request: Asked, database: Database, connection_id: int, *, status: int = 200, **more: Any
) -> Response[Any]:
    """The whole page; ``more`` replaces what it says beyond that: typed ``values``, ``errors``, ``checks``..."""
    known = await load(database, connection_id, kinds_of(request))
    async with database.reading() as session:
        events = await chronicle.of(session, SUBJECT, connection_id)
    connection = known.connection
    values: Mapping[str, str] = more.get("values") or kept(known)
    read = await catalogue_of(request, connection, more.get("issue_type"), more.get("board"))
    plain: dict[str, Any] = {
        "errors": {}, "message": None, "notice": None, "clash": meanwhile.NONE, "checks": None, "trouble": None,
        "trouble_title": None, "secret": "", "is_changed": False, "rehearsed": None,
        "confirm": request.query_params.get("confirm", ""), "at": "", "typed": {},
    }  # fmt: skip
    return page(request, "connections/show.html", status=status, **mapping_shown(known, read.catalogue, values), **(plain | more | {
        "values": values,
        "known": known,
        "connection": connection,
        "kind": kinds_of(request).get(connection.kind),
        "health": known.health,
        "catalogue": read.catalogue,
        "unread": read.trouble,
        "strange": connections_mapping_forms.strange(values, read.whole.statuses) if read.whole else {},
        "kept": kept(known),
        "hook_address": webhooks.address(request, connection),
        "hook_missing": not connection.hook_id,
        "secret_mark": secret_mark(connection),
        "token_ends": connections_health.token_ends(connection),
        "hook_ends": connections_health.hook_ends(connection),
        "entries": chronicle.entries(events),
    }))  # fmt: skip


def mapping_shown(known: Shown, catalogue: Any, values: Mapping[str, str]) -> dict[str, Any]:
    """What the tables of the mapping offer."""
    used = {each.target for each in known.connection.maps.fields.values()}
    return {
        "rows": rows(values, catalogue),
        "rules": [(each.value, label) for each, label in connections_mapping_forms.RULES.items()],
        "stages": [(stage, slug(stage)) for stage in DELIVERED_STAGES],
        "tiers": [(slug(tier), connections_mapping_forms.TIERS[tier]) for tier in Tier],
        "lead_choices": choices(Field.LEAD, values, catalogue),
        "priority_choices": choices(Field.PRIORITY, values, catalogue),
        "account_choices": choices(Field.ASSIGNEE, values, catalogue),
        "targets_used": used,
    }


def kinds_of(request: Asked) -> Mapping[str, TrackerKind]:
    return outside_of(request).kinds


def kept(known: Shown) -> dict[str, str]:
    connection = known.connection
    return connections_mapping_forms.kept(connection.maps, connection.locale, [each.id for each in known.departments])


def secret_mark(connection: Connection) -> str:
    """Tells the present secret of its webhook from any other, and nothing about it."""
    return hashlib.sha256(connection.hook_secrets.encode()).hexdigest()[:16]


async def load(database: Database, connection_id: int, kinds: Mapping[str, TrackerKind]) -> Shown:
    async with database.reading() as session:
        connection = await connections.by_id(session, connection_id)
        every = await all_of(session)
        departments = (await session.scalars(select(Department).order_by(Department.name))).all()
        return Shown(
            connection,
            every,
            await healths(session, every, kinds),
            await refusals(session, connection, {each.id: each.name for each in departments}),
            await session.scalar(select(func.count()).select_from(open_of(connection_id).subquery())) or 0,
            await waiting(session, connection_id),
            departments,
        )


async def all_of(session: AsyncSession) -> Sequence[Connection]:
    return (await session.scalars(select(Connection).order_by(Connection.name))).all()


def open_of(connection_id: int) -> Select[Undelivered]:
    found = select(Undelivered).join(Link, Link.id == Undelivered.link_id)
    return found.where(Link.connection_id == connection_id, Undelivered.end.is_(None))


async def refusals(session: AsyncSession, connection: Connection, departments: Mapping[int, str]) -> list[Refusal]:
    """The longest waiting first."""
    found = (
        select(Undelivered, Link, Initiative)
        .join(Link, Link.id == Undelivered.link_id)
        .join(Initiative, Initiative.id == Link.initiative_id)
        .where(Link.connection_id == connection.id, Undelivered.end.is_(None))
        .order_by(Undelivered.first_at, Undelivered.id)
        .limit(MOST)
    )
    statuses = (await status_names.every(session)).get(connection.id, {})
    return [
        Refusal(item, link, initiative, Change(item, connection.maps, departments, statuses))
        for item, link, initiative in await session.execute(found)
    ]


async def waiting(session: AsyncSession, connection_id: int) -> list[Waiting]:
    """Those of one question together."""
    found = (
        select(Link, Initiative)
        .join(Initiative, Initiative.id == Link.initiative_id)
        .where(Link.connection_id == connection_id, Link.state == LinkState.PARKED)
        .order_by(Link.question, Link.id)
        .limit(MOST)
    )
    return [Waiting(link, one, possible(link)) for link, one in await session.execute(found)]
