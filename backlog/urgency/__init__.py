"""Urgency that goes its own way: deadline, decay, season."""
