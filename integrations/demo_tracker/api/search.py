"""/search/issues: an index that may lag behind"""

from litestar import Response, get
from litestar.di import NamedDependency

from integrations.demo_tracker import payloads
from integrations.demo_tracker.calls import Call, answered, caller_of, page_asked
from integrations.demo_tracker.host import Host
from integrations.demo_tracker.refusals import Refusal, invalid
from integrations.demo_tracker.repository import Repository
from integrations.demo_tracker.search import Search

UNREADABLE = (
    "The listed users and repositories cannot be searched either because the resources do not exist "
    "or you do not have permission to view them."
)


@get("/search/issues", sync_to_thread=False)
def found(request: Call, host: NamedDependency[Host]) -> Response[bytes]:
    """The newest first; never more than the first 1,000."""
    search = Search.read(request.query_params.get("q", ""))
    every = [
        (repository, issue)
        for repository in readable(request, host, search)
        for issue in repository.lagging(search=True)
        if search.meets(issue)
    ]
    every.sort(key=lambda one: one[1].created_at, reverse=request.query_params.get("order") != "asc")
    page, size = page_asked(request)
    shown = every[:1000][(page - 1) * size : page * size]
    items = [payloads.search_result(one, issue) for one, issue in shown]
    said = {"total_count": len(every), "incomplete_results": False, "items": items, "search_type": "lexical"}
    return answered(request, said)


def readable(request: Call, host: Host, search: Search) -> list[Repository]:
    """Raises Refusal: 422 when there is none."""
    caller = caller_of(request)
    named = search.repositories
    every = [one for one in host.repositories if one.full_name.lower() in named and one.may(caller, "pull")]
    if not every:
        raise Refusal(422, "Validation Failed", invalid("Search", "q", "invalid", UNREADABLE).errors)
    return every


handlers = [found]
