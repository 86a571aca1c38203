"""Pictures in files: of the network, the loss curve and the surface, as they are to be seen."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QContextMenuEvent, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from engine.documents.whole_file import FileError
from engine.export import tikz
from gui import theme
from gui.window.main_window import MainWindow
from tests.gui.canvas.painted import node_words
from tests.gui.conftest import OpenWindow
from tests.gui.learn.predict.conftest import begin

WHAT = ("network", "loss", "surface")


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    window = open_window("xor-2-3-1")
    window.session.advance(3, 12)
    window.settle()
    return window


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the save dialog answers with; it notes what it proposed in `proposed.txt`."""
    path = tmp_path / "picture.svg"

    def answer(parent: object, title: str, start: str, filters: str) -> tuple[str, str]:
        (tmp_path / "proposed.txt").write_text(f"{Path(start).name}\n{filters}", encoding="utf-8")
        QApplication.processEvents()  # as a dialog does
        return str(path), filters

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return path


@pytest.fixture
def dark(window: MainWindow) -> Iterator[None]:
    window.use_theme("dark")
    yield
    window.use_theme("light")


def entry(window: MainWindow, text: str) -> QAction:
    menu = window.findChild(QMenu, "picturesMenu")
    assert menu is not None
    menu.aboutToShow.emit()
    [action] = [a for a in menu.actions() if a.text().replace("&", "").startswith(text)]
    return action


def texts(path: Path) -> list[str]:
    tree = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    return ["".join(each.itertext()).strip() for each in tree.iter() if each.tag.endswith("text")]


def ground(data: bytes) -> str:
    """The colour of a PNG's corner."""
    return QImage.fromData(data).pixelColor(1, 1).name()


def context_menu(widget: QWidget) -> QMenu:
    at = widget.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_the_network_as_svg_has_every_number_that_is_on_the_canvas(
    window: MainWindow, target: Path
) -> None:
    entry(window, "Network").trigger()
    words = texts(target)
    shown = [
        word
        for layer in range(3)
        for unit in range((2, 3, 1)[layer])
        for word in node_words(window.canvas.scene, layer, unit)
    ]
    assert shown and all(any(word in text for text in words) for word in shown)
    proposed = (target.parent / "proposed.txt").read_text(encoding="utf-8")
    assert proposed.startswith("xor-2-3-1 network.svg\n")
    assert "*.svg" in proposed and "*.png" in proposed and "*.tex" in proposed


def test_the_whole_network_is_in_the_picture_also_when_zoomed_in(window: MainWindow) -> None:
    whole = QImage.fromData(window.pictures.data("network", ".png")).size()
    for _ in range(5):
        window.canvas.view.zoom_by(1.3)
    seen = QImage.fromData(window.pictures.data("network", ".png")).size()
    assert seen.width() >= whole.width() and seen.height() >= whole.height()


def test_the_window_looks_as_before_once_pictures_were_taken(
    window: MainWindow, dark: None
) -> None:
    window.settle()
    QApplication.processEvents()
    before = window.grab().toImage()
    for what in WHAT:
        for ending in (".svg", ".png"):
            assert window.pictures.data(what, ending, light=True)
        QApplication.processEvents()
        assert window.grab().toImage() == before, what


def test_a_picture_has_the_colours_of_the_theme_or_light_ones(
    window: MainWindow, dark: None
) -> None:
    for what in WHAT:
        assert ground(window.pictures.data(what, ".png")) == theme.DARK.card
        assert ground(window.pictures.data(what, ".png", light=True)) == theme.LIGHT.card
        light = window.pictures.data(what, ".svg", light=True).decode().lower()
        assert theme.LIGHT.secondary in light and theme.DARK.secondary not in light


def test_light_colours_are_offered_in_other_themes_only(
    window: MainWindow, target: Path
) -> None:
    light = entry(window, "In light colours")
    assert not light.isVisible()
    window.use_theme("dark")
    assert entry(window, "In light colours").isVisible()
    light.setChecked(True)
    entry(window, "Loss curve").trigger()
    assert theme.DARK.secondary not in target.read_text(encoding="utf-8").lower()
    window.use_theme("light")


def test_points_of_a_plot_are_drawn_one_by_one(window: MainWindow) -> None:
    """And not cut out of the image that has them all on screen."""
    surface = window.pictures.data("surface", ".svg").decode()
    assert surface.count("<image") == 1  # the surface itself
    curve = window.pictures.data("loss", ".svg").decode()
    assert "<image" not in curve


def test_lines_of_a_plot_are_as_wide_in_a_png_as_in_the_window(window: MainWindow) -> None:
    """Three pixels for each on screen."""
    image = QImage.fromData(window.pictures.data("loss", ".png"))
    accent = theme.current().colour("accent").rgb()
    row = [image.pixel(x, image.height() // 4) for x in range(image.width())]
    assert sum(pixel == accent for pixel in row) >= 5


@pytest.mark.parametrize("what", ["canvas", "loss", "result"])
def test_each_has_it_in_its_own_menu(
    window: MainWindow, target: Path, what: str, qtbot: QtBot
) -> None:
    widget = getattr(window, what)
    if what == "canvas":
        view = widget.view.viewport()
        QApplication.sendEvent(
            view,
            QContextMenuEvent(
                QContextMenuEvent.Reason.Mouse, QPoint(2, 2), view.mapToGlobal(QPoint(2, 2))
            ),
        )
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
    else:
        menu = context_menu(widget)
    [save] = [action for action in menu.actions() if action.text() == "Save picture…"]
    save.trigger()
    menu.close()
    qtbot.waitUntil(target.is_file)
    assert target.read_bytes().startswith(b"<?xml")


def test_nothing_that_is_hidden_is_in_a_picture(
    window: MainWindow, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    window.session.seek(0)
    begin(window, "activations", "losses")
    assert window.session.curtain is not None and window.session.curtain.hides_outputs
    for text in ("Loss curve", "Surface"):
        entry(window, text).trigger()
    assert len(said) == 2 and all("hidden" in sentence for sentence in said)
    assert not target.exists()
    entry(window, "Network").trigger()
    hidden = re.compile(r"^(z|δ|E|∂)\b.*[0-9]")
    assert not any(hidden.search(text) for text in texts(target))


def test_what_cannot_be_written_is_said(
    window: MainWindow, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    target.mkdir()
    entry(window, "Network").trigger()
    assert said == [f"{target} cannot be written: it is a folder."]


def test_what_is_hidden_in_a_closed_side_comes_forward_for_its_picture(
    window: MainWindow, target: Path
) -> None:
    for number in (2, 3):
        side(window, number).trigger()
    assert not window.loss.plot.isVisible() and not window.result.isVisible()
    for what, word in (("Loss", "epoch"), ("Surface", "x1")):
        entry(window, what).trigger()
        assert any(word in text for text in texts(target)), what
        target.unlink()


def side(window: MainWindow, number: int) -> QAction:
    [action] = [
        a for a in window.findChildren(QAction) if a.shortcut().toString() == f"Ctrl+{number}"
    ]
    return action


def test_tikz_has_a_bound(
    window: MainWindow, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LaTeX would not set a million lines, and to write them takes minutes."""
    with pytest.raises(FileError) as refused:
        monkeypatch.setattr(tikz, "MOST_LINES", 12)
        window.pictures.data("network", ".tex")
    assert "up to 12 parameters, and this one has 13" in str(refused.value)
    monkeypatch.setattr(tikz, "MOST_LINES", 13)
    assert window.pictures.data("network", ".tex").startswith(b"% XOR")
