"""A Jira in memory, Cloud or Data Center, that answers like the real one where synchronisation cares."""

from tests.trackers.fake_jira.app import create_app
from tests.trackers.fake_jira.site import Site

__all__ = ["Site", "create_app"]
