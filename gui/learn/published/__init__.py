"""Published against right in the window."""
