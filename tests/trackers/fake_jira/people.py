"""Who may do what: accounts, their permissions in a project, and the tokens that speak for them."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

BROWSE = "BROWSE_PROJECTS"
CREATE = "CREATE_ISSUES"
EDIT = "EDIT_ISSUES"
TRANSITION = "TRANSITION_ISSUES"
COMMENT = "ADD_COMMENTS"
DELETE = "DELETE_ISSUES"
ASSIGNABLE = "ASSIGNABLE_USER"
ADMINISTER = "ADMINISTER"

EVERYDAY = frozenset({BROWSE, CREATE, EDIT, TRANSITION, COMMENT, DELETE, ASSIGNABLE})
EVERYTHING = EVERYDAY | {ADMINISTER}
GLOBAL = frozenset({ADMINISTER})
NAMES = {
    BROWSE: "Browse Projects",
    CREATE: "Create Issues",
    EDIT: "Edit Issues",
    TRANSITION: "Transition Issues",
    COMMENT: "Add Comments",
    DELETE: "Delete Issues",
    ASSIGNABLE: "Assignable User",
    ADMINISTER: "Administer Jira",
}


class Kind(StrEnum):
    """How a token proves itself, and where it works."""

    CLASSIC = "classic"  # Basic email:token, Cloud, the site's own host only
    SCOPED = "scoped"  # Basic email:token, Cloud, below /ex/jira/{cloudId} only
    OAUTH = "oauth"  # Bearer, Cloud, below /ex/jira/{cloudId} only
    PERSONAL = "personal"  # Bearer, Data Center
    PASSWORD = "password"  # Basic name:password, Data Center


@dataclass(slots=True)
class Account:
    """A person or an app. `permissions` hold everywhere unless `permissions_in` names the project's id."""

    id: str
    name: str
    display_name: str
    email: str
    permissions: frozenset[str] = EVERYDAY
    permissions_in: dict[int, frozenset[str]] = field(default_factory=dict)
    time_zone: str = "Europe/Berlin"
    account_type: str = "atlassian"
    active: bool = True

    def may(self, permission: str, project: int) -> bool:
        return permission in self.permissions_in.get(project, self.permissions)


@dataclass(frozen=True, slots=True)
class Token:
    """`scopes` None means unscoped; `app` is the OAuth client that holds it."""

    text: str
    account: str
    kind: Kind
    expires_at: dt.datetime | None = None
    scopes: frozenset[str] | None = None
    app: str = ""
