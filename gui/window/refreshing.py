"""Refreshing: which panel is shown which view, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from gui.view import Panel, View

_READ_SECONDS = 0.1  # what changes as slowly as that can be read


class Refreshing:
    """Shows views in the panels of the window.

    While training is fast those of `read`, which are text, take turns: nobody reads thirty times a
    second, and painting two tables takes a third of it.
    """

    def __init__(self, panels: Sequence[Panel], read: Sequence[Panel]) -> None:
        self._panels = list(panels)
        self._read = read
        self._count = 0  # of the moments of fast training
        self._shown_at = 0.0

    def add(self, panel: Panel) -> None:
        """Show views in one panel more, after the others."""
        self._panels.append(panel)

    def display(self, view: View, pace: float | None) -> None:
        """Show a view; `pace` is that of training in epochs a second, None at full speed."""
        waiting = self._waiting(view, pace)
        for panel in self._panels:
            if panel not in waiting:
                panel.display(view)

    def restyle(self) -> None:
        """Follow a change of the theme."""
        for panel in self._panels:
            panel.restyle()

    def _waiting(self, view: View, pace: float | None) -> list[Panel]:
        """The panels that are passed over this time."""
        now = perf_counter()
        pause, self._shown_at = now - self._shown_at, now
        is_slow = pace is not None and pace * _READ_SECONDS <= 1.0
        if not view.training or is_slow or pause > _READ_SECONDS:
            return []
        self._count += 1
        waiting = list(self._read)
        waiting.pop(self._count % len(waiting))
        return waiting
