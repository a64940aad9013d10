"""What matters to customers: stated, derived from what goes with the outcome, and against performance."""
