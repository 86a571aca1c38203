"""What the command line refuses."""

from __future__ import annotations


class Refused(Exception):
    """Something that cannot be done, as a sentence for the person who asked."""
