"""A tracker to try synchronisation with: behaves like GitHub Issues where synchronisation cares, keeps all in memory.

`repository.Repository` holds the state, the switches and what people do in it; `app.create_app` speaks HTTP for it:
GitHub's API as on an Enterprise Server below ``/api/v3`` and, for callers of github.com, at the root; beside it a few
plain pages on which people can play the delivery team.
"""
