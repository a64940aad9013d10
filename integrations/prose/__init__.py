"""Text in the three forms trackers speak: Markdown, Atlassian Document Format, Jira wiki markup. Pure, no I/O."""
