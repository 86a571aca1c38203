"""The session, only owner of a run, and what it works with; no panel, plot or canvas imports it."""
