"""About Backpass: which version it is, and what trains here."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from engine.training.kernels.choice import kernel_line
from gui.widgets.message_box import message_box


def about_box(parent: QWidget) -> QMessageBox:
    """The box, not yet shown."""
    from importlib.metadata import PackageNotFoundError, version  # some 20 ms of every start

    try:
        number = f" {version('backpass')}"
    except PackageNotFoundError:  # run from a folder that was never installed
        number = ""
    more = f"Backpropagation, one number at a time.\n\n{kernel_line()}"
    box = message_box(parent, f"Backpass{number}", more, title="About Backpass")
    return box
