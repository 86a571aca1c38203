"""Help, About Backpass: it says what trains here."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from gui.window.main_window import MainWindow


def test_about_says_what_trains_here(qtbot: QtBot) -> None:
    window = MainWindow(remember=False)
    qtbot.addWidget(window)
    window.documents.open_at_start(None, "xor-2-3-1")
    window.show()
    actions = {
        action.text().replace("&", ""): action
        for menu in window.menuBar().actions()
        if menu.text() == "&Help"
        for action in menu.menu().actions()
    }
    said: list[str] = []

    def read_and_close() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.informativeText())
        box.accept()

    QTimer.singleShot(0, read_and_close)
    actions["About Backpass"].trigger()
    assert "Fast training: NumPy" in said[0]
    window.close_quietly()
