"""Who is invited to a rating round: links for guests, shown once; invitations taken back and given anew."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_
from backlog.people.roles import Role
from backlog.rounds import links, rounds
from web.answers import see_other
from web.pages import rounds_shown

Asked = Request[Any, Any, Any]
ROLE = Role.DEPARTMENT_LEAD


@post("/rounds/{round_id:int}/links", name="rounds.links", opt={"role": ROLE}, include_in_schema=False)
async def make_links(request: Asked, database: NamedDependency[Database], round_id: FromPath[int]) -> Response[Any]:
    """The answer is the page itself, not a way to it: the links are shown this once and kept nowhere."""
    async with database.writing() as session:
        found = await rounds.get(session, round_id, for_change=True)
        secrets = await links.make_links(session, found, by=request.user.actor)
    opened = {rater_id: address(request, secret) for rater_id, secret in secrets.items()}
    return await rounds_shown.shown(request, database, round_id, status=201, links=opened)


@post(
    "/rounds/{round_id:int}/raters/{rater_id:int}/invitation",
    name="rounds.invite",
    opt={"role": ROLE},
    include_in_schema=False,
)
async def invite(
    request: Asked, database: NamedDependency[Database], round_id: FromPath[int], rater_id: FromPath[int]
) -> Response[Any]:
    """Again, with a new link for a guest."""
    async with database.writing() as session:
        found = await rounds.get(session, round_id, for_change=True)
        rater = await links.rater(session, found, rater_id)
        secret = await links.invite_again(session, found, rater, by=request.user.actor)
    if secret is None:
        return see_other(request, "rounds.show", toast=N_("They are invited again."), round_id=round_id)
    opened = {rater_id: address(request, secret)}
    return await rounds_shown.shown(request, database, round_id, status=201, links=opened)


@post(
    "/rounds/{round_id:int}/raters/{rater_id:int}/withdrawal",
    name="rounds.withdraw",
    opt={"role": ROLE},
    include_in_schema=False,
)
async def withdraw(
    request: Asked, database: NamedDependency[Database], round_id: FromPath[int], rater_id: FromPath[int]
) -> Response[Any]:
    async with database.writing() as session:
        found = await rounds.get(session, round_id, for_change=True)
        rater = await links.rater(session, found, rater_id)
        await links.withdraw(session, found, rater, by=request.user.actor)
    toast = (
        N_("The invitation is withdrawn.") if found.is_open else N_("The invitation is withdrawn, and the round ended.")
    )
    return see_other(request, "rounds.show", toast=toast, round_id=round_id)


def address(request: Asked, secret: str) -> str:
    """The whole address of a guest's link, as it is to be sent to them."""
    secure = request.app.state.configuration.secure
    origin = f"{'https' if secure else request.url.scheme}://{request.url.netloc}"
    return origin + str(request.app.route_reverse("guests.show", secret=secret))


ROUTES = [make_links, invite, withdraw]
