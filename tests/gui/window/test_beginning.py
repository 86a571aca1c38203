"""A document begins with all of the network in sight and the keys at it, whichever way it came."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from engine.documents.examples import read_example
from engine.documents.reading import write_document
from gui.canvas.spots import Spot
from gui.window.main_window import MainWindow
from tests.gui.window.conftest import Driver, Key


def is_fitted(window: MainWindow) -> bool:
    """Whether every unit is in sight, and as large as it was at first."""
    canvas = window.canvas
    network = window.session.spec.network
    port = canvas.view.viewport().rect()
    return canvas.view.zoom == 1.0 and all(
        port.contains(canvas.place_of(Spot("unit", layer, unit)))
        for layer, size in enumerate(network.sizes)
        for unit in range(size)
    )


def zoom_in(driver: Driver) -> None:
    driver.window.canvas.setFocus()
    driver.press(*[Key.Key_Plus] * 6)
    assert not is_fitted(driver.window)


@pytest.mark.parametrize("name", ["mazur-2-2-2", "xor-2-3-1", "xor-3-4-1"])
def test_a_document_begins_with_the_whole_network_in_sight(mazur: Driver, name: str) -> None:
    zoom_in(mazur)
    mazur.window.documents.open_example(name)
    assert is_fitted(mazur.window)


def through_the_menu(driver: Driver, tmp_path: Path) -> None:
    driver.menu("xor-2-3-1").trigger()


def from_the_list(driver: Driver, tmp_path: Path) -> None:
    driver.window.controls.example_chosen.emit("xor-2-3-1")


def as_a_recent_file(driver: Driver, tmp_path: Path) -> None:
    path = tmp_path / "mine.backpass.json"
    path.write_bytes(write_document(read_example("xor-2-3-1")))
    driver.window.documents.open_path(path)
    rate = driver.find(QLineEdit, "learning_rate")
    rate.setFocus()
    zoom_in(driver)
    rate.setFocus()
    recent = driver.menu("Open recent").menu()
    recent.aboutToShow.emit()
    recent.actions()[0].trigger()


@pytest.mark.parametrize("field", ["learning_rate", "units1"])
@pytest.mark.parametrize("way", [through_the_menu, from_the_list, as_a_recent_file])
def test_a_document_begins_with_the_keys_at_the_network(
    mazur: Driver, tmp_path: Path, way: Callable[[Driver, Path], None], field: str
) -> None:
    zoom_in(mazur)
    mazur.find(QWidget, field).setFocus()
    assert mazur.find(QWidget, field).hasFocus()
    way(mazur, tmp_path)
    QApplication.processEvents()
    assert mazur.view.spec.network.sizes == (2, 3, 1)
    assert QApplication.focusWidget() is mazur.window.canvas.view
    assert is_fitted(mazur.window)


def test_the_window_starts_with_the_keys_at_the_network(driver: Driver) -> None:
    driver.window.documents.open_at_start("xor-2-3-1", "mazur-2-2-2")
    driver.window.show()
    driver.qtbot.waitExposed(driver.window)
    driver.window.activateWindow()
    driver.qtbot.waitUntil(lambda: QApplication.activeWindow() is driver.window)
    assert QApplication.focusWidget() is driver.window.canvas.view
    assert is_fitted(driver.window)
