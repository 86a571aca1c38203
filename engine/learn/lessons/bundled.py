"""The bundled lessons, in the order to take them in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.learn.lessons.lesson import Lesson

SUFFIX = ".lesson.md"  # that the file of a lesson ends with

# resources/ stands beside engine/, in a checkout and in a wheel.
_FOLDER = Path(__file__).resolve().parents[3] / "resources" / "lessons"

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


def lesson_title(name: str) -> str:
    """The title of a bundled lesson: its first line. Raises KeyError for a name that none has."""
    with _path(name).open(encoding="utf-8") as file:
        return file.readline().removeprefix("title:").strip()


def bundled_lesson(name: str) -> Lesson:
    """A bundled lesson. Raises KeyError for a name that none has."""
    # A menu of titles does without what reads a lesson, and is there sooner.
    from engine.learn.lessons.lesson import read_lesson

    return read_lesson(_path(name).read_bytes())


def _path(name: str) -> Path:
    if name not in _NAMES:
        raise KeyError(name)
    return _FOLDER / f"{name}{SUFFIX}"
