"""What the account may do in the repository, told by asking, without changing anything."""

from collections.abc import Mapping, Sequence

from backlog.errors import N_, Text
from integrations.errors import Limited, TrackerError, Unauthorized, Unavailable
from integrations.github import answers
from integrations.github.apps import Installation, Signature
from integrations.github.faults import ISSUES_OFF
from integrations.github.issues import Issues
from integrations.github.projects import Projects
from integrations.tracker import Check

READ, WRITE, LABEL = N_("can read"), N_("can write"), N_("may label")
STATUS, COMMENT, HOOKS = N_("may set the status"), N_("may comment"), N_("may register webhooks")
ARCHIVED = N_("The repository is archived: nobody can change anything in it.")
TRIAGE = N_(
    "The account needs the role Triage or Write in this repository, and a fine-grained token the permission Issues: "
    "read and write. Without it GitHub drops labels and assignees without a word."
)
APP = N_("The app needs the permission Issues: read and write; its owner grants it, and whoever installed it agrees.")
UNTOLD = N_(
    "GitHub does not tell what the account may do in this repository. What it may not do shows when it is tried."
)
ADMIN = N_(
    "Only administrators of the repository may. The sweep finds changes all the same; or let one set it up by hand."
)


async def checks(projects: Projects, issues: Issues, signature: Signature) -> Sequence[Check]:
    """By the permissions of an app's token; GitHub does not tell those of a person's, so that the person's role counts.
    That the tracker cannot be reached, or does not know the token, is raised: it says nothing of rights."""
    try:
        repository = await projects.look()
    except (Unavailable, Unauthorized, Limited):
        raise
    except TrackerError as error:
        return [Check(Text(READ), error.text)]
    reads = Check(Text(READ), await _reading(repository, issues))
    frozen = Text(ARCHIVED) if repository.archived else Text(ISSUES_OFF) if not repository.has_issues else None
    role = None if isinstance(signature, Installation) else repository.permissions  # an app has none
    return [reads, *_rights(role, signature.permissions, frozen)]


def _rights(
    role: answers.Permissions | None, granted: Mapping[str, str] | None, frozen: Text | None
) -> Sequence[Check]:
    """``frozen``: why nobody can change anything."""
    if role is None and granted is None:
        untold = [Check(Text(name), frozen, unasked=Text(UNTOLD)) for name in (WRITE, LABEL, STATUS, COMMENT)]
        return [*untold, Check(Text(HOOKS), is_needed=False, unasked=Text(UNTOLD))]
    role = role or answers.Permissions()
    writes, labels = _writing(role, granted)
    return [
        Check(Text(WRITE), frozen or writes),
        Check(Text(LABEL), frozen or labels),
        Check(Text(STATUS), frozen or labels),
        Check(Text(COMMENT), frozen or writes),
        Check(Text(HOOKS), _hooks(role, granted), is_needed=False),
    ]


async def _reading(repository: answers.Repository, issues: Issues) -> Text | None:
    if not repository.has_issues:
        return Text(ISSUES_OFF)
    try:
        await issues.first({"state": "all", "per_page": 1})
    except (Unavailable, Unauthorized, Limited):
        raise
    except TrackerError as error:
        return error.text
    return None


def _writing(role: answers.Permissions, granted: Mapping[str, str] | None) -> tuple[Text | None, Text | None]:
    """What stands against writing at all, and against labels and statuses."""
    if granted is not None:
        problem = None if granted.get("issues") == "write" else Text(APP)
        return problem, problem
    may_triage = role.triage or role.push or role.maintain or role.admin
    triage = None if may_triage else Text(TRIAGE)
    return (None if role.pull or may_triage else Text(TRIAGE)), triage


def _hooks(role: answers.Permissions, granted: Mapping[str, str] | None) -> Text | None:
    may = role.admin if granted is None else granted.get("repository_hooks") == "write"
    return None if may else Text(ADMIN)
