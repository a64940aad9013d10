"""What a refused form gives back: what was typed, and nothing that the page had put there itself."""

from typing import Any

from litestar import Request
from litestar.testing import RequestFactory
from litestar.utils.scope.state import ScopeState

from web.typed import typed


def refused(**fields: str) -> Request[Any, Any, Any]:
    request: Request[Any, Any, Any] = RequestFactory().post("/initiatives/CX-1")
    ScopeState.from_scope(request.scope).form = dict(fields)
    return request


def test_what_was_typed_comes_back_under_the_names_of_the_page() -> None:
    found = typed(refused(title="Bags, told", urgency_likely="7.5"))

    assert [(field.label, field.text) for field in found] == [("Title", "Bags, told"), ("Urgency, Likely", "7.5")]


def test_what_the_page_had_put_into_the_form_is_not_shown() -> None:
    ours = {"seen": "304e139ed716ad61", "began": '{"title": "Bags"}', "held": "1-2", "query": "stage=ready"}

    assert typed(refused(**ours, urgency_was="5.0", **{"theirs-title": "yes"}, version="3", password="secret")) == []
