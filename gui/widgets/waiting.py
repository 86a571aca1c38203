"""Waiting: what takes a while is done in a thread beside the window, and can be called off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QProgressBar, QVBoxLayout, QWidget

from engine.run.iteration import Check, Interrupted
from gui import theme
from gui.widgets.labels import WrappedLabel

T = TypeVar("T")


def waited_for(parent: QWidget, words: str, work: Callable[[Check], T]) -> T:
    """What some work comes to. The window is painted meanwhile, and does nothing else.

    The work calls the function that it is given now and then, which raises Interrupted once the
    person has pressed Cancel, or the program is ending. Raises what the work raises.
    """
    from concurrent.futures import ThreadPoolExecutor  # no start needs it

    box = _Waiting(words, parent)
    with ThreadPoolExecutor(1, "backpass-waited-for") as executor:
        future = executor.submit(work, box.check)
        future.add_done_callback(lambda _: box.ended.emit())
        box.exec()
        box.called_off.set()  # no matter, unless the program ends before the work
    box.deleteLater()
    return future.result()


class _Waiting(QDialog):
    """Says what is waited for, until it is there or what was called off has come to a stop."""

    ended = Signal()  # comes from the thread of the work

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("waiting")
        self.setWindowTitle("Backpass")
        self.called_off = threading.Event()
        self._label = WrappedLabel("waitingFor")
        self._label.setText(words)
        bar = QProgressBar()
        bar.setRange(0, 0)  # it runs to and fro
        bar.setVisible(theme.moves())
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self._label, bar, self._buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(theme.px(360))
        # Queued also where the work was done before the box stood: it would stand for ever.
        self.ended.connect(self.accept, Qt.ConnectionType.QueuedConnection)

    def check(self) -> None:
        """Raise Interrupted once the work was called off."""
        if self.called_off.is_set():
            raise Interrupted

    def reject(self) -> None:
        """Call the work off; the box goes once it has heard of that."""
        self.called_off.set()
        self._buttons.setEnabled(False)
