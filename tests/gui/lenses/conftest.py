"""A window with lenses open beside the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QAction

from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

OpenLens = Callable[[str, str], tuple[MainWindow, Any]]


def entry(window: MainWindow, keys: str) -> QAction:
    """The entry of a menu that has these keys."""
    found = [
        action
        for action in window.menuBar().findChildren(QAction)
        if keys in [each.toString() for each in action.shortcuts()]
    ]
    assert len(found) == 1, keys
    return found[0]


@pytest.fixture
def open_lens(open_window: OpenWindow) -> OpenLens:
    """Opens a window on an example, and the lens of these keys in it by its entry in the menu."""

    def open_it(name: str, keys: str) -> tuple[MainWindow, Any]:
        window = open_window(name)
        before = window.lenses.place.front
        entry(window, keys).trigger()
        lens = window.lenses.place.front
        assert lens is not None and lens is not before and lens.isVisible()
        return window, lens

    return open_it
