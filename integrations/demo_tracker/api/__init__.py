"""GitHub's addresses, one module per noun, each ending in its handlers."""
