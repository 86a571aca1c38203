"""Failure: a fault of the program that was caught, and what it comes to for the person."""

from __future__ import annotations

import sys


class Failure(Exception):
    """In words what could not be done, to be read before "since the program failed"; its cause is
    the error that nobody foresaw."""


def tell(words: str, error: BaseException) -> None:
    """Tell of an error, as if nobody had caught it, and go on with what is being done."""
    failure = Failure(words)
    failure.__cause__ = error
    sys.excepthook(Failure, failure, None)
