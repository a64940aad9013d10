"""Moving the stage of several initiatives at once."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import LARGEST_ID, Database
from backlog.errors import N_, Invalid, Refused, Text
from backlog.history import Actor
from backlog.initiatives import initiatives, moves
from backlog.initiatives.keys import key_of
from backlog.initiatives.stages import MOVES, Verb
from backlog.people.roles import Role
from web.answers import go_to
from web.pages.backlog_asked import kept
from web.templating import page

MOST = 500  # initiatives in one go
NAMED = 8  # of those moved, in the word about it


@dataclass(frozen=True, slots=True)
class Named:
    """An initiative that moved."""

    id: int
    title: str

    @property
    def key(self) -> str:
        return key_of(self.id)


@dataclass(frozen=True, slots=True)
class Left(Named):
    """One that stayed where it was, and why."""

    why: Text


def offered(role: Role) -> list[tuple[str, str]]:
    """The verbs this role may use, with their labels."""
    return [(verb.value, move.label) for verb, move in MOVES.items() if role.may(move.role)]


@post("/backlog/stage", name="backlog.stage", opt={"role": Role.DEPARTMENT_LEAD}, include_in_schema=False)
async def move(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """Move all that can be moved, in one transaction; say of each other one why it stayed."""
    form = await request.form()
    verb, ids, reason = verb_of(form.get("verb")), ids_of(form.getall("id", [])), str(form.get("reason", ""))
    moves.require(verb, request.user.role)
    async with database.writing() as session:
        moved, left = await move_each(session, ids, verb, reason, by=request.user.actor)
    query = kept(str(form.get("query", "")))
    if left:
        values: dict[str, Any] = {
            "moved": moved,
            "left": left,
            "verb": verb,
            "move": MOVES[verb],
            "reason": reason,
            "query": query,
        }
        return page(request, "backlog/moved.html", status=200 if moved else 409, **values)
    back = request.app.route_reverse("backlog.index") + (f"?{query}" if query else "")
    which = ", ".join(each.key for each in moved[:NAMED]) + (" …" if len(moved) > NAMED else "")
    said = {"verb": Text(MOVES[verb].label), "n": len(moved), "which": which}
    return go_to(back, toast=Text(N_("%(verb)s: %(n)s moved (%(which)s)."), said))


def verb_of(text: Any) -> Verb:
    try:
        return Verb(text)
    except ValueError:
        raise Invalid({"verb": N_("Choose a step.")}) from None


def ids_of(values: list[Any]) -> list[int]:
    """In ascending order, as rows are locked. Invalid when there are none or too many."""
    texts = {text for text in values if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 11}
    ids = sorted(number for number in map(int, texts) if number <= LARGEST_ID)
    if not ids:
        raise Invalid({"id": N_("Select at least one initiative.")}, N_("Select at least one initiative."))
    if len(ids) > MOST:
        raise Invalid({"id": Text(N_("Select at most %(most)s initiatives."), {"most": MOST})})
    return ids


async def move_each(
    session: AsyncSession, ids: list[int], verb: Verb, reason: str, *, by: Actor
) -> tuple[list[Named], list[Left]]:
    """Those that were moved, and those that stayed."""
    moved: list[Named] = []
    left: list[Left] = []
    for each in ids:
        title = ""
        try:
            initiative = await initiatives.by_key(session, each, for_change=True)
            title = initiative.title
            await moves.move(session, initiative, verb, reason=reason, by=by)
            moved.append(Named(each, title))
        except Invalid as invalid:
            left.append(Left(each, title, next(iter(invalid.fields.values()))))
        except Refused as refused:
            left.append(Left(each, title, refused.text))
    return moved, left


ROUTES = [move]
