"""The start after a bad end, in a process of its own: takes up what the window offers, and prints
what it said and the updates done in what was recovered, as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.real_window import PATIENCE_SECONDS, PROJECT


class Recovered(NamedTuple):
    """What the banner said, and the updates that had been done in what was recovered."""

    said: str
    updates: int


def recovered(home: Path) -> Recovered:
    """Start the program in a home that has something to recover, and recover it."""
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("XDG_")},
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [sys.executable, "-m", "tests.next_start"]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return Recovered(*json.loads(done.stdout))


def main() -> None:
    """Start, wait for the offer, take it up."""
    from PySide6.QtWidgets import QApplication, QPushButton

    from gui import theme
    from gui.window.main_window import MainWindow

    app = QApplication(["next"])
    app.setApplicationName("Backpass")
    app.setOrganizationName("Backpass")
    theme.load_fonts()
    theme.apply(app, "light")
    window = MainWindow(remember=True)
    window.documents.open_at_start(None, "xor-2-3-1")
    window.show()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not window.banner.text and time.monotonic() < deadline:
        app.processEvents()
    said, action = window.banner.text, window.findChild(QPushButton, "bannerAction")
    if action is not None and action.isVisible():
        action.click()
    while window.session.busy:
        app.processEvents()
    print(json.dumps([said, window.session.place.t]))
    window.close_quietly()


if __name__ == "__main__":
    main()
