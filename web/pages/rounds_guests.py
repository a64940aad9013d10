"""Rating in a round through a guest's link: the secret in the address is all there is, no session and no cookie.

Nobody else's browser can be made to post here, for that takes the secret; so the check of forms by cookie is left out,
and guests need no cookies. What a browser itself says about where a form came from is looked at all the same.
"""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog import settings
from backlog.database import Database
from backlog.errors import Conflict, Invalid, Stale, VersionMissing
from backlog.initiatives import anchors
from backlog.initiatives.initiative import Initiative
from backlog.rounds import links, rounds
from web import locales
from web.identity import PUBLIC
from web.pages.rounds_ratings import KEPT, Refusal, Sheet, keep, sheet, typed_into
from web.templating import page, reader_locale
from web.typed import typed

Asked = Request[Any, Any, Any]
PRIVATE = {"referrer-policy": "no-referrer", "cache-control": "no-store", "x-robots-tag": "noindex, nofollow"}
OURS = ("same-origin", "none")
"""What browsers say in Sec-Fetch-Site of our own page, and of an address that somebody opened."""
OPT = {"role": PUBLIC, "exclude_from_csrf": True}


class Gone(Exception):
    """The link opens nothing: 404 when it is not known (any more), 410 when the round has ended."""

    def __init__(self, status: int, rated: Sequence[Initiative] = ()) -> None:
        self.status = status
        self.titles = {each.id: each.title for each in rated}


@get("/rate/{secret:str}", name="guests.show", opt=OPT, include_in_schema=False)
async def show(request: Asked, database: NamedDependency[Database], secret: FromPath[str]) -> Response[str]:
    """What the round asks; ``kept`` in the address: that it was kept just now."""
    try:
        return await shown(request, database, await _sheet(database, secret))
    except Gone as gone:
        return _gone(request, gone)


@post("/rate/{secret:str}", name="guests.keep", opt=OPT, include_in_schema=False)
async def update(request: Asked, database: NamedDependency[Database], secret: FromPath[str]) -> Response[Any]:
    if request.headers.get("sec-fetch-site", OURS[0]) not in OURS:
        return _gone(request, Gone(404))
    try:
        return await _update(request, database, secret)
    except Gone as gone:
        await request.form()  # what was typed stays on the screen
        return _gone(request, gone)


async def _update(request: Asked, database: Database, secret: str) -> Response[Any]:
    known = await _sheet(database, secret)
    said, version = await typed_into(request, known)
    try:
        ended = await keep(database, known, said, version)
    except Invalid as invalid:
        return await shown(request, database, known, Refusal(422, said, invalid.fields))
    except Stale as stale:
        return await shown(request, database, await _sheet(database, secret), Refusal(409, said, stale=stale.text))
    except VersionMissing:
        return await shown(request, database, known, Refusal(428, said, is_unversioned=True))
    except Conflict:
        raise Gone(410, known.initiatives) from None
    if ended:
        return page(request, "rounds/gone.html", headers=PRIVATE, viewer=None, status=200, code=200, typed=[])
    address = request.app.route_reverse("guests.show", secret=secret)
    return Response(b"", status_code=303, headers=PRIVATE | {"location": f"{address}?kept=1#kept"})


async def shown(request: Asked, database: Database, known: Sheet, refusal: Refusal = KEPT) -> Response[str]:
    async with database.reading() as session:
        organisation = (await settings.load(session)).organisation
    return page(
        request,
        "rounds/guest.html",
        status=refusal.status,
        headers=PRIVATE,
        viewer=None,
        sheet=known,
        said=refusal.said or known.said,
        refusal=refusal,
        anchors=anchors,
        organisation=organisation,
        kept="kept" in request.query_params and refusal is KEPT,
    )


async def _sheet(database: Database, secret: str) -> Sheet:
    async with database.reading() as session:
        rater = await links.by_secret(session, secret)
        if rater is None:
            raise Gone(404)
        found = await rounds.get(session, rater.round_id)
        if not found.is_open:
            raise Gone(410, await rounds.initiatives_of(session, found.id))
        return await sheet(session, found, rater)


def _gone(request: Asked, gone: Gone) -> Response[str]:
    with locales.speaking(reader_locale(request, None)):
        kept = typed(request, gone.titles)
    status = gone.status
    return page(request, "rounds/gone.html", status=status, headers=PRIVATE, viewer=None, code=status, typed=kept)


ROUTES = [show, update]
