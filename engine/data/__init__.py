"""Training sets: made from a seed, or read from a table."""
