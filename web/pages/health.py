"""GET /health, for machines."""

from litestar import Response, get
from litestar.di import NamedDependency
from sqlalchemy import text

from backlog.database import Database
from web.identity import PUBLIC


@get("/health", name="health", opt={"role": PUBLIC}, include_in_schema=False)
async def health(database: NamedDependency[Database]) -> Response[dict[str, str]]:
    """200 when the database answers."""
    async with database.reading() as session:
        await session.execute(text("select 1"))
    return Response({"status": "ok"})


ROUTES = [health]
