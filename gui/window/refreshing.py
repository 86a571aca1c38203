"""Refreshing: which panel is shown which view, and how often."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter

from PySide6.QtWidgets import QWidget

from gui.learn.tool_host import ToolHost
from gui.session.failure import tell
from gui.view import Panel, View
from gui.widgets.cover import FailureCover

_LEAST_HEIGHT = 80  # pixels of what has room for a sentence
_READ_SECONDS = 0.1  # what changes as slowly as that can be read


class Refreshing:
    """Shows views in the panels of the window.

    While training is fast those of `read`, which are tables, take turns: nobody reads thirty times
    a second, and painting two takes a third of it. "What happened" is not among them, since it has
    to agree with the header. One that fails leaves the others alone: it is covered, told of, and
    tried again with the next view.
    """

    def __init__(self, panels: Sequence[Panel], read: Sequence[Panel]) -> None:
        self._panels = list(panels)
        self._read = read
        self._count = 0  # of the moments of fast training
        self._shown_at = 0.0
        # Those that failed last, by what lies over them: over some nothing can.
        self._covers: dict[Panel, FailureCover | None] = {}

    def add(self, panel: Panel) -> None:
        """Show views in one panel more, after the others."""
        self._panels.append(panel)

    def display(self, view: View, pace: float | None) -> None:
        """Show a view; `pace` is that of training in epochs a second, None at full speed."""
        waiting = self._waiting(view, pace)
        for panel in self._panels:
            if panel not in waiting and self._is_done(panel, partial(panel.display, view)):
                self._uncover(panel)

    def restyle(self) -> None:
        """Follow a change of the theme."""
        for panel in self._panels:
            self._is_done(panel, panel.restyle)

    def _is_done(self, panel: Panel, job: Callable[[], None]) -> bool:
        """Do something with a panel; whether that went well. Where it fails the panel is covered,
        and that is told of when it begins: a panel that fails may do so thirty times a second."""
        try:
            job()
        except Exception as error:
            if panel not in self._covers:
                self._covers[panel] = _cover_for(panel)
                tell("A part of the window could not be shown", error)
            return False
        return True

    def _uncover(self, panel: Panel) -> None:
        cover = self._covers.pop(panel, None)
        if cover is not None:
            cover.hide()
            cover.deleteLater()

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


def _cover_for(panel: Panel) -> FailureCover | None:
    """What lies over a panel that failed; nothing over a low strip, such as the buttons."""
    widget = panel.current if isinstance(panel, ToolHost) else panel
    if isinstance(widget, QWidget) and widget.height() >= _LEAST_HEIGHT:
        return FailureCover(widget)
    return None
