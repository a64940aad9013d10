"""GET /api/v1/metrics: how trackers are, for monitoring (the text format of Prometheus)."""

from collections.abc import Iterable

from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import Database
from backlog.people.roles import Role
from backlog.trackers import budgets, links
from backlog.trackers.conflicts import Disagreement
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.link import Link, LinkState
from backlog.trackers.undelivered import Undelivered

NAMES = ["connection"]


class Read(Collector):
    """What was read a moment ago."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self.metrics = list(metrics)

    def collect(self) -> Iterable[Metric]:
        return self.metrics


@get(
    "/api/v1/metrics",
    opt={"role": Role.VIEWER},
    operation_id="getMetrics",
    summary="Links, queues and errors of trackers, as Prometheus reads them",
    tags=["connections"],
    media_type="text/plain",
)
async def show(database: NamedDependency[Database]) -> Response[bytes]:
    registry = CollectorRegistry(auto_describe=False)
    async with database.reading() as session:
        registry.register(Read(await measured(session)))
    return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def measured(session: AsyncSession) -> list[Metric]:
    rows = list(await session.scalars(select(Connection).order_by(Connection.id)))
    found = {row.id: row.name for row in rows}
    by_state = GaugeMetricFamily("waymark_links", "Links by state", labels=[*NAMES, "state"])
    for connection_id, state, n in await session.execute(links.counted()):
        by_state.add_metric([found[connection_id], LinkState(state).value], n)
    return [by_state, await _waits(session, found), await _writes(session, rows), *await _open(session), *_each(rows)]


async def _waits(session: AsyncSession, found: dict[int, str]) -> Metric:
    oldest = GaugeMetricFamily("waymark_oldest_due_seconds", "How long the oldest link has been due", labels=NAMES)
    now = history.now()
    first = func.min(Link.due_at)
    due = select(Link.connection_id, first).where(Link.due_at <= now).group_by(Link.connection_id)
    for connection_id, moment in await session.execute(due):
        if moment is not None:
            oldest.add_metric([found[connection_id]], (now - moment).total_seconds())
    return oldest


async def _writes(session: AsyncSession, rows: Iterable[Connection]) -> Metric:
    writes = GaugeMetricFamily("waymark_writes_last_hour", "Writes to the tracker within the last hour", labels=NAMES)
    for row in rows:
        writes.add_metric([row.name], await budgets.used(session, row.id, history.now()))
    return writes


async def _open(session: AsyncSession) -> list[Metric]:
    waiting = select(func.count()).select_from(Disagreement).where(Disagreement.decision.is_(None))
    refused = select(func.count()).select_from(Undelivered).where(Undelivered.end.is_(None))
    conflicts = GaugeMetricFamily("waymark_conflicts", "Conflicts nobody has decided yet")
    conflicts.add_metric([], await session.scalar(waiting) or 0)
    undelivered = GaugeMetricFamily("waymark_undelivered", "Values that could not be delivered")
    undelivered.add_metric([], await session.scalar(refused) or 0)
    return [conflicts, undelivered]


def _each(rows: Iterable[Connection]) -> list[Metric]:
    up = GaugeMetricFamily("waymark_connection_up", "1 while the connection works", labels=NAMES)
    missed = CounterMetricFamily("waymark_missed_by_hooks", "Changes that no webhook told of", labels=NAMES)
    for row in rows:
        up.add_metric([row.name], row.state is ConnectionState.ACTIVE and not row.is_waiting)
        missed.add_metric([row.name], row.missed)
    return [up, missed]


ROUTES = [show]
