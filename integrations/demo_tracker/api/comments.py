"""/repos/{owner}/{repo}/issues/{number}/comments and /issues/comments/{id}"""

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from integrations.demo_tracker import payloads
from integrations.demo_tracker.calls import Call, answered, body, may_write, paged, required
from integrations.demo_tracker.issue_list import moment
from integrations.demo_tracker.issues import BODY_LIMIT
from integrations.demo_tracker.refusals import Refusal, invalid
from integrations.demo_tracker.repository import Repository


@get("/issues/{number:int}/comments", sync_to_thread=False)
def listed(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    repository.issues.here(number)
    every = repository.comments.of(number)
    if since := request.query_params.get("since"):
        every = [one for one in every if one.updated_at.replace(microsecond=0) >= moment(since)]
    return paged(request, repository, every, payloads.comment)


@post("/issues/{number:int}/comments")
async def create(request: Call, repository: NamedDependency[Repository], number: FromPath[int]) -> Response[bytes]:
    issue = repository.issues.here(number)
    caller = may_write(request, repository, permission="triage" if issue.locked else "pull")
    comment = repository.comments.write(number, checked(await body(request)), by=caller)
    said = payloads.comment(repository, comment)
    return answered(request, said, status=201, headers={"Location": said["url"]})


@get("/issues/comments/{comment_id:int}", sync_to_thread=False)
def show(request: Call, repository: NamedDependency[Repository], comment_id: FromPath[int]) -> Response[bytes]:
    return answered(request, payloads.comment(repository, repository.comments.get(comment_id)))


@patch("/issues/comments/{comment_id:int}")
async def change(request: Call, repository: NamedDependency[Repository], comment_id: FromPath[int]) -> Response[bytes]:
    comment = repository.comments.get(comment_id)
    caller = may_write(request, repository, author=comment.author)
    changed = repository.comments.edit(comment_id, checked(await body(request)), by=caller)
    return answered(request, payloads.comment(repository, changed))


@delete("/issues/comments/{comment_id:int}", sync_to_thread=False)
def remove(request: Call, repository: NamedDependency[Repository], comment_id: FromPath[int]) -> None:
    caller = may_write(request, repository, author=repository.comments.get(comment_id).author)
    repository.comments.delete(comment_id, by=caller)


def checked(sent: dict[str, object]) -> str:
    """Raises Refusal: 422."""
    text = required(sent, "body", str)
    if not text.strip():
        raise Refusal(422, "Validation Failed", invalid("IssueComment", "body", "missing_field").errors)
    if len(text) > BODY_LIMIT:
        raise invalid("IssueComment", "body", "custom", f"body is too long (maximum is {BODY_LIMIT} characters)")
    return text


handlers = [listed, create, show, change, remove]
