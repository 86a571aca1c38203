"""LessonProgress: how far each lesson was taken."""

from __future__ import annotations

from gui import settings


class LessonProgress:
    """Remembers by a lesson's key how many of its steps were ever shown, and whether it was
    finished. With `remember` that is kept in the settings, for the next window."""

    def __init__(self, remember: bool) -> None:
        self._remember = remember
        self._known: dict[str, tuple[int, bool]] = {}

    def of(self, key: str) -> tuple[int, bool]:
        """How many steps of a lesson were ever shown, and whether it was finished."""
        if key not in self._known and self._remember:
            reached = settings.lesson_reached(key).kept()
            self._known[key] = reached, settings.lesson_finished(key).kept()
        return self._known.get(key, (0, False))

    def keep(self, key: str, reached: int, finished: bool) -> None:
        """Remember how many steps were shown, and whether it was finished."""
        self._known[key] = reached, finished
        if self._remember:
            settings.lesson_reached(key).keep(reached)
            settings.lesson_finished(key).keep(finished)
