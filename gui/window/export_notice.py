"""ExportNotice: where something was written, for a while, with a link that opens it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from engine.text.wording import on_one_line
from gui.window.banner import Banner

_MILLISECONDS = 60_000


class ExportNotice(QObject):
    """Says in the banner where an export went; its programs are those of the person's system."""

    def __init__(self, parent: QObject, banner: Banner) -> None:
        super().__init__(parent)
        self._banner = banner
        self._sentence = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_MILLISECONDS)
        self._timer.timeout.connect(lambda: banner.withdraw(self._sentence))

    def tell(self, path: Path) -> None:
        """Say that a file was written, until that is closed or a minute is over."""
        name, folder = on_one_line(path.name), on_one_line(str(path.parent))
        self._sentence = f"{name} was written to {folder}."
        opens = partial(self._open, path), partial(self._open, path.parent)
        actions = zip(("Open", "Show folder"), opens, strict=True)
        self._banner.say(self._sentence, *actions, stays=True, is_good=True)
        self._timer.start()

    def _open(self, what: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(what))):
            self._banner.say(f"No program was found that opens {on_one_line(what.name)}.")
