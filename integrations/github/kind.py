"""GitHub as one of the kinds of trackers."""

from backlog.errors import N_
from backlog.trackers.budgets import Limit
from integrations.github import texts, webhooks
from integrations.github.client import LAG, GitHub
from integrations.github.keys import is_repository, reference
from integrations.github.mapping import defaults
from integrations.tracker import Credential, TrackerKind, Way

TOKEN = Way(
    "token",
    N_("Fine-grained token"),
    (
        Credential(
            "token",
            N_("Token"),
            help=N_(
                "Settings → Developer settings → Fine-grained tokens. Choose the repository and give it Issues: read and "
                "write, and Metadata: read. Webhooks: read and write lets Waymark set up its own webhook; Projects: read "
                "and write lets it use a board of an organisation."
            ),
        ),
    ),
)
APP = Way(
    "app",
    N_("GitHub App"),
    (
        Credential("app_id", N_("App ID"), is_secret=False, help=N_("It stands on the page of the app.")),
        Credential(
            "installation_id",
            N_("Installation ID"),
            is_secret=False,
            help=N_("The number at the end of the address of the installation's page."),
        ),
        Credential("private_key", N_("Private key"), help=N_("The whole PEM file that GitHub made for the app.")),
    ),
)

KIND = TrackerKind(
    name="github",
    label="GitHub",
    base_url="https://api.github.com",
    base_url_help=N_("For GitHub Enterprise Server: https://HOST/api/v3"),
    project_help=N_("owner/name, as in the address of the repository"),
    is_project=is_repository,
    ways=(TOKEN, APP),
    limits=(Limit(80, 60), Limit(500, 3600), Limit(1, 1)),
    lag=LAG.total_seconds(),
    title_most=texts.TITLE_MOST,
    hook_help=N_(
        "In the repository: Settings → Webhooks → Add webhook. Paste the address and the secret, choose the content type "
        "application/json, and of the single events Issues, Issue comments and Sub-issues."
    ),
    open=GitHub,
    defaults=defaults,
    hint=webhooks.hint,
    is_genuine=webhooks.is_genuine,
    hook_signature=webhooks.SIGNATURE,
    hook_most=8 * 1024 * 1024,
    reference=reference,
    numbered="{}#{}".format,
)
