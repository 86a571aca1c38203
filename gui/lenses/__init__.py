"""Closer looks at the run, each a card that can be opened beside the result."""
