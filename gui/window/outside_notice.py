"""OutsideNotice: word of the open file, when another program or window has changed it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from engine.text.wording import on_one_line
from gui.documents.documents import Documents
from gui.documents.outside import KeptVersion
from gui.session.session import Session
from gui.window.banner import Banner


class OutsideNotice(QObject):
    """Looks at the file whenever the window becomes the active one, and says in the banner that it
    was changed, with the ways there are to go on. Whoever closes that is asked by Save."""

    def __init__(
        self, window: QWidget, session: Session, documents: Documents, banner: Banner
    ) -> None:
        super().__init__(window)
        self._session = session
        self._documents = documents
        self._banner = banner
        self._sentence = ""
        self._told_of: tuple[str | None, bytes] | None = None  # the file, as it was known here
        self._soon = QTimer(self)  # once a dialog that was closed is gone
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._look)
        window.installEventFilter(self)
        session.changed.connect(self._withdraw_what_is_settled)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self._soon.start()
        return False

    def _look(self) -> None:
        if QApplication.activeModalWidget() is not None:
            return  # the window is active again once that is closed
        files = self._documents.files
        found = files.news_outside()
        if found is None or files.path is None:
            return
        self._banner.withdraw(self._sentence)
        name = on_one_line(files.path.name)
        self._sentence = f"{name} was changed by another program or window."
        if self._session.is_changed:
            self._sentence += " Take theirs loses what was done here since."
        self._told_of = files.open_file
        keep = self._documents.keep_version
        ways = [(each.value, partial(keep, files.path, found, each)) for each in KeptVersion]
        self._banner.say(self._sentence, *ways, stays=True)

    def _withdraw_what_is_settled(self) -> None:
        """Say it no more once the file was saved or read anew, or another is open."""
        if self._told_of is not None and self._documents.files.open_file != self._told_of:
            self._told_of = None
            self._banner.withdraw(self._sentence)
