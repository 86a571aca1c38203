"""Many seeds at once in the window."""
