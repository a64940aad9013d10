"""What a mapping chooses, held against what its tracker has to choose from."""

from collections.abc import Mapping
from typing import Any

from litestar import Request

from backlog.errors import N_, Invalid, Text
from backlog.trackers.connections import Connection
from backlog.trackers.fields import FieldMapping
from web.pages import connections_mapping_forms as forms
from web.pages.connections_asking import Known, catalogue_of

Asked = Request[Any, Any, Any]
NO_TYPE = N_("There is no type of issue “%(type)s” in this project.")


async def require_there(request: Asked, connection: Connection, mapping: FieldMapping) -> None:
    """Invalid (``board``, ``issue_type``, ``sets-STAGE``, ``means-STAGE``) for what the tracker does not have. One that
    cannot be asked is believed to have it."""
    if not (mapping.board or mapping.issue_type or mapping.stages):
        return
    if found := missing(await catalogue_of(request, connection, mapping.issue_type, mapping.board), mapping):
        raise Invalid(found)


def missing(known: Known, mapping: FieldMapping) -> Mapping[str, Text]:
    """What is chosen and not there. Where no types are to be seen there may be some that the account may not see."""
    catalogue = known.catalogue
    if catalogue is None:
        return {}
    if known.trouble is not None:  # without its board the rest could be read
        is_there = any(each.id == mapping.board for each in catalogue.boards)
        return {} if is_there else {"board": known.trouble.text}
    chosen = forms.kept(mapping, "", ())
    found = {
        name: Text(forms.NO_STATUS, {"status": status})
        for name, status in forms.strange(chosen, catalogue.statuses).items()
    }
    if catalogue.types and catalogue.lacks_type(mapping.issue_type):
        found["issue_type"] = Text(NO_TYPE, {"type": mapping.issue_type})
    return found
