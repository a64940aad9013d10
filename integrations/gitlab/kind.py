"""GitLab as one of the kinds of trackers."""

from backlog.errors import N_
from backlog.trackers.budgets import Limit
from integrations.gitlab import texts, webhooks
from integrations.gitlab.client import LAG, GitLab
from integrations.gitlab.keys import is_project, reference
from integrations.gitlab.mapping import defaults
from integrations.tracker import Credential, TrackerKind, Way

TOKEN = Way(
    "token",
    N_("Access token"),
    (
        Credential(
            "token",
            N_("Token"),
            help=N_(
                "Best one of the project: Settings → Access tokens, with the role Reporter (Maintainer when Waymark is to "
                "set up its own webhook) and the scope api. One of a person or a group does as well."
            ),
        ),
    ),
)

KIND = TrackerKind(
    name="gitlab",
    label="GitLab",
    base_url="https://gitlab.com/api/v4",
    base_url_help=N_("For a server of your own: https://HOST/api/v4"),
    project_help=N_("group/project, as in the address of the project"),
    is_project=is_project,
    ways=(TOKEN,),
    limits=(Limit(60, 60),),  # notes on gitlab.com (user/gitlab_com, rate limits); issues 200, servers of one's own 300
    lag=LAG.total_seconds(),
    title_most=texts.TITLE_MOST,
    hook_help=N_(
        "In the project: Settings → Webhooks → Add new webhook. Paste the address and the secret token, and choose Issues "
        "events, Comments and both of their confidential kinds."
    ),
    open=GitLab,
    defaults=defaults,
    hint=webhooks.hint,
    is_genuine=webhooks.is_genuine,
    hook_signature="",
    hook_most=16 * 1024 * 1024,
    reference=reference,
    numbered="{}#{}".format,
)
