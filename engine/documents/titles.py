"""Titles that the program makes: they name the shape of the network, and follow it."""

from __future__ import annotations

import re
from functools import cache

from engine.documents.examples import example_names, read_example
from engine.run.limits import TITLE

_EXERCISE = re.compile(r"Exercise [\d-]+, variant \d+")


def shape(sizes: tuple[int, ...]) -> str:
    """2-3-1, the inputs first."""
    return "-".join(map(str, sizes))


def new_title(sizes: tuple[int, ...], about: str) -> str:
    """2-3-1, points along a sine wave."""
    return f"{shape(sizes)}, {about}"


def title_after(title: str, before: tuple[int, ...], after: tuple[int, ...]) -> str:
    """The title of a document whose network has another shape now.

    One that begins with the shape goes on with the new one; that of an example or an exercise says
    where the network came from. Any other is the person's own and stays.
    """
    if before == after:
        return title
    old, changed = shape(before), title
    if title == old or title.startswith(f"{old}, "):
        changed = shape(after) + title.removeprefix(old)
    elif title in _titles_of_examples() or _EXERCISE.fullmatch(title):
        changed = new_title(after, f"from “{title}”")
    return changed if len(changed) in TITLE else title


@cache
def _titles_of_examples() -> frozenset[str]:
    return frozenset(read_example(name).title for name in example_names())
