"""Puts the written half of a table together, and compares it with the mathematics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar


class _Row(Protocol):
    @property
    def key(self) -> str: ...


T = TypeVar("T", bound=_Row)


def written_half(what: str, known: Mapping[str, object], rows: Iterable[T]) -> dict[str, T]:
    """The rows by their keys, which are those of `known`, the table of the mathematics.

    `what` is a row's kind in one word. Raises ImportError for the first row without its other
    half: to go on would mean to show a formula that is another row's.
    """
    written = {row.key: row for row in rows}
    for key in known:
        if key not in written:
            file = _TABLES[what].rpartition("/")[2]
            place = f"engine/derivations/written/{file}"
            raise ImportError(f'the {what} "{key}" has no written half in {place}')
    for key in written:
        if key not in known:
            raise ImportError(f'the {what} "{key}" is written, but has no row in {_TABLES[what]}')
    return written


_TABLES = {
    "activation": "engine/maths/activations.py",
    "loss": "engine/maths/losses.py",
    "optimizer": "engine/maths/optimizers.py",
    "schedule": "engine/maths/schedules.py",
    "penalty": "engine/maths/penalty.py",
    "mistake": "engine/run/mistakes.py",
}
