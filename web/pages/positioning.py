"""The positioning record: what the company wants to be known for, each attribute with its six tests."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from backlog import positioning
from backlog.database import Database
from backlog.errors import N_, Invalid, Stale, Text
from backlog.people.roles import Role
from backlog.positioning import ATTRIBUTES_MOST, TESTS, VERDICTS, Attribute, Test, Tested, Verdict
from web import chronicle, meanwhile
from web.answers import see_other
from web.asked import number
from web.forms import typed, version_of
from web.templating import page

Asked = Request[Any, Any, Any]
WORDS: dict[str, Any] = {"TESTS": TESTS, "VERDICTS": VERDICTS, "MOST": ATTRIBUTES_MOST}


@get("/settings/positioning", name="positioning.show", opt={"role": Role.VIEWER}, include_in_schema=False)
async def show(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    """The record as it holds, or the version that the address asks for."""
    asked = number(request.query_params, "version")
    async with database.reading() as session:
        versions = await positioning.versions(session)
        record = await positioning.get(session, asked) if asked is not None else next(iter(versions), None)
        events = await chronicle.of(session, "positioning", None)
    may = request.user.may(Role.PRODUCT_OWNER)
    known: dict[str, Any] = {"record": record, "versions": versions, "may_change": may}
    return page(request, "positioning/show.html", entries=chronicle.entries(events), **known, **WORDS)


@get("/settings/positioning/edit", name="positioning.edit", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def edit(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    return await form(request, database, None)


@post("/settings/positioning", name="positioning.update", opt={"role": Role.PRODUCT_OWNER}, include_in_schema=False)
async def update(request: Asked, database: NamedDependency[Database]) -> Response[Any]:
    values = meanwhile.settled(await typed(request))
    try:
        async with database.writing() as session:
            attributes, places = read(values)
            try:
                record = await positioning.state(
                    session, attributes, based_on=version_of(values), by=request.user.actor
                )
            except Invalid as invalid:
                raise Invalid({placed(name, places): text for name, text in invalid.fields.items()}) from invalid
    except (Invalid, Stale) as wrong:
        return await form(request, database, values, wrong)
    said = N_("Kept as version %(version)s.")
    return see_other(request, "positioning.show", toast=Text(said, {"version": record.version}))


async def form(
    request: Asked, database: Database, values: dict[str, str] | None, wrong: Invalid | Stale | None = None
) -> Response[str]:
    """What is typed, else the record. After somebody else's change it is based on that one, so keeping it again is
    meant."""
    async with database.reading() as session:
        record = await positioning.latest(session)
    kept = written(record.listed if record else [])
    clash = meanwhile.NONE
    if values is not None and isinstance(wrong, Stale):
        clash = meanwhile.clash(meanwhile.began_in(values), values, kept)
        values = dict(clash.values)
    status = 200 if wrong is None else 409 if isinstance(wrong, Stale) else 422
    return page(
        request,
        "positioning/edit.html",
        status=status,
        values=values if values is not None else kept,
        version=record.version if record else 0,
        errors=wrong.fields if isinstance(wrong, Invalid) else {},
        stale=wrong.text if isinstance(wrong, Stale) else None,
        kept=kept,
        clash=clash,
        **WORDS,
    )


def written(attributes: list[Attribute]) -> dict[str, str]:
    """The record as the fields of the form, those of places without an attribute too."""
    values: dict[str, str] = {}
    for place in range(1, ATTRIBUTES_MOST + 1):
        values |= {f"name_{place}": ""} | {f"note_{place}_{test}": "" for test in Test}
        values |= {f"verdict_{place}_{test}": Verdict.UNCLEAR.value for test in Test}
    for place, attribute in enumerate(attributes, start=1):
        values[f"name_{place}"] = attribute.name
        for test in Test:
            values[f"verdict_{place}_{test}"] = attribute[test].verdict
            values[f"note_{place}_{test}"] = attribute[test].note
    return values


def read(values: dict[str, str]) -> tuple[list[Attribute], list[int]]:
    """The attributes that were typed, and in which place of the form each stands; a place that is empty counts not."""
    attributes, places = [], []
    for place in range(1, ATTRIBUTES_MOST + 1):
        tests = {test: tested(values, place, test) for test in Test}
        name = values.get(f"name_{place}", "")
        if name.strip() or any(each.note.strip() for each in tests.values()):
            attributes.append(Attribute(name, tests))
            places.append(place)
    return attributes, places


def tested(values: dict[str, str], place: int, test: Test) -> Tested:
    verdict = values.get(f"verdict_{place}_{test}", "")
    return Tested(
        Verdict(verdict) if verdict in set(Verdict) else Verdict.UNCLEAR, values.get(f"note_{place}_{test}", "")
    )


def placed(name: str, places: list[int]) -> str:
    """The field of the form that a field of the record stands for."""
    kind, _, rest = name.partition("_")
    place, _, test = rest.partition("_")
    return "_".join(filter(None, (kind, str(places[int(place) - 1]), test))) if place.isdigit() else name


ROUTES = [show, edit, update]
