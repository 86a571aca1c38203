"""DroppedFiles: a document or a table that is dropped anywhere on the window is opened."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow

from gui.documents.documents import Documents


class DroppedFiles(QObject):
    """Takes what is dropped on a window: the first file, else a text as a table."""

    def __init__(self, window: QMainWindow, documents: Documents) -> None:
        super().__init__(window)
        self._documents = documents
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent):  # a QDragEnterEvent is one too
            path, text = _file_in(event.mimeData()), _text_in(event.mimeData())
            if path is None and not text:
                return False
            event.acceptProposedAction()
            if not isinstance(event, QDragEnterEvent) and event.type() == QEvent.Type.Drop:
                # Once the other program has its answer: a dialog may stay open for long.
                QTimer.singleShot(0, self, lambda: self._open(path, text))
            return True
        return False

    def _open(self, path: Path | None, text: str) -> None:
        if path is not None:
            self._documents.open_path(path)
        else:
            self._documents.new_from_text(text)


def _file_in(data: QMimeData) -> Path | None:
    files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return Path(files[0]) if files else None


def _text_in(data: QMimeData) -> str:
    """A dropped text that has several lines, as a table has."""
    text = data.text() if data.hasText() and not data.hasUrls() else ""
    return text if "\n" in text.strip() else ""
