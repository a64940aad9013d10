"""What the account may do in the project, told by asking, without changing anything."""

from collections.abc import Sequence

from backlog.errors import N_, Text
from integrations.errors import Limited, Missing, NoAccess, TrackerError, Unauthorized, Unavailable
from integrations.gitlab import answers
from integrations.gitlab.answers import shaped
from integrations.gitlab.calls import Calls
from integrations.gitlab.faults import SCOPE
from integrations.gitlab.issues import Issues
from integrations.gitlab.keys import project_path
from integrations.gitlab.people import People
from integrations.gitlab.projects import Projects
from integrations.tracker import Check

READ, WRITE, LABEL = N_("can read"), N_("can write"), N_("may label")
STATUS, COMMENT, HOOKS = N_("may set the status"), N_("may comment"), N_("may register webhooks")
ARCHIVED = N_("The project is archived: nobody can change anything in it.")
ISSUES_OFF = N_("Issues are switched off in this project. A maintainer can switch them on.")
GUEST = N_(
    "The account needs at least the role Planner or Reporter in this project. Without it GitLab drops labels, due dates "
    "and assignees without a word, and closes no issues of others."
)
MAINTAINER = N_(
    "Only maintainers of the project may. The sweep finds changes all the same; or let one set it up by hand."
)
UNTOLD = N_("GitLab does not tell what the account may do in this project. What it may not do shows when it is tried.")
PLANNER, MAINTAINS, OWNS = 15, 40, 50
"""Levels of access. Planner is there since 17.7; before, and beside it, 20 is Reporter."""


async def checks(calls: Calls, projects: Projects, issues: Issues, people: People) -> Sequence[Check]:
    """By the role of the account and the scope of its token. That the tracker cannot be reached, or does not know the
    token, is raised: it says nothing of rights."""
    try:
        project = await projects.look()
    except (Unavailable, Unauthorized, Limited):
        raise
    except TrackerError as error:
        return [Check(Text(READ), error.text)]
    frozen = _frozen(project) or await _scope(people)
    level = await _level(calls, project, await people.us())
    low = frozen or (Text(GUEST) if level is not None and level < PLANNER else None)
    lower = frozen or (Text(MAINTAINER) if level is not None and level < MAINTAINS else None)
    untold = Text(UNTOLD) if level is None else None
    return [
        Check(Text(READ), await _reading(project, issues)),
        *(Check(Text(name), low, unasked=untold) for name in (WRITE, LABEL, STATUS)),
        Check(Text(COMMENT), frozen),
        Check(Text(HOOKS), lower, is_needed=False, unasked=untold),
    ]


def _frozen(project: answers.Project) -> Text | None:
    if project.archived:
        return Text(ARCHIVED)
    return Text(ISSUES_OFF) if project.issues_enabled is False else None


async def _scope(people: People) -> Text | None:
    """A token that only reads says so."""
    scopes = (await people.token()).scopes
    return None if scopes is None or "api" in scopes else Text(SCOPE)


async def _level(calls: Calls, project: answers.Project, us: answers.User) -> int | None:
    """The highest of what it has itself, by its groups, and by groups that were invited; None when nobody tells: that it
    is no member counts where GitLab tells of members at all."""
    if us.is_admin:
        return OWNS
    said = project.permissions or answers.Permissions()
    level = max(each.access_level if each else 0 for each in (said.project_access, said.group_access))
    if level >= MAINTAINS:
        return level
    try:
        path = f"{project_path(str(project.id))}/members/all/{us.id}"
        return max(level, shaped(await calls.get(path), answers.Level).access_level)
    except Missing:
        return level if project.permissions is not None else None
    except NoAccess:
        return level if level >= PLANNER else None


async def _reading(project: answers.Project, issues: Issues) -> Text | None:
    if project.issues_enabled is False:
        return Text(ISSUES_OFF)
    try:
        await issues.first({"per_page": 1})
    except (Unavailable, Unauthorized, Limited):
        raise
    except TrackerError as error:
        return error.text
    return None
