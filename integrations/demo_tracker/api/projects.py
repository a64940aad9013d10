"""/graphql, for projects only: REST has no word for their Status"""

from litestar import Response, post
from litestar.di import NamedDependency

from integrations.demo_tracker.calls import Call, answered, body, caller_of, required, typed
from integrations.demo_tracker.graphql import Document, Refused, run
from integrations.demo_tracker.host import Host
from integrations.demo_tracker.projects import Roots


@post("/graphql", status_code=200)
async def graphql(request: Call, host: NamedDependency[Host]) -> Response[bytes]:
    """Refusals are answered with 200, as GraphQL does."""
    caller = caller_of(request)
    sent = await body(request)
    try:
        document = Document(required(sent, "query", str))
        roots = Roots(host, caller)
        every = {"query": roots.query(), "mutation": roots.mutation()}
        data = run(document, typed(sent, "variables", dict) or {}, every)
    except Refused as refused:
        return answered(request, {"data": None, "errors": [refused.json()]})
    except (TypeError, KeyError) as error:
        return answered(request, {"errors": [{"message": f"Arguments do not fit: {error}"}]})
    return answered(request, {"data": data})


handlers = [graphql]
