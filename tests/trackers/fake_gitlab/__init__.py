"""A GitLab with state for the tests: issues, notes, members and hooks of a few projects.

There is no document of its interface to hold it to, so that its answers were checked by hand against the examples of
GitLab's own documentation; parameters its documentation does not name are refused, where GitLab would ignore them.
"""
