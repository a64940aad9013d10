"""What a mapping chooses, held against what its tracker has to choose from."""

from collections.abc import Iterator, Mapping
from typing import Any

from litestar import Request

from backlog.errors import N_, Invalid, Text
from backlog.trackers.connections import Connection
from backlog.trackers.fields import FieldMapping
from web.connections_asking import Known, catalogue_of

Asked = Request[Any, Any, Any]
NO_STATUS = N_("“%(status)s” is not there any more: choose another status.")
NO_TYPE = N_("There is no type of issue “%(type)s” in this project.")


async def require_there(request: Asked, connection: Connection, mapping: FieldMapping) -> None:
    """Invalid (``board``, ``issue_type``, ``sets-STAGE``, ``means-STAGE``) for what the tracker does not have. One that
    cannot be asked is believed to have it."""
    if not (mapping.board or mapping.issue_type or mapping.stages):
        return
    if found := missing(await catalogue_of(request, connection, mapping.issue_type, mapping.board), mapping):
        raise Invalid(found)


def missing(known: Known, mapping: FieldMapping) -> Mapping[str, Text]:
    """What is chosen and not there. Where no types or statuses are to be seen there may be some that the account may not
    see."""
    catalogue = known.catalogue
    if catalogue is None:
        return {}
    if known.trouble is not None:  # without its board the rest could be read
        is_there = any(each.id == mapping.board for each in catalogue.boards)
        return {} if is_there else {"board": known.trouble.text}
    there = {each.id for each in catalogue.statuses}
    absent = [(name, each) for name, each in chosen(mapping) if there and each not in there]
    found = {name: Text(NO_STATUS, {"status": each}) for name, each in absent}
    if catalogue.types and catalogue.lacks_type(mapping.issue_type):
        found["issue_type"] = Text(NO_TYPE, {"type": mapping.issue_type})
    return found


def chosen(mapping: FieldMapping) -> Iterator[tuple[str, str]]:
    """Each status it names, after the name that its stage has in forms."""
    for stage, rule in mapping.stages.items():
        if rule.sets:
            yield f"sets-{slug(stage)}", rule.sets
        for each in sorted(rule.means):
            yield f"means-{slug(stage)}", each


def slug(value: str) -> str:
    """A stage or a tier as part of a name of a field."""
    return value.replace(" ", "_")
