"""The guide: the pages that ship with the program, read without a network."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from gui.window.help.reader import Reader

FOLDER = Path(__file__).resolve().parents[3] / "docs"
CONTENTS = FOLDER / "guide.md"


def open_guide(parent: QWidget) -> None:
    """Open the guide at its contents, in a window beside the program's."""
    reader = Reader("Guide", "guide", parent)
    reader.setModal(False)
    reader.link_asked.connect(lambda link: QDesktopServices.openUrl(QUrl(link)))
    reader.show()
    reader.show_page(QUrl.fromLocalFile(str(CONTENTS)))
