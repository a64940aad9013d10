"""Addresses nothing lives at: answered inside the app, so that whoever is signed in keeps the way back."""

from litestar import get
from litestar.params import FromPath

from backlog.errors import N_, NotFound
from web.identity import PUBLIC


@get(["/{address:path}", "/api/{address:path}"], name="lost", opt={"role": PUBLIC}, include_in_schema=False)
async def lost(address: FromPath[str]) -> None:
    raise NotFound(N_("There is nothing at this address, or you may not see it."))


ROUTES = [lost]
