"""About Backpass: which version it is, and what trains here."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from engine.training.kernels.choice import kernel_line


def about_box(parent: QWidget) -> QMessageBox:
    """The box, not yet shown."""
    from importlib.metadata import PackageNotFoundError, version  # some 20 ms of every start

    try:
        number = f" {version('backpass')}"
    except PackageNotFoundError:  # run from a folder that was never installed
        number = ""
    box = QMessageBox(parent)
    box.setWindowTitle("About Backpass")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"Backpass{number}")
    box.setInformativeText(f"Backpropagation, one number at a time.\n\n{kernel_line()}")
    return box
