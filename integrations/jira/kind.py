"""Jira as kinds of tracker: Cloud and Data Center."""

import httpx

from backlog.errors import N_
from backlog.trackers.budgets import Limit
from integrations.jira.client import Client
from integrations.jira.defaults import defaults
from integrations.jira.dialect import CLOUD as CLOUD_DIALECT
from integrations.jira.dialect import DATA_CENTER as DATA_CENTER_DIALECT
from integrations.jira.references import is_project, numbered, reference
from integrations.jira.texts import TITLE_MOST
from integrations.jira.webhooks import SIGNATURE, hint, is_genuine
from integrations.tracker import Access, Credential, Tracker, TrackerKind, Way

LIMITS = (Limit(50, 1), Limit(20, 2, per_issue=True), Limit(100, 30, per_issue=True))
LAG = 60.0  # seconds; Atlassian says "a few seconds to minutes"
PROJECT_HELP = N_("The key of the project: AIR, if its issues are called AIR-12.")

TOKEN = Way(
    "token",
    N_("API token"),
    (
        Credential(
            "email",
            N_("E-mail of the account"),
            is_secret=False,
            is_required=False,
            help=N_("Leave it empty for the token of a service account."),
        ),
        Credential(
            "token",
            N_("API token"),
            help=N_("From the account's Atlassian settings, under Security. It ends after a year at the latest."),
        ),
    ),
)
OAUTH = Way(
    "oauth",
    N_("OAuth 2.0 app"),
    (
        Credential("client_id", N_("Client ID"), is_secret=False),
        Credential("client_secret", N_("Secret")),
        Credential(
            "refresh_token",
            N_("Refresh token"),
            help=N_(
                "Of an app with the scope offline_access. Waymark changes it with every use: give it to nobody else."
            ),
        ),
    ),
)
PERSONAL = Way(
    "personal",
    N_("Personal access token"),
    (
        Credential(
            "token",
            N_("Personal access token"),
            help=N_("From the account's profile in Jira, under Personal access tokens (Jira 8.14 or newer)."),
        ),
    ),
)


def cloud(http: httpx.AsyncClient, access: Access) -> Tracker:
    return Client.opened(http, access, CLOUD_DIALECT)


def data_center(http: httpx.AsyncClient, access: Access) -> Tracker:
    return Client.opened(http, access, DATA_CENTER_DIALECT)


CLOUD = TrackerKind(
    name="jira-cloud",
    label="Jira Cloud",
    base_url="https://your-site.atlassian.net",
    base_url_help=N_(
        "https://SITE.atlassian.net for a token without scopes. For a token with scopes, a service account or OAuth: "
        "https://api.atlassian.com/ex/jira/CLOUD-ID; the id stands at https://SITE.atlassian.net/_edge/tenant_info."
    ),
    project_help=PROJECT_HELP,
    is_project=is_project,
    ways=(TOKEN, OAUTH),
    limits=LIMITS,
    lag=LAG,
    title_most=TITLE_MOST,
    hook_help=N_(
        "In Jira, as an administrator: Settings, System, Webhooks, Create a webhook. Paste the address and the secret from "
        "here; as events choose created, updated and deleted of issues and of comments; as filter: project = KEY."
    ),
    open=cloud,
    defaults=defaults,
    hint=hint,
    is_genuine=is_genuine,
    hook_signature=SIGNATURE,
    hook_most=8 * 1024 * 1024,
    reference=reference,
    numbered=numbered,
    reads_by_id=True,
)
DATA_CENTER = TrackerKind(
    name="jira-dc",
    label="Jira Data Center",
    base_url="",
    base_url_help=N_("The address of Jira's start page, with its path if it has one: https://jira.example.com/jira."),
    project_help=PROJECT_HELP,
    is_project=is_project,
    ways=(PERSONAL,),
    limits=LIMITS,
    lag=LAG,
    title_most=TITLE_MOST,
    hook_help=N_(
        "In Jira, as an administrator: Administration, System, WebHooks, Create a WebHook. Paste the address from here and, "
        "in version 10 or newer, the secret; as events choose created, updated and deleted of issues and of comments; as "
        "filter: project = KEY."
    ),
    open=data_center,
    defaults=defaults,
    hint=hint,
    is_genuine=is_genuine,
    hook_signature=SIGNATURE,
    hook_most=8 * 1024 * 1024,
    reference=reference,
    numbered=numbered,
    reads_by_id=True,
)
