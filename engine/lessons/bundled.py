"""The bundled lessons, in the order to take them in."""

from __future__ import annotations

from pathlib import Path

from engine.lessons.lesson import SUFFIX, Lesson, read_lesson

# resources/ stands beside engine/, in a checkout and in a wheel.
_FOLDER = Path(__file__).resolve().parent.parent.parent / "resources" / "lessons"

_NAMES = (
    "forward-pass",
    "chain-rule",
    "mazur-by-hand",
    "hidden-layer",
    "stalls-and-diverges",
    "adam",
)


def lesson_names() -> tuple[str, ...]:
    """Names of the bundled lessons, in their order."""
    return _NAMES


def bundled_lesson(name: str) -> Lesson:
    """A bundled lesson. Raises KeyError for a name that none has."""
    if name not in _NAMES:
        raise KeyError(name)
    return read_lesson((_FOLDER / f"{name}{SUFFIX}").read_bytes())
