"""Words that may follow the first ones of a wait: none, a name, a whole number, one of a table.

`kind` are the first words. What is refused raises ValueError with a sentence for the author.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from engine.learn.lessons.task import Task


def alone(make: Callable[[], Task]) -> Callable[[str, str], Task]:
    """A reader of waits that nothing follows."""

    def read(kind: str, rest: str) -> Task:
        if rest:
            raise ValueError(f'nothing stands after "{kind}", but here is "{rest}"')
        return make()

    return read


def named(make: Callable[[str], Task], example: str) -> Callable[[str, str], Task]:
    """A reader of waits that a name follows, such as the example."""

    def read(kind: str, rest: str) -> Task:
        if not rest:
            raise ValueError(f'"{kind}" needs more, as in {kind} {example}')
        return make(rest)

    return read


def whole_number(text: str, kind: str, least: int) -> int:
    """A whole number from `least` to 10⁹; a comma may stand between its digits."""
    plain = text.replace(",", "")
    if not (plain.isascii() and plain.isdecimal()) or not least <= int(plain) <= 10**9:
        raise ValueError(f'after {kind} stands a whole number from {least} on, not "{text}"')
    return int(plain)


def one_of(key: str, what: str, known: Collection[str]) -> str:
    """A key that is among the known ones."""
    if key not in known:
        raise ValueError(f'there is no {what} "{key}"; there are {", ".join(known)}')
    return key
