"""Weights of the criteria: ways to find them, what each person would like, what is agreed."""
