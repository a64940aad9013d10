"""The trackers Waymark knows. A further one is a folder of its own and a line here."""

from collections.abc import Mapping

from integrations.github import kind as github
from integrations.gitlab import kind as gitlab
from integrations.jira import kind as jira
from integrations.tracker import TrackerKind

KINDS: Mapping[str, TrackerKind] = {
    each.name: each for each in (github.KIND, gitlab.KIND, jira.CLOUD, jira.DATA_CENTER)
}
