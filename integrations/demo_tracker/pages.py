"""Plain pages on which people play the delivery team: no scripts, every text escaped."""

from urllib.parse import quote

import nh3
from litestar import MediaType, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from markdown_it import MarkdownIt
from markupsafe import Markup

from integrations.demo_tracker.accounts import ADMIN, Account
from integrations.demo_tracker.calls import Call
from integrations.demo_tracker.host import Host
from integrations.demo_tracker.issues import TITLE_LIMIT, Issue
from integrations.demo_tracker.refusals import Refusal
from integrations.demo_tracker.repository import Repository

TEAM = Account("delivery-team", 4211, permissions=ADMIN)
"""Who does what is done on these pages."""
STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem; color: #1f2328; background: #fff; }
header { border-bottom: 1px solid #767676; margin-bottom: 1rem; } header p { color: #59636e; }
li { margin: .35rem 0; } .state, .label { border: 1px solid; border-radius: 1em; padding: 0 .6em; font-size: .85rem; }
.closed { color: #6639ba; } .open { color: #116329; }
article { border: 1px solid #767676; border-radius: .5rem; padding: .5rem 1rem; margin: 1rem 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
form { margin: 1rem 0; } label { display: block; font-weight: 600; }
input, textarea { font: inherit; width: 100%; box-sizing: border-box; } button { font: inherit; margin-top: .4rem; }
"""
PAGE = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} · Demo tracker</title>'
    '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/demo-tracker.css"></head>'
    "<body><header><h1>Demo tracker</h1><p>A make-believe tracker: play the delivery team, nothing here leaves this "
    "computer. The token of Waymark here is demo-token.</p></header><main>{content}</main></body></html>"
)
ISSUES = Markup(
    '<h2>{name}</h2><p><a href="?state=open">Open</a> · <a href="?state=closed">Closed</a> · <a href="?state=all">All</a></p>'
    '<ul>{rows}</ul><form method="post" action="{base}/issues"><label for="title">New issue</label>'
    '<input id="title" name="title" required maxlength="256"><label for="body">Description</label>'
    '<textarea id="body" name="body" rows="4"></textarea><button>Create</button></form>'
)
ROW = Markup(
    '<li><a href="{base}/issues/{number}">#{number} {title}</a> <span class="state {state}">{state}</span> {labels}</li>'
)
LABEL = Markup('<span class="label">{}</span> ')
ISSUE = Markup(
    '<p><a href="{base}/issues">All issues</a></p><h2>{title} <small>#{number}</small></h2>'
    '<p><span class="state {state}">{state}</span> opened by {author} {labels}</p><article>{shown}</article>'
    '{comments}<form method="post" action="{base}/issues/{number}/title"><label for="title">Title</label>'
    '<input id="title" name="title" required maxlength="256" value="{title}"><button>Save title</button></form>'
    '<details><summary>Edit the description</summary><form method="post" action="{base}/issues/{number}/body">'
    '<label for="body">Description</label><textarea id="body" name="body" rows="18">{body}</textarea>'
    "<button>Save description</button></form></details>"
    '<form method="post" action="{base}/issues/{number}/labels"><label for="labels">Labels, parted by commas</label>'
    '<input id="labels" name="labels" value="{label_names}"><button>Save labels</button></form>'
    '<form method="post" action="{base}/issues/{number}/state">{verbs}</form>'
    '<form method="post" action="{base}/issues/{number}/comments"><label for="comment">Comment</label>'
    '<textarea id="comment" name="body" rows="3" required></textarea><button>Comment</button></form>'
)
VERB = Markup('<button name="state" value="{}">{}</button> ')
CLOSE = (("completed", "Close as completed"), ("not_planned", "Close as not planned"))
REOPEN = (("open", "Reopen issue"),)
COMMENT = Markup('<article id="issuecomment-{id}"><p>{author}</p>{body}</article>')
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


@get("/demo-tracker.css", media_type="text/css", sync_to_thread=False)
def style() -> str:
    return STYLE


@get("/", sync_to_thread=False)
def start(host: NamedDependency[Host]) -> Response[str]:
    rows = [Markup('<li><a href="{}/issues">{}</a></li>').format(base(one), one.full_name) for one in host.repositories]
    return page("Repositories", Markup("<ul>{}</ul>").format(Markup("").join(rows)))


@get(["/{owner:str}/{repo:str}", "/{owner:str}/{repo:str}/issues"], sync_to_thread=False)
def issues(request: Call, host: NamedDependency[Host], owner: FromPath[str], repo: FromPath[str]) -> Response[str]:
    one = host.repository(owner, repo)
    state = request.query_params.get("state", "open")
    shown = [issue for issue in reversed(one.issues.every()) if state in {"all", issue.state}]
    rows = Markup("").join(
        ROW.format(base=base(one), number=i.number, title=i.title, state=i.state, labels=labels(i)) for i in shown
    )
    return page(one.full_name, ISSUES.format(name=one.full_name, base=base(one), rows=rows))


@get("/{owner:str}/{repo:str}/issues/{number:int}", sync_to_thread=False)
def issue(
    host: NamedDependency[Host], owner: FromPath[str], repo: FromPath[str], number: FromPath[int]
) -> Response[str]:
    one = host.repository(owner, repo)
    found = one.issues.get(number)
    is_open = found.state == "open"
    comments = [COMMENT.format(id=c.id, author=c.author.login, body=rendered(c.body)) for c in one.comments.of(number)]
    content = ISSUE.format(
        base=base(one), number=number, title=found.title, state=found.state, author=found.author.login, body=found.body or "",
        shown=rendered(found.body or ""), labels=labels(found), label_names=", ".join(found.labels),
        comments=Markup("").join(comments), verbs=Markup("").join(VERB.format(*each) for each in (CLOSE if is_open else REOPEN)),
    )  # fmt: skip
    return page(found.title, content)


@post("/{owner:str}/{repo:str}/issues")
async def create(request: Call, host: NamedDependency[Host], owner: FromPath[str], repo: FromPath[str]) -> Redirect:
    one = host.repository(owner, repo)
    form = await written(request)
    made = one.open_issue(titled(form), by=TEAM, body=form.get("body") or None)
    return back(one, made.number)


@post("/{owner:str}/{repo:str}/issues/{number:int}/title")
async def retitle(
    request: Call, host: NamedDependency[Host], owner: FromPath[str], repo: FromPath[str], number: FromPath[int]
) -> Redirect:
    one = host.repository(owner, repo)
    one.edit(number, by=TEAM, title=titled(await written(request)))
    return back(one, number)


@post("/{owner:str}/{repo:str}/issues/{number:int}/state")
async def set_state(
    request: Call, host: NamedDependency[Host], owner: FromPath[str], repo: FromPath[str], number: FromPath[int]
) -> Redirect:
    one = host.repository(owner, repo)
    match (await written(request)).get("state"):
        case "completed":
            one.close(number, by=TEAM)
        case "not_planned":
            one.close(number, by=TEAM, reason="not_planned")
        case _:
            one.reopen(number, by=TEAM)
    return back(one, number)


@post("/{owner:str}/{repo:str}/issues/{number:int}/body")
async def describe(
    request: Call, host: NamedDependency[Host], owner: FromPath[str], repo: FromPath[str], number: FromPath[int]
) -> Redirect:
    one = host.repository(owner, repo)
    one.edit(number, by=TEAM, body=(await written(request)).get("body", "").replace("\r\n", "\n"))
    return back(one, number)


@post("/{owner:str}/{repo:str}/issues/{number:int}/labels")
async def relabel(
    request: Call, host: NamedDependency[Host], owner: FromPath[str], repo: FromPath[str], number: FromPath[int]
) -> Redirect:
    one = host.repository(owner, repo)
    wanted = [each.strip() for each in (await written(request)).get("labels", "").split(",") if each.strip()]
    before = one.issues.get(number).labels
    one.unlabel(number, *(each for each in before if each not in wanted), by=TEAM)
    one.label(number, *(each for each in wanted if each not in before), by=TEAM)
    return back(one, number)


@post("/{owner:str}/{repo:str}/issues/{number:int}/comments")
async def comment(
    request: Call, host: NamedDependency[Host], owner: FromPath[str], repo: FromPath[str], number: FromPath[int]
) -> Redirect:
    one = host.repository(owner, repo)
    text = (await written(request)).get("body", "")
    if text.strip():
        one.comments.write(number, text, by=TEAM)
    return back(one, number)


def base(one: Repository) -> str:
    return f"/{quote(one.records.owner)}/{quote(one.records.name)}"


def back(one: Repository, number: int) -> Redirect:
    return Redirect(f"{base(one)}/issues/{number}", status_code=303)


def rendered(text: str) -> Markup:
    """Markdown as people read it: comments do not show, and nothing runs."""
    return Markup(nh3.clean(MarkdownIt("commonmark", {"html": True, "breaks": True}).render(text)))  # noqa: S704 - cleaned


def labels(issue: Issue) -> Markup:
    return Markup("").join(LABEL.format(name) for name in issue.labels)


def page(title: str, content: Markup, status: int = 200) -> Response[str]:
    text = str(PAGE.format(title=title, content=content))
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=HEADERS)


async def written(request: Call) -> dict[str, str]:
    """A form of these pages, and of no other site. Raises Refusal: 403."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Refusal(403, "This form was sent from another site.")
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def titled(form: dict[str, str]) -> str:
    """Raises Refusal: 422."""
    title = form.get("title", "").strip()
    if not title or len(title) > TITLE_LIMIT:
        raise Refusal(422, f"A title has 1 to {TITLE_LIMIT} characters.")
    return title


def refused(_: Call, error: Exception) -> Response[str]:
    status, said = (error.status, error.message) if isinstance(error, Refusal) else (404, "Not Found")
    shown = 404 if status == 301 else status
    return page(said, Markup('<h2>{}</h2><p><a href="/">All repositories</a></p>').format(said), shown)


router = Router(
    "/",
    route_handlers=[style, start, issues, issue, create, retitle, describe, relabel, set_state, comment],
    exception_handlers={Refusal: refused},
)
