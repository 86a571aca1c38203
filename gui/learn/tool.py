"""Tool: what stands behind a panel of the "Learn" menu; WorkingTool has work in the background."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from gui.learn.tool_host import ToolHost
from gui.session.background import Background
from gui.view import View


class Tool(QObject):
    """Wires a panel to the window. A class derived from it may say what is to be done as the panel
    is opened or closed, and whenever something changes while it is open."""

    def __init__(self, host: ToolHost, panel: Any) -> None:
        super().__init__(host)
        self.panel = panel
        self._host = host
        host.opened.connect(self._hear_of_opened)
        host.closed.connect(self._hear_of_closed)
        host.changed.connect(self._hear_of_change)

    def on_opened(self) -> None:
        """The panel was opened."""

    def on_closed(self) -> None:
        """The panel was closed."""

    def follow(self, view: View) -> None:
        """There is a new view while the panel is open, which shows it a moment later."""

    def _hear_of_opened(self, panel: object) -> None:
        if panel is self.panel:
            self.on_opened()

    def _hear_of_closed(self, panel: object) -> None:
        if panel is self.panel:
            self.on_closed()

    def _hear_of_change(self, view: View) -> None:
        if self._host.current is self.panel:
            self.follow(view)


class WorkingTool(Tool):
    """A tool that works something out in the background as long as its panel is open. It is told
    of a view as it opens, and of each one after, and begins anew where that makes a difference."""

    def __init__(self, host: ToolHost, panel: Any) -> None:
        super().__init__(host, panel)
        self._background = Background(self)
        self._background.failed.connect(lambda _: self.on_failed())

    @property
    def busy(self) -> bool:
        """Whether something is being worked out."""
        return self._background.busy

    def finish(self) -> None:
        """Wait until it is worked out."""
        self._background.finish()

    def on_opened(self) -> None:
        self._host.session.announce()

    def on_failed(self) -> None:
        """What was worked out failed, and the person is told of it: the panel waits no longer."""

    def on_closed(self) -> None:
        self._background.stop()
