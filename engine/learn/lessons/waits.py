"""What stands after "wait:" in a lesson, read as the task it means."""

from __future__ import annotations

from collections.abc import Collection

from engine.learn.lessons.task import Task
from engine.learn.lessons.tasks import WAITS
from engine.learn.lessons.words import one_of


def read_task(words: str, tools: Collection[str] | None = None) -> Task:
    """The task that stands after "wait:".

    `tools` are the titles of the tools there are, None if that is not known. Raises ValueError
    with a sentence; what depends on the document is left to Task.check.
    """
    words = " ".join(words.split())
    for kind in sorted(WAITS, key=len, reverse=True):
        if words == kind or words.startswith(f"{kind} "):
            rest = words[len(kind) :].strip()
            if kind == "open" and tools is not None:
                one_of(rest.casefold(), "tool", [title.casefold() for title in tools])
            return WAITS[kind](kind, rest)
    kinds = ", ".join(WAITS)
    raise ValueError(f'"{words}" is nothing to wait for; a wait begins with one of: {kinds}')
