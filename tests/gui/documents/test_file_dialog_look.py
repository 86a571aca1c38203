"""Qt's own file dialog looks like the program: what is on its buttons can be seen in each theme."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gui import theme


@pytest.fixture(params=list(theme.THEMES))
def dialog(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> Iterator[QFileDialog]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, request.param)
    made = QFileDialog(None, "Open", str(tmp_path))
    made.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(made)
    made.show()
    yield made
    theme.apply(app, "light")


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(p) for p in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(widget: QWidget, edge: int) -> float:
    """Between the lightest and the darkest pixel of a widget, without its edges."""
    picture = widget.grab().toImage()
    values = [
        luminance(picture.pixelColor(x, y))
        for x in range(edge, picture.width() - edge) for y in range(edge, picture.height() - edge)
    ]  # fmt: skip
    return (max(values) + 0.05) / (min(values) + 0.05)


@pytest.mark.parametrize("name", ["toParentButton", "newFolderButton", "listModeButton"])
def test_the_picture_on_a_button_is_seen(dialog: QFileDialog, name: str) -> None:
    button = dialog.findChild(QToolButton, name)
    assert isinstance(button, QToolButton) and button.isEnabled()
    assert contrast(button, 4) >= 4.5


def test_a_button_that_does_nothing_is_quieter_than_others(dialog: QFileDialog) -> None:
    back = dialog.findChild(QToolButton, "backButton")
    up = dialog.findChild(QToolButton, "toParentButton")
    assert isinstance(back, QToolButton) and isinstance(up, QToolButton)
    assert not back.isEnabled()
    card = luminance(theme.current().colour("card"))

    def stands_out(button: QToolButton) -> float:
        ground = luminance(button.grab().toImage().pixelColor(5, 5))
        return (max(ground, card) + 0.05) / (min(ground, card) + 0.05)

    assert stands_out(back) <= max(stands_out(up), 1.5)


def test_a_list_of_folders_has_an_arrow_and_no_bevelled_box(dialog: QFileDialog) -> None:
    box = dialog.findChild(QComboBox, "lookInCombo")
    assert isinstance(box, QComboBox)
    picture = box.grab().toImage()
    card = theme.current().colour("card")
    column = [
        picture.pixelColor(picture.width() - 4, y) for y in range(4, picture.height() - 4)
    ]
    assert set(map(QColor.name, column)) == {card.name()}
    arrow = {
        picture.pixelColor(x, picture.height() // 2).name()
        for x in range(picture.width() - 20, picture.width() - 4)
    }
    assert len(arrow) > 1
