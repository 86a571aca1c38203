"""Text of every size, and the theme that the system asks for, in the whole window."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAction, QStyleHints
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.learn.exercises.exercise import Exercise
from gui import settings, theme
from gui.documents.leave_out_dialog import LeaveOutDialog
from gui.documents.new_dialog import NewDialog
from gui.documents.note_dialog import NoteDialog
from gui.learn.exercises.dialog import ExerciseDialog
from gui.window.help.welcome import Welcome
from gui.window.main_window import MainWindow
from gui.window.preferences import PreferencesDialog
from tests.gui.conftest import OpenWindow, choose

PERCENTS = (80, 100, 150, 200)
SIZES = ((960, 540), (1024, 600), (1366, 768), (1440, 900))
Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier

# Labels that are cut with an ellipsis, or written shorter, where there is little room: all of it
# is in the tooltip then.
GIVE_WAY = {"bannerText", "lessonPlace"}


@pytest.fixture(autouse=True)
def as_usual(qapp: QApplication) -> Iterator[None]:
    theme.load_fonts()
    yield
    theme.apply(qapp, "light", 100)


# What is cut


def words_of(widget: QWidget) -> str:
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        return widget.text()
    return widget.text() if isinstance(widget, QSpinBox) else ""


def with_words(root: QWidget) -> list[QWidget]:
    """All that is to be seen of what is written by widgets."""
    kinds = QLabel, QAbstractButton, QLineEdit, QSpinBox
    return [
        child
        for child in root.findChildren(QWidget)
        if isinstance(child, kinds) and child.isVisibleTo(root) and words_of(child)
        and child.objectName() not in GIVE_WAY
        and child.width() > 0
    ]


def is_scrolled(widget: QWidget, root: QWidget) -> bool:
    """Whether it stands in something that scrolls, and may be out of sight."""
    above = widget.parentWidget()
    while above is not None and above is not root:
        if isinstance(above.parentWidget(), QAbstractScrollArea):
            return True
        above = above.parentWidget()
    return False


def needed(widget: QWidget) -> QSize:
    """The room that its words take."""
    widget.ensurePolished()
    if isinstance(widget, QLabel) and widget.wordWrap():
        return QSize(0, widget.heightForWidth(widget.width()))
    if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText:
        return widget.sizeHint()
    metrics = widget.fontMetrics()
    words = words_of(widget).replace("&", "")
    return QSize(metrics.horizontalAdvance(words), metrics.height())


def described(widget: QWidget, what: str) -> str:
    name = widget.objectName() or type(widget).__name__
    return f"{name} “{words_of(widget)}” {what}"


def cut(root: QWidget) -> list[str]:
    """What has too little room for its words, or is cut by what it stands in."""
    found = []
    for widget in with_words(root):
        if isinstance(widget, QLineEdit) and not isinstance(widget.parentWidget(), QSpinBox):
            height = widget.fontMetrics().height()
            if widget.height() < height:
                found.append(described(widget, f"is {widget.height()} high, not {height}"))
            continue
        if type(widget).__name__ == "EdgeHandle":
            continue  # its words are upright, and in the tooltip too
        need = needed(widget)
        if widget.width() < need.width() or widget.height() < need.height():
            found.append(described(widget, f"has {widget.size()}, needs {need}"))
        if not is_scrolled(widget, root):
            inside = widget.visibleRegion().boundingRect()
            if inside != widget.rect():
                found.append(described(widget, f"is seen in {inside} of {widget.rect()}"))
    return found


def overlapping(root: QWidget) -> list[str]:
    """Pairs of widgets with words that lie over each other."""
    places = [
        (widget, QRect(widget.mapTo(root, QPoint(0, 0)), widget.size()))
        for widget in with_words(root)
        if not is_scrolled(widget, root)
    ]
    return [
        f"{described(first, 'over')} {described(second, '')}"
        for (first, here), (second, there) in combinations(places, 2)
        if here.intersects(there)
        and not first.isAncestorOf(second)
        and not second.isAncestorOf(first)
    ]


def problems(root: QWidget) -> list[str]:
    """What is cut or overlaps once all layouts have settled."""
    found = [""]
    for _ in range(20):
        QApplication.processEvents()
        found = [*cut(root), *overlapping(root)]
        if not found:
            break
    return found


def tabs_of(window: MainWindow) -> list[tuple[QTabBar, int]]:
    """Every tab that is to be seen."""
    bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
    return [(bar, tab) for bar in bars for tab in range(bar.count())]


@pytest.mark.parametrize("percent", PERCENTS)
@pytest.mark.parametrize("name", theme.THEMES)
def test_nothing_is_cut_at_any_size_of_window_and_text(
    open_window: OpenWindow, name: str, percent: int
) -> None:
    window = open_window("xor-2-3-1")
    window.use_theme(name)
    window.use_text_size(percent)
    window.session.advance(3, 22)
    found: dict[object, list[str]] = {}
    for size in SIZES:
        window.resize(*size)
        found[size] = problems(window)
        assert (window.width(), window.height()) == size
        for bar, tab in tabs_of(window):
            bar.setCurrentIndex(tab)
            found[size, bar.tabText(tab)] = problems(window)
    assert {where: what for where, what in found.items() if what} == {}


def test_a_message_covers_nothing_as_the_size_of_text_changes(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window("one-neuron")
    label = window.findChild(QLabel, "fileLabel")
    assert label is not None and label.isVisible()
    for percent in (200, 80, 100):
        window.statusBar().showMessage("A sentence.", 60_000)
        window.use_text_size(percent)
        qtbot.wait(50)
        assert window.statusBar().currentMessage() == "A sentence." and not label.isVisible()
    window.statusBar().clearMessage()
    assert label.isVisible()


DIALOGS = {
    "New": NewDialog,
    "Note": lambda parent: NoteDialog("A title", "A note.", parent),
    "Welcome": lambda parent: Welcome(parent.documents, parent.lessons, parent),
    "Exercise": lambda parent: ExerciseDialog(Exercise(), "", parent),
    "Save roads": lambda parent: LeaveOutDialog(
        "The document is too large for a file.", parent.session.roads_beside, parent
    ),
    "Preferences": lambda parent: PreferencesDialog(
        parent.session.memory, parent.session.state, parent
    ),
}


@pytest.mark.parametrize("percent", PERCENTS)
@pytest.mark.parametrize("name", DIALOGS)
def test_dialogs_have_room_for_their_words(
    open_window: OpenWindow, name: str, percent: int
) -> None:
    window = open_window("xor-2-3-1")
    window.resize(1366, 768)
    window.session.advance(5, 0)
    window.session.new_seed()  # which leaves a road
    window.use_text_size(percent)
    dialog: QDialog = DIALOGS[name](window)
    dialog.show()
    assert problems(dialog) == []
    assert dialog.width() <= 1366 and dialog.height() <= 768
    dialog.reject()


def test_a_form_that_is_higher_than_the_screen_scrolls_above_its_buttons(
    open_window: OpenWindow,
) -> None:
    window = open_window("one-neuron")
    window.use_text_size(200)
    room = window.screen().availableGeometry()
    dialog = NewDialog(window)
    dialog.show()
    dialog.move(room.center().x() - dialog.width() // 2, room.center().y())
    assert not dialog.is_own
    low = dialog.height()
    choose(dialog.findChild(QComboBox, "newData"), "own")
    QTest.qWait(0)
    place = dialog.geometry()
    assert place.height() > low and room.top() <= place.top() < place.bottom() <= room.bottom()
    buttons = dialog.findChild(QDialogButtonBox)
    assert dialog.rect().contains(buttons.geometry())
    last = dialog.findChild(QComboBox, "newOutputActivation")
    assert not _is_whole(last), "too little is in it to scroll"
    for _ in range(10):
        focus = QApplication.focusWidget()
        if focus is not None and focus is not last:
            QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is last and _is_whole(last)
    dialog.findChild(QComboBox, "newData").setFocus()
    choose(dialog.findChild(QComboBox, "newData"), "xor")
    QTest.qWait(0)
    assert dialog.height() == low
    dialog.reject()


def _is_whole(field: QWidget) -> bool:
    """Whether a field of a form is not scrolled out of sight, in part or altogether."""
    inside = field.parentWidget()
    seen, place = inside.parentWidget().rect(), inside.mapToParent(field.geometry().topLeft())
    return bool(seen.top() <= place.y() and place.y() + field.height() - 1 <= seen.bottom())


@pytest.mark.parametrize("percent", PERCENTS)
def test_tools_have_room_for_their_words(open_window: OpenWindow, percent: int) -> None:
    window = open_window("xor-2-3-1")
    window.resize(1366, 768)
    window.use_text_size(percent)
    found = {}
    for title in window.tools.titles:
        window.tools.open(title)
        found[title] = problems(window)
    assert {title: what for title, what in found.items() if what} == {}
    window.tools.close()


def test_a_lesson_has_room_for_its_words(open_window: OpenWindow) -> None:
    window = open_window("one-neuron")
    window.resize(1366, 768)
    window.lessons.open_bundled("chain-rule")
    for percent in PERCENTS:
        window.use_text_size(percent)
        assert problems(window) == []
    window.lessons.strip.close_button.click()


# How it is changed


def action(window: MainWindow, begin: str) -> QAction:
    window.session.announce()
    return next(a for a in window.findChildren(QAction) if a.text().startswith(begin))


def test_keys_make_text_larger_and_smaller(open_window: OpenWindow) -> None:
    window = open_window("xor-2-3-1")
    chip = window.canvas.chip
    usual = chip.height(), window.canvas.view.magnification
    QTest.keyClick(window.canvas.view, Key.Key_Plus, Control)
    QTest.keyClick(window.canvas.view, Key.Key_Equal, Control)
    assert theme.percent() == 125
    QApplication.processEvents()
    assert chip.height() == round(1.25 * usual[0])
    assert window.canvas.view.magnification == pytest.approx(1.25 * usual[1])
    QTest.keyClick(window.canvas.view, Key.Key_Minus, Control)
    assert theme.percent() == 110
    QTest.keyClick(window.canvas.view, Key.Key_0, Control)
    QApplication.processEvents()
    assert (theme.percent(), chip.height()) == (100, usual[0])


def test_the_menu_says_the_size_and_knows_its_ends(open_window: OpenWindow) -> None:
    window = open_window("xor-2-3-1")
    assert action(window, "Larger text").text() == "Larger text: 110 %"
    assert action(window, "Smaller text").text() == "Smaller text: 90 %"
    for _ in theme.TEXT_SIZES:
        action(window, "Larger text").trigger()
    assert theme.percent() == 200
    assert action(window, "Larger text").text() == "Larger text: no larger"
    assert action(window, "Text at 100 %").text() == "Text at 100 %: now 200 %"
    for _ in theme.TEXT_SIZES:
        action(window, "Smaller text").trigger()
    assert theme.percent() == 80
    action(window, "Text at 100 %").trigger()
    assert theme.percent() == 100


def test_the_size_is_kept_unless_it_is_for_a_while(qtbot: QtBot) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    assert settings.TEXT_SIZE.kept() == 100
    window.use_text_size(125)
    window.use_text_size(260, keep=False)
    assert theme.percent() == 260 and settings.TEXT_SIZE.kept() == 125
    window.close_quietly()


@pytest.mark.parametrize("found", ["79", "201", "big", "", "1e2"])
def test_a_size_that_cannot_be_meant_is_that_of_the_default(found: str) -> None:
    store = settings.stored()
    assert store is not None
    store.setValue("text_size", "125")
    assert settings.TEXT_SIZE.kept() == 125
    store.setValue("text_size", found)
    assert settings.TEXT_SIZE.kept() == 100


# The theme of the system


def test_the_theme_of_the_system_follows_the_system(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, hints = open_window("xor-2-3-1"), QApplication.styleHints()
    assert settings.THEME.kept() == theme.SYSTEM
    monkeypatch.setattr(QStyleHints, "colorScheme", lambda _: Qt.ColorScheme.Dark)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.current() is theme.LIGHT  # which was chosen
    action(window, "Theme of the system").trigger()
    assert theme.current() is theme.DARK and action(window, "Theme of the system").isChecked()
    monkeypatch.setattr(QStyleHints, "colorScheme", lambda _: Qt.ColorScheme.Light)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.current() is theme.LIGHT
    assert window.controls.grab().toImage().pixelColor(1, 1).name() == theme.LIGHT.card
