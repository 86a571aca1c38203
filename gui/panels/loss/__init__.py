"""The loss curve and what can be done with it."""
