"""A site with something in it: the airport's two projects, their workflow, four people and their tokens."""

import datetime as dt
from typing import Any

from tests.trackers.fake_jira.fields import Choice, Field, Kind
from tests.trackers.fake_jira.people import BROWSE, EVERYTHING, Account, Token
from tests.trackers.fake_jira.people import Kind as TokenKind
from tests.trackers.fake_jira.projects import (
    DONE,
    INDETERMINATE,
    NEW,
    Component,
    IssueType,
    Project,
    Status,
    Transition,
    Workflow,
)
from tests.trackers.fake_jira.site import Site

BACKLOG = Status("10000", "Backlog", NEW)
CHOSEN = Status("10001", "Selected for Development", NEW)
DOING = Status("3", "In Progress", INDETERMINATE)
REVIEW = Status("10002", "In Review", INDETERMINATE)
FINISHED = Status("10003", "Done", DONE)

# Review is reached from work only; Done asks for a resolution; anything may go back to the backlog.
DELIVERY = Workflow(
    BACKLOG,
    (
        Transition("11", "Back to backlog", BACKLOG),
        Transition("21", "Select", CHOSEN, frozenset({"10000"})),
        Transition("31", "Start work", DOING, frozenset({"10000", "10001", "10002"})),
        Transition("41", "Ask for review", REVIEW, frozenset({"3"})),
        Transition(
            "51", "Finish", FINISHED, frozenset({"3", "10002"}), ("resolution", "assignee"), frozenset({"resolution"})
        ),
    ),
)
SIMPLE = Workflow(BACKLOG, (Transition("11", "To Do", BACKLOG), Transition("21", "Done", FINISHED)))

DEPARTMENT = Field(
    "customfield_10050", "Department", Kind.OPTION, (Choice("10200", "Ground Services"), Choice("10201", "Retail"))
)
SCORE = Field("customfield_10051", "Priority score", Kind.NUMBER)
WHY = Field("customfield_10052", "Why it matters", Kind.TEXT)
TERMINAL = Field("customfield_10053", "Terminal", Kind.LINE)

SCREEN = ("summary", "description", "labels", "priority", "assignee", "components", DEPARTMENT.id, SCORE.id, WHY.id)
TASK = IssueType("10010", "Task", DELIVERY, (*SCREEN, "duedate"))
# The due date is not on the screen of a story, and a story must name its terminal.
STORY = IssueType("10011", "Story", DELIVERY, (*SCREEN, TERMINAL.id), frozenset({"summary", TERMINAL.id}))
CHORE = IssueType("10010", "Task", SIMPLE, ("summary", "description", "labels", "priority", "assignee"))

INTEGRATION = "5b10ac8d82e05b22cc7d4ef5"
TOM = "5b10a2844c20165700ede21g"
PETRA = "5b109f2e9729b51b54dc274d"
GUEST = "5b10a0effa615349cb016cd8"


def opened(**settings: Any) -> Site:
    """Projects GATE (id 10000) and SHOP (10001). Settings are those of `Site`.

    Tokens, by kind: `classic`, `scoped` (Cloud), `personal`, `password` (Data Center), all of the integration's
    account; `tom-classic`, `guest-classic` and `tom-personal`, `guest-personal` of people; `expired-classic`.
    """
    site = Site(**settings)
    for field in (DEPARTMENT, SCORE, WHY, TERMINAL):
        site.add_field(field)
    components = (Component("10300", "Boarding"), Component("10301", "Lounge"))
    site.add_project(Project(10_000, "GATE", "Gates and lounges", (TASK, STORY), components))
    site.add_project(Project(10_001, "SHOP", "Shops and food", (CHORE,)))
    _people(site)
    _tokens(site)
    return site


def _people(site: Site) -> None:
    site.add_account(Account(INTEGRATION, "waymark", "Waymark", "waymark@airport.example", EVERYTHING))
    site.add_account(Account(TOM, "tom", "Tom Berger", "tom@airport.example"))
    site.add_account(Account(PETRA, "petra", "Petra Lang", "petra@airport.example"))
    site.add_account(Account(GUEST, "guest", "Guest", "guest@airport.example", frozenset({BROWSE})))


def _tokens(site: Site) -> None:
    yesterday = site.clock() - dt.timedelta(days=1)
    if not site.cloud:
        site.add_token(Token("personal", INTEGRATION, TokenKind.PERSONAL))
        site.add_token(Token("password", INTEGRATION, TokenKind.PASSWORD))
        site.add_token(Token("tom-personal", TOM, TokenKind.PERSONAL))
        site.add_token(Token("guest-personal", GUEST, TokenKind.PERSONAL))
        site.add_token(Token("expired-personal", INTEGRATION, TokenKind.PERSONAL, yesterday))
        return
    scopes = frozenset({"read:jira-work", "write:jira-work", "read:jira-user"})
    site.add_token(Token("classic", INTEGRATION, TokenKind.CLASSIC))
    site.add_token(Token("scoped", INTEGRATION, TokenKind.SCOPED, scopes=scopes))
    site.add_token(Token("tom-classic", TOM, TokenKind.CLASSIC))
    site.add_token(Token("guest-classic", GUEST, TokenKind.CLASSIC))
    site.add_token(Token("expired-classic", INTEGRATION, TokenKind.CLASSIC, yesterday))
    site.oauth.apps["waymark-app"] = "app-secret"
