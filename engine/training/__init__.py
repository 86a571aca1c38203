"""Many iterations, the way back through them, and where a run diverged."""
