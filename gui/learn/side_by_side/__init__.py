"""Right and wrong side by side in the window."""
