"""Of several ways to a status the one that asks for least is taken; without one, people are told."""

from typing import Any

import pytest

from integrations.errors import Unreachable
from integrations.issue import Category, Status
from integrations.jira.transitions import chosen, closing, is_dropped, ways

NOW = Status("1", "Backlog", Category.TODO)


def told(id_: str, to: str, category: str = "done", required: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    fields = {each: {"name": each.title(), "required": True, "hasDefaultValue": False} for each in required}
    return {
        "id": id_,
        "name": f"Go {id_}",
        "to": {"id": to, "name": f"Status {to}", "statusCategory": {"key": category}},
        "fields": fields,
        **more,
    }


def offered(*found: dict[str, Any]) -> list[Any]:
    return ways({"transitions": list(found)})


def test_the_way_that_asks_for_least_is_taken() -> None:
    found = offered(
        told("11", "3", required=("resolution", "terminal")), told("21", "3", required=("resolution",)), told("31", "4")
    )

    assert chosen(found, "3", {"resolution": "1"}, NOW).id == "21"


def test_the_way_whose_fields_can_be_filled_goes_before_one_that_asks_for_fewer() -> None:
    found = offered(told("11", "3", required=("terminal",)), told("21", "3", required=("resolution", "duedate")))

    assert chosen(found, "3", {"resolution": "1", "duedate": "2027-01-31"}, NOW).id == "21"


def test_a_field_with_a_default_needs_nobody() -> None:
    way = told("11", "3", required=("resolution",))
    way["fields"]["resolution"]["hasDefaultValue"] = True

    assert chosen(offered(way), "3", {}, NOW).needs == {}


def test_a_way_that_is_closed_to_this_account_is_none() -> None:
    with pytest.raises(Unreachable, match="move it nowhere"):
        chosen(offered(told("11", "3", isAvailable=False)), "3", {}, NOW)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Unreachable, match="Resolution, Terminal") as unreachable:
        chosen(offered(told("11", "3", required=("terminal", "resolution"))), "3", {"terminal": ""}, NOW)

    assert unreachable.value.needs == ("Resolution", "Terminal")


def test_an_issue_made_by_mistake_is_best_closed_as_not_to_be_done() -> None:
    dropped = told("31", "9")
    dropped["to"]["name"] = "Won't do"

    assert closing(offered(told("11", "3"), dropped, told("41", "5", "new")), NOW).id == "31"


@pytest.mark.parametrize("name", ["Won't Do", "Cancelled", "Abgelehnt", "DUPLICATE", "Rejected"])
def test_a_status_that_means_not_to_be_done_is_known_by_its_name(name: str) -> None:
    assert is_dropped(name)


@pytest.mark.parametrize("name", ["Done", "Fertig", "In Review", "Released"])
def test_other_statuses_are_not_mistaken_for_it(name: str) -> None:
    assert not is_dropped(name)
