"""/repos/{owner}/{repo}/milestones"""

from datetime import UTC, datetime

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from integrations.demo_tracker import payloads
from integrations.demo_tracker.calls import Call, answered, body, may_write, paged, required, typed
from integrations.demo_tracker.issue_list import moment
from integrations.demo_tracker.records import Milestone
from integrations.demo_tracker.refusals import invalid
from integrations.demo_tracker.repository import Repository

NO_DATE = datetime.max.replace(tzinfo=UTC)


@get("/milestones", sync_to_thread=False)
def listed(request: Call, repository: NamedDependency[Repository]) -> Response[bytes]:
    """The open ones by their date, unless asked otherwise."""
    state = request.query_params.get("state", "open")
    found = [one for one in repository.milestones.every() if state in {"all", one.state}]
    down = request.query_params.get("direction") == "desc"
    found.sort(key=lambda one: (one.due_on or NO_DATE, one.number), reverse=down)
    return paged(request, repository, found, payloads.milestone)


@post("/milestones")
async def create(request: Call, repository: NamedDependency[Repository]) -> Response[bytes]:
    caller = may_write(request, repository)
    sent = await body(request)
    due_on = typed(sent, "due_on", str)
    one = repository.milestones.create(
        required(sent, "title", str),
        by=caller,
        description=typed(sent, "description", str),
        due_on=moment(due_on) if due_on else None,
    )
    said = payloads.milestone(repository, one)
    return answered(request, said, status=201, headers={"Location": said["url"]})


@get("/milestones/{number:int}", sync_to_thread=False)
def show(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    return answered(request, payloads.milestone(repository, repository.milestones.get(number)))


@patch("/milestones/{number:int}")
async def change(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    one = repository.milestones.get(number)
    may_write(request, repository)
    rewrite(one, await body(request))
    if one.state not in {"open", "closed"}:
        raise invalid("Milestone", "state", "invalid", value=one.state)
    return answered(request, payloads.milestone(repository, repository.milestones.set_state(number, one.state)))


def rewrite(one: Milestone, sent: dict[str, object]) -> None:
    one.title = typed(sent, "title", str) or one.title
    one.state = typed(sent, "state", str) or one.state
    if "description" in sent:
        one.description = typed(sent, "description", str)
    if "due_on" in sent:
        due_on = typed(sent, "due_on", str)
        one.due_on = moment(due_on) if due_on else None


handlers = [listed, create, show, change]
