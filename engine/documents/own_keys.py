"""Keys that begin with x-: any object of a file may have some, kept for whoever put them there."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

from msgspec import Struct

from engine.documents.json_text import DocumentError
from engine.text.wording import shortened, shown

OWN_KEY = "x-"
_MAX_DEPTH = 50

Path = tuple[str | int, ...]


class OwnKey(Struct, frozen=True):
    """A key beginning with x-, the object it stands in, and what it says."""

    path: Path
    key: str
    value: Any


def take_own_keys(tree: dict[str, Any], path: Path = ()) -> Iterator[OwnKey]:
    """Take the x- keys out of a tree. Raises DocumentError for what could not be written again."""
    for key in [key for key in tree if key.startswith(OWN_KEY)]:
        value = tree.pop(key)
        _check_own(value, f"{written(path)}.{shortened(key)}")
        yield OwnKey(path, key, value)
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from take_own_keys(value, (*path, key))
        elif isinstance(value, list):
            for index, entry in enumerate(value):
                if isinstance(entry, dict):
                    yield from take_own_keys(entry, (*path, key, index))


def _check_own(value: Any, place: str, depth: int = 0) -> None:
    """Refuse what could not be written again: numbers that are none, and endless nesting."""
    if depth > _MAX_DEPTH:
        raise DocumentError(place, "this is nested too deeply")
    if isinstance(value, float) and not isfinite(value):
        raise DocumentError(place, f"expected a finite number, got {shown(value)}")
    if isinstance(value, (dict, list)):
        for entry in value.values() if isinstance(value, dict) else value:
            _check_own(entry, place, depth + 1)


def put_own_keys(tree: dict[str, Any], own: tuple[OwnKey, ...]) -> None:
    """Put x- keys back into a tree, where the object they stood in is still there."""
    for entry in own:
        place: Any = tree
        try:
            for part in entry.path:
                place = place[part]
        except (KeyError, IndexError, TypeError):
            continue
        if isinstance(place, dict):
            place[entry.key] = entry.value


def written(path: Path) -> str:
    """A path as a person reads it: $.layers[1].units."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{shortened(part)}" for part in path)
    return "$" + "".join(parts)
