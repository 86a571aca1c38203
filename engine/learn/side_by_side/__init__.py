"""Right and wrong side by side: the two runs."""
