"""About Backpass: which version it is, and what trains here."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from engine.training.kernels.choice import kernel_line
from gui.widgets.message_box import message_box


def program_line() -> str:
    """The program's name with its version, where that is known."""
    from importlib.metadata import PackageNotFoundError, version  # some 20 ms of every start

    try:
        return f"Backpass {version('backpass')}"
    except PackageNotFoundError:  # run from a folder that was never installed
        return "Backpass"


def about_box(parent: QWidget) -> QMessageBox:
    """The box, not yet shown."""
    more = f"Backpropagation, one number at a time.\n\n{kernel_line()}"
    box = message_box(parent, program_line(), more, title="About Backpass")
    return box
