"""How the program looks: what is written and drawn can be told from what it stands on."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QMenu,
    QProgressBar,
    QProxyStyle,
    QStyle,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui import theme
from gui.canvas.items.edges import EdgeLayer
from gui.widgets.waiting import waited_for

GUI = Path(theme.__file__).parent


@pytest.fixture(autouse=True)
def light_again(qapp: QApplication) -> Iterator[None]:
    theme.load_fonts()
    yield
    theme.apply(qapp, "light", 100)


# The grounds that each colour of text stands on.
TEXTS = {
    "ink": ("card", "window", "sunken", "accent_soft"),
    "secondary": ("card", "window", "sunken", "accent_soft"),  # sunken: what is disabled
    "accent": ("card", "window", "sunken", "accent_soft"),  # links, and the phase in the chip
    "accent_ink": ("accent",),
    "done_ink": ("accent_done",),  # how many steps a bar of the ribbon stands for
    "positive_text": ("card", "sunken", "accent_soft"),  # numbers: plain, fixed, here
    "negative_text": ("card", "sunken", "accent_soft"),
    "error": ("card", "window", "accent_soft"),
    "card": ("positive_text", "negative_text"),  # 0 and 1 on the samples of the surface
}
# What is drawn, by the grounds it is drawn on.
GRAPHICS = {
    "positive": ("card", "sunken"),  # curves, and the bars of outputs
    "negative": ("card", "sunken"),
    "accent": ("card", "window", "sunken", "accent_soft"),  # where the cursor and the focus are
    "accent_done": ("card",),
    "secondary": ("card", "accent_soft"),  # outlines of nodes, ghosts of runs
    "ink": ("card",),
    "error": ("card", "window"),
}
FRAMES = {"border": ("card", "window", "sunken"), "grid": ("card", "window")}


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, as WCAG 2.1 defines it (relative luminance)."""
    lights = sorted(map(_luminance, (first, second)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(name: str) -> float:
    colour = QColor(name)
    channels = [c / 255 for c in (colour.red(), colour.green(), colour.blue())]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def too_weak(colours: theme.Theme, table: dict[str, tuple[str, ...]], least: float) -> list[str]:
    return [
        f"{name} on {ground}: {ratio:.2f}"
        for name, grounds in table.items()
        for ground in grounds
        if (ratio := contrast(getattr(colours, name), getattr(colours, ground))) < least
    ]


def test_the_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("name", theme.THEMES)
def test_text_can_be_read_on_every_ground_it_stands_on(name: str) -> None:
    assert too_weak(theme.THEMES[name], TEXTS, 7.0 if name == "contrast" else 4.5) == []


@pytest.mark.parametrize("name", theme.THEMES)
def test_what_is_drawn_is_seen(name: str) -> None:
    assert too_weak(theme.THEMES[name], GRAPHICS, 3.0) == []


def test_with_high_contrast_frames_and_grids_are_seen_too() -> None:
    assert too_weak(theme.CONTRAST, FRAMES, 3.0) == []


@pytest.mark.parametrize("name", theme.THEMES)
@pytest.mark.parametrize("weight", [0.01, -0.01, 1.0, -1.0])
def test_edges_are_seen_whatever_their_weights(
    qapp: QApplication, name: str, weight: float
) -> None:
    theme.apply(qapp, name)
    edges = EdgeLayer(np.array([True]))
    edges.set_ends(np.array([[5.0, 20.0]]), np.array([[95.0, 20.0]]))
    edges.set_weights(np.array([[weight]]), 1.0)
    image = QImage(100, 40, QImage.Format.Format_RGB32)
    card = theme.current().card
    image.fill(QColor(card))
    painter = QPainter(image)
    edges.draw(painter)
    painter.end()
    seen = Counter(
        image.pixelColor(x, y).name() for x in range(100) for y in range(40)
    )
    del seen[card]
    assert contrast(seen.most_common(1)[0][0], card) >= 3.0


def test_the_theme_of_a_system_that_does_not_tell_is_light(qapp: QApplication) -> None:
    theme.apply(qapp, theme.SYSTEM)
    assert theme.chosen() == theme.SYSTEM and theme.current() is theme.LIGHT


def test_fonts_and_lengths_grow_with_the_size_of_text(qapp: QApplication) -> None:
    theme.apply(qapp, "light", 200)
    assert qapp.font().pixelSize() == 2 * theme.NORMAL
    assert (theme.font(12).pixelSize(), theme.drawn_font(12).pixelSize()) == (24, 12)
    assert "min-height: 36px" in qapp.styleSheet() and "tx" not in qapp.styleSheet()
    theme.apply(qapp, percent=100)
    assert qapp.font().pixelSize() == theme.NORMAL and "min-height: 18px" in qapp.styleSheet()


# Marks


def darkest_and_lightest(picture: QImage) -> tuple[str, str]:
    colours = [
        picture.pixelColor(x, y)
        for x in range(picture.width())
        for y in range(picture.height())
    ]
    colours.sort(key=lambda colour: _luminance(colour.name()))
    return colours[0].name(), colours[-1].name()


@pytest.mark.parametrize("name", theme.THEMES)
def test_the_marks_in_menus_grow_with_the_text_and_are_seen(
    qapp: QApplication, qtbot: QtBot, name: str
) -> None:
    sizes = {}
    for percent in (100, 200):
        theme.apply(qapp, name, percent)
        menu = QMenu()
        qtbot.addWidget(menu)
        checked = menu.addAction("     ")
        checked.setCheckable(True)
        checked.setChecked(True)
        menu.addMenu("     ").addAction("Inside")
        menu.popup(QPoint(0, 0))
        for action in menu.actions():
            for active in (None, action):
                menu.setActiveAction(active)  # type: ignore[arg-type]
                QApplication.processEvents()
                place = menu.actionGeometry(action).adjusted(4, 4, -4, -4)
                picture = menu.grab(place).toImage()
                assert contrast(*darkest_and_lightest(picture)) >= 3.0
                ground = picture.pixelColor(picture.width() // 2, 3)
                lit = [
                    (x, y)
                    for x in range(picture.width())
                    for y in range(picture.height())
                    if contrast(picture.pixelColor(x, y).name(), ground.name()) >= 3.0
                ]
                across = max(x for x, _ in lit) - min(x for x, _ in lit)
                sizes[percent, action is checked, active is None] = across
        menu.close()
    for what in ((True, True), (True, False), (False, True), (False, False)):
        assert sizes[(200, *what)] >= 1.7 * sizes[(100, *what)]


@pytest.mark.parametrize("name", theme.THEMES)
def test_the_arrows_of_a_file_dialog_are_seen_also_where_they_do_nothing(
    qapp: QApplication, qtbot: QtBot, name: str
) -> None:
    theme.apply(qapp, name)
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    dialog.show()
    for button in ("backButton", "forwardButton", "toParentButton"):
        found = dialog.findChild(QToolButton, button)
        assert found is not None
        picture = found.grab(found.rect().adjusted(5, 5, -5, -5)).toImage()
        assert contrast(*darkest_and_lightest(picture)) >= 3.0, button


# What moves by itself


def test_nothing_in_the_program_is_animated() -> None:
    """What moves by itself would have to ask theme.moves() first, as the one busy bar does."""
    moving = re.compile(
        r"QPropertyAnimation|QVariantAnimation|Q\w*AnimationGroup|QTimeLine|QMovie|QScroller\b"
        r"|bar\.setRange\(0, 0\)|setEffectEnabled|QGraphicsItemAnimation"
    )
    found = {
        path.relative_to(GUI).as_posix()
        for path in GUI.rglob("*.py")
        if moving.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"widgets/waiting.py"}


class StillStyle(QProxyStyle):
    """A style whose system wants nothing to move."""

    def styleHint(self, hint: QStyle.StyleHint, *more: object) -> int:
        if hint == QStyle.StyleHint.SH_Widget_Animation_Duration:
            return 0
        return int(super().styleHint(hint, *more))  # type: ignore[call-overload]


@pytest.mark.parametrize("wanted", [True, False])
def test_who_wants_no_motion_waits_without_a_running_bar(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    style = StillStyle("Fusion")
    if not wanted:
        monkeypatch.setattr(QApplication, "style", lambda: style)
    parent = QWidget()
    qtbot.addWidget(parent)
    bars: list[bool] = []

    def look() -> None:
        box = parent.findChild(QDialog, "waiting")
        assert box is not None
        bars.extend(bar.isVisible() for bar in box.findChildren(QProgressBar))
        seen.set()

    seen = threading.Event()
    QTimer.singleShot(50, look)
    waited_for(parent, "Working it out.", lambda check: seen.wait(5))
    assert bars == [wanted]
