"""PredictionMenu: "Predict, then reveal" and its lock in the "Learn" menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gui.learn.tool_host import ToolHost

if TYPE_CHECKING:
    from gui.learn.predict.tool import PredictionTool

_TITLE = "Predict, then reveal"


class PredictionMenu(QObject):
    """The entries of the menu. What is behind them is made when one of them is chosen, or as soon
    as a locked document is open."""

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._host = host
        self._made: PredictionTool | None = None
        host.add(
            _TITLE, lambda _: self._tool().panel, "&Predict, then reveal", "Ctrl+P", "Predict"
        )
        self._lock = host.menu.addAction("Lo&ck the derivations…")
        self._lock.setObjectName("predictLock")
        self._lock.triggered.connect(lambda: self._tool().turn_lock())
        host.changed.connect(self._look_for_lock)

    def _look_for_lock(self) -> None:
        lock = self._host.session.standing.lock
        if lock is not None and lock.closed:
            self._tool()

    def _tool(self) -> PredictionTool:
        if self._made is None:
            # Loaded only where it is used, so that the window is up sooner.
            from gui.learn.predict.tool import PredictionTool

            self._made = PredictionTool(self._host, _TITLE, self._lock)
            self._host.session.announce()  # it has not seen what is open yet
        return self._made
