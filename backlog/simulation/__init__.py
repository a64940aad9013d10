"""How sure the ranks are: draws, ranges, the next question, runs that can be repeated."""
