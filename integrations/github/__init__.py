"""GitHub Issues, on github.com and on GitHub Enterprise Server, by its REST interface; project boards by GraphQL."""
