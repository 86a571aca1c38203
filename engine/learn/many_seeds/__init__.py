"""Many seeds at once: the runs, and how many of them learn."""
