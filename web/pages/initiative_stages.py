"""The steps of an initiative as resources: POST /initiatives/CX-12/parking parks it."""

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Text
from backlog.initiatives import initiatives, moves
from backlog.initiatives.stages import FORWARD, MOVES, Verb
from web import locales
from web.answers import see_other
from web.pages.initiative_forms import version_of
from web.pages.initiative_shown import show_page
from web.templating import reader_locale

RESOURCES = {
    Verb.START_SCORING: "scoring",
    Verb.MAKE_READY: "readiness",
    Verb.START_DELIVERY: "delivery",
    Verb.START_MEASURING: "measurement",
    Verb.FINISH: "completion",
    Verb.SEND_BACK: "step-back",
    Verb.PARK: "parking",
    Verb.WAKE: "waking",
    Verb.DROP: "drop",
    Verb.REOPEN: "reopening",
}
"""What each verb creates: the last part of its address, and of its route's name."""
UNDO = {Verb.PARK: Verb.WAKE, Verb.DROP: Verb.REOPEN} | dict.fromkeys(FORWARD, Verb.SEND_BACK)
UNDONE = N_("Undone")


def route(verb: Verb) -> HTTPRouteHandler:
    """The handler of one verb, for the role that the verb needs."""

    @post(
        f"/initiatives/{{key:str}}/{RESOURCES[verb]}",
        name=f"initiatives.{verb}",
        opt={"role": MOVES[verb].role},
        include_in_schema=False,
    )
    async def move(
        request: Request[Any, Any, Any], key: FromPath[str], database: NamedDependency[Database]
    ) -> Response[Any]:
        form = await request.form()
        reason = str(form.get("reason", ""))
        try:
            async with database.writing() as session:
                initiative = await initiatives.by_key(session, key, for_change=True)
                initiative.expect(version_of(form))
                await moves.move(session, initiative, verb, reason=reason, by=request.user.actor)
        except (Conflict, Invalid) as refused:
            status = 422 if isinstance(refused, Invalid) else 409
            errors = getattr(refused, "fields", {})
            alert = None if errors else refused.text
            return await show_page(
                request, database, key, status=status, alert=alert, errors=errors, typed={"reason": reason}, at=verb
            )
        return moved(request, initiative.key, verb, initiative.version)

    return move


def moved(request: Request[Any, Any, Any], key: str, verb: Verb, version: int) -> Response[Any]:
    """Back to the page, with a word about the step and how to undo it."""
    undo, fields = None, {}
    if verb in UNDO and request.user.may(MOVES[UNDO[verb]].role):
        undo = request.app.route_reverse(f"initiatives.{UNDO[verb]}", key=key)
        with locales.speaking(reader_locale(request, request.user)):
            fields = {"version": version, "reason": locales.translated(UNDONE)}
    toast = Text(MOVES[verb].done, {"key": key})
    return see_other(request, "initiatives.show", toast=toast, undo=undo, fields=fields, key=key)


ROUTES = [route(verb) for verb in Verb]
