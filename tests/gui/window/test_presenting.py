"""The network alone in the window, and the presentation: what is seen, by which keys, and that
everything is as it was after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QSplitter, QTabBar, QWidget

from engine.documents.examples import read_example
from gui import settings, theme
from gui.canvas.spots import Spot
from gui.window.main_window import MainWindow
from tests.gui.window.conftest import Driver

Key = Qt.Key
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SIZES = [(1024, 768), (1366, 768), (1920, 1080), (960, 540)]


class Projector(QSize):
    """As much of a screen as the window asks for."""

    def size(self) -> QSize:
        return self


@pytest.fixture(autouse=True)
def usual_text() -> Iterator[None]:
    """A test that ends in a presentation leaves no large text behind."""
    yield
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    if theme.percent() != 100:
        theme.apply(app, "light", 100)


def on_projector(driver: Driver, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin the presentation on a screen of that size: off screen there is only one of 800 × 800,
    so the window is made that large by hand."""
    monkeypatch.setattr(MainWindow, "screen", lambda self: Projector(*size))
    QTest.keyClick(driver.window.canvas.view, Key.Key_F11)
    driver.window.setWindowState(Qt.WindowState.WindowNoState)
    driver.window.resize(*size)
    QTest.qWait(50)


def seen(window: MainWindow) -> dict[str, bool]:
    parts: dict[str, QWidget] = {
        "menus": window.menuBar(), "controls": window.controls, "status": window.statusBar(),
        "network": window.network, "weights": window.weights, "data": window.data,
        "result": window.result, "loss": window.loss, "why": window.why,
        "canvas": window.canvas, "ribbon": window.ribbon,
        "leftHandle": named(window, "leftHandle"), "rightHandle": named(window, "rightHandle"),
        "lowerHandle": named(window, "lowerHandle"),
    }  # fmt: skip
    return {name: part.isVisible() for name, part in parts.items()}


def named(window: MainWindow, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert isinstance(found, QWidget), name
    return found


def shown(window: MainWindow) -> set[str]:
    return {name for name, is_seen in seen(window).items() if is_seen}


def arrangement(window: MainWindow) -> object:
    """What has to be the same after as before."""
    return (
        seen(window),
        window.size(),
        [splitter.sizes() for splitter in window.findChildren(QSplitter) if splitter.isVisible()],
        [bar.currentIndex() for bar in window.findChildren(QTabBar) if bar.isVisible()],
        window.canvas.view.zoom,
        window.canvas.view.is_fitted,
        theme.percent(),
        window.why.geometry(),
        window.canvas.geometry(),
    )


def test_the_network_alone_takes_the_window_and_gives_it_back(mazur: Driver) -> None:
    window = mazur.window
    before = arrangement(window)
    QTest.keyClick(window.canvas.view, Key.Key_F11, CONTROL)
    assert shown(window) == {"canvas", "ribbon"}
    mazur.qtbot.waitUntil(lambda: window.canvas.width() > 0.95 * window.width())
    assert mazur.menu("Network alone").isChecked()
    mazur.press(Key.Key_PageDown, Key.Key_PageDown, Key.Key_PageUp)
    assert mazur.view.revealed == 1
    mazur.press(Key.Key_E)  # the keys of menus that are not to be seen
    assert mazur.view.t == 1
    QTest.keyClick(window.canvas.view, Key.Key_F11, CONTROL)
    mazur.qtbot.waitUntil(lambda: arrangement(window) == before)
    QTest.keyClick(window.canvas.view, Key.Key_F11, CONTROL)
    mazur.press(Key.Key_Escape)
    mazur.qtbot.waitUntil(lambda: arrangement(window) == before)
    assert not mazur.menu("Network alone").isChecked()


@pytest.mark.parametrize("size", SIZES)
def test_a_presentation_shows_network_ribbon_and_derivation(
    mazur: Driver, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = mazur.window
    mazur.press(*[Key.Key_PageDown] * 13)
    on_projector(mazur, size, monkeypatch)
    assert (window.width(), window.height()) == size
    assert shown(window) == {"canvas", "ribbon", "why"}
    assert window.derivation.isVisible() and window.derivation.derivation is not None
    assert window.canvas.width() > 0.5 * size[0]
    places = [
        widget.rect().translated(widget.mapTo(window, QPoint(0, 0)))
        for widget in (window.canvas, window.ribbon, window.why)
    ]
    assert all(window.rect().contains(place) for place in places)
    assert not any(a.intersects(b) for k, a in enumerate(places) for b in places[:k])


@pytest.mark.parametrize("size", SIZES)
def test_type_in_a_presentation_has_two_percent_of_the_height(
    mazur: Driver, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = mazur.window
    mazur.press(*[Key.Key_PageDown] * 13)
    on_projector(mazur, size, monkeypatch)
    least = 0.02 * size[1]
    assert theme.font(theme.SMALL).pixelSize() >= least
    written = [
        label for label in window.findChildren(QLabel) if label.isVisible() and label.text()
    ]
    for widget in (*written, window.canvas.chip, window.derivation.copy_button):
        assert widget.font().pixelSize() >= least, widget.objectName()
    # What is drawn is magnified as a whole.
    assert theme.SMALL * window.canvas.view.magnification >= least
    assert theme.SMALL * window.derivation.inside.explanation.scale >= least
    assert theme.SMALL * window.derivation.inside.result.scale >= least


def test_a_derivation_is_written_larger_where_there_is_room(
    mazur: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    mazur.press(*[Key.Key_PageDown] * 13)
    inside = mazur.window.derivation.inside
    on_projector(mazur, (1920, 1080), monkeypatch)
    assert inside.explanation.scale > theme.scale()
    for _ in range(20):
        mazur.press(Key.Key_PageDown)
        QTest.qWait(20)
        assert not inside.area.verticalScrollBar().isVisible()
    mazur.press(Key.Key_Escape)
    assert inside.explanation.scale == theme.scale() == 1.0


def test_a_table_of_a_presented_derivation_keeps_its_digits(
    xor: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    xor.press(*[Key.Key_PageDown] * 22)  # the gradient of a weight, a row per sample
    for size in SIZES[1:3]:
        on_projector(xor, size, monkeypatch)
        explanation = xor.window.derivation.inside.explanation
        assert not explanation.shortens
        xor.press(Key.Key_Escape)


@pytest.mark.parametrize("key", [Key.Key_Escape, Key.Key_F11])
@pytest.mark.parametrize("size", [(1440, 900), (1024, 600)])
def test_after_a_presentation_everything_is_as_before(
    mazur: Driver, key: Key, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = mazur.window
    window.resize(*size)
    for splitter in window.findChildren(QSplitter):
        if splitter.isVisible():
            total = sum(splitter.sizes())
            splitter.setSizes([total // 3] + [total] * (splitter.count() - 1))
    QTest.qWait(20)
    before = arrangement(window)
    on_projector(mazur, (1366, 768), monkeypatch)
    assert arrangement(window) != before
    mazur.press(Key.Key_PageDown, key)
    window.resize(*size)
    mazur.qtbot.waitUntil(lambda: window.size() == QSize(*size))
    mazur.press(Key.Key_PageUp)
    mazur.qtbot.waitUntil(lambda: arrangement(window) == before)


def test_a_closer_look_is_the_same_after_a_presentation(
    mazur: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = mazur.window
    mazur.press(Key.Key_Plus, Key.Key_Plus)
    zoom = window.canvas.view.zoom
    on_projector(mazur, (1366, 768), monkeypatch)
    mazur.press(Key.Key_F11)
    window.resize(1440, 900)
    mazur.qtbot.waitUntil(lambda: window.size() == QSize(1440, 900))
    assert window.canvas.view.zoom == zoom and not window.canvas.view.is_fitted


@pytest.mark.parametrize("key", [Key.Key_B, Key.Key_Period])
@pytest.mark.parametrize("back", [Key.Key_PageDown, Key.Key_B, Key.Key_Escape, Key.Key_F11])
def test_a_black_screen_until_any_key(mazur: Driver, key: Key, back: Key) -> None:
    window = mazur.window
    QTest.keyClick(window.canvas.view, key)
    assert window.findChild(QWidget, "blackout") is None  # nothing outside a presentation
    mazur.press(Key.Key_F11)
    QTest.qWait(50)
    said = window.why.grab().toImage()
    mazur.press(key)
    picture = window.grab().toImage()
    black = {
        picture.pixelColor(x, y).name()
        for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)
    }  # fmt: skip
    assert black == {"#000000"}
    mazur.press(back)
    assert not named(window, "blackout").isVisible()
    assert window.presenting.is_presenting and mazur.view.revealed == 0
    assert window.canvas.view.hasFocus() and window.why.grab().toImage() == said
    mazur.press(Key.Key_PageDown)
    assert mazur.view.revealed == 1


def test_a_click_ends_the_black_screen_and_does_nothing_else(mazur: Driver) -> None:
    window = mazur.window
    mazur.press(Key.Key_F11, Key.Key_B)
    cover = named(window, "blackout")
    assert cover.geometry() == window.rect()
    QTest.mouseClick(cover, Qt.MouseButton.LeftButton, pos=window.ribbon.geometry().center())
    assert not cover.isVisible() and mazur.view.revealed == 0


def test_a_ring_follows_the_pointer_and_takes_no_click(mazur: Driver) -> None:
    window = mazur.window
    view = window.canvas.view.viewport()
    QTest.mouseMove(view, QPoint(60, 60))
    assert window.findChild(QWidget, "pointerRing") is None
    mazur.press(Key.Key_F11)
    QTest.qWait(100)  # the window has its new size
    ring = named(window, "pointerRing")
    for place in (QPoint(80, 90), QPoint(200, 120)):
        QTest.mouseMove(view, place)
        mazur.qtbot.waitUntil(ring.isVisible)
        at = view.mapTo(window, place)
        mazur.qtbot.waitUntil(
            lambda at=at: (ring.geometry().center() - at).manhattanLength() <= 2
        )
        assert window.childAt(at) is not ring
    mazur.press(Key.Key_Escape)
    assert not ring.isVisible()


def test_predict_asks_in_the_place_of_the_derivation(
    mazur: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = mazur.window
    on_projector(mazur, (1366, 768), monkeypatch)
    QTest.keyClick(window.canvas.view, Key.Key_P, CONTROL)
    panel = window.tools.current
    assert panel is not None and panel.isVisible() and not window.why.isVisible()
    assert shown(window) == {"canvas", "ribbon"}
    field = next(each for each in panel.findChildren(QLineEdit) if each.isVisible())
    field.setFocus()
    QTest.keyClicks(field, "0.5b")  # neither black nor a step while a number is typed
    assert window.findChild(QWidget, "blackout") is None and field.text().startswith("0.5")
    mazur.press(Key.Key_Escape)  # the tool first
    assert window.tools.current is None and window.why.isVisible()
    assert window.presenting.is_presenting
    mazur.press(Key.Key_Escape)
    assert not window.presenting.is_presenting and window.result.isVisible()


@pytest.mark.parametrize(("key", "held"), [(Key.Key_F11, NONE), (Key.Key_F11, CONTROL)])
def test_one_escape_leaves_also_after_asking_about_a_number(
    mazur: Driver, key: Key, held: Qt.KeyboardModifier
) -> None:
    window, canvas = mazur.window, mazur.window.canvas
    QTest.keyClick(canvas.view, key, held)
    mazur.press(Key.Key_PageDown)
    canvas.view.ask(Spot("weight", 2, 0, 0))
    assert canvas.view.selected is not None and not window.presenting.shows_all
    canvas.view.setFocus()
    mazur.press(Key.Key_Escape)
    assert window.presenting.shows_all and canvas.view.selected is None


def test_a_presentation_offers_no_unit_more_or_fewer(mazur: Driver) -> None:
    view = mazur.window.canvas.view
    buttons = named(mazur.window, "layerButtons")

    def point_at_the_hidden_layer() -> None:
        middle = view.to_viewport(mazur.window.canvas.scene.column(1)).center()
        place, no_button = QPointF(middle), Qt.MouseButton.NoButton
        there = QPointF(view.viewport().mapToGlobal(middle))
        kind = QEvent.Type.MouseMove
        QApplication.sendEvent(
            view.viewport(), QMouseEvent(kind, place, there, no_button, no_button, NONE)
        )

    mazur.press(Key.Key_F11)
    point_at_the_hidden_layer()
    assert view.viewport().rect().contains(view.pointer.toPoint()) and not buttons.isVisible()
    mazur.press(Key.Key_Escape)
    point_at_the_hidden_layer()
    mazur.qtbot.waitUntil(buttons.isVisible)


def test_a_tool_that_is_asked_for_ends_the_network_alone(mazur: Driver) -> None:
    mazur.press(Key.Key_Escape)
    QTest.keyClick(mazur.window.canvas.view, Key.Key_F11, CONTROL)
    QTest.keyClick(mazur.window.canvas.view, Key.Key_P, CONTROL)
    assert mazur.window.tools.current is not None and mazur.window.tools.current.isVisible()
    assert mazur.window.controls.isVisible()


def test_a_message_is_seen_in_a_presentation(mazur: Driver) -> None:
    window = mazur.window
    mazur.press(Key.Key_F11)
    assert not window.statusBar().isVisible()
    window.session.refused.emit("No.")
    assert window.banner.isVisible() and window.statusBar().isVisible()
    mazur.press(Key.Key_PageDown)
    assert not window.statusBar().isVisible()


def test_a_notice_is_seen_in_a_presentation_and_covers_nothing(mazur: Driver) -> None:
    window, file = mazur.window, named(mazur.window, "fileLabel")
    mazur.press(Key.Key_F11, Key.Key_PageDown)
    QTest.mouseClick(window.derivation.copy_button, Qt.MouseButton.LeftButton)
    copies = {action.text(): action for action in window.derivation.copy_menu.actions()}
    copies["as text"].trigger()
    assert window.statusBar().isVisible() and "Copied" in window.statusBar().currentMessage()
    assert not file.isVisible()
    window.statusBar().clearMessage()
    assert not window.statusBar().isVisible()
    copies["as text"].trigger()
    mazur.press(Key.Key_Escape)
    assert file.isVisible() and not window.statusBar().currentMessage()


def test_the_first_click_in_a_presentation_leaves_the_hint_for_later(mazur: Driver) -> None:
    window = mazur.window
    settings.TOLD_HOW_TO_EDIT.keep(False)
    mazur.press(Key.Key_F11, Key.Key_PageDown)
    with mazur.qtbot.waitSignal(window.canvas.asked):
        mazur.press(Key.Key_Right)
    assert not window.statusBar().isVisible()
    mazur.press(Key.Key_Escape)
    assert window.presenting.shows_all and not window.statusBar().currentMessage()
    with mazur.qtbot.waitSignal(window.canvas.asked):
        mazur.press(Key.Key_Right)
    assert "Double click" in window.statusBar().currentMessage()


def test_a_lesson_is_put_aside_and_goes_on(mazur: Driver) -> None:
    window = mazur.window
    window.lessons.open_bundled("forward-pass")
    strip = window.lessons.strip
    assert strip.isVisible()
    mazur.press(Key.Key_F11)
    for _ in range(4):
        mazur.press(Key.Key_PageDown)
        assert not strip.isVisible()
    mazur.press(Key.Key_Escape)
    assert strip.isVisible()


def test_text_may_grow_in_a_presentation_and_is_as_before_after(mazur: Driver) -> None:
    mazur.press(Key.Key_F11)
    percent = theme.percent()
    QTest.keyClick(mazur.window.canvas.view, Key.Key_Plus, CONTROL)
    QTest.keyClick(mazur.window.canvas.view, Key.Key_Plus, CONTROL)
    assert theme.percent() > percent
    QTest.keyClick(mazur.window.canvas.view, Key.Key_0, CONTROL)
    assert theme.percent() == percent
    QTest.keyClick(mazur.window.canvas.view, Key.Key_Minus, CONTROL)
    assert theme.percent() == percent, "less than 2 % of the screen's height"
    mazur.press(Key.Key_Escape)
    assert theme.percent() == 100 and settings.TEXT_SIZE.kept() == 100


def test_a_window_closed_in_a_presentation_opens_as_it_was_before_it(mazur: Driver) -> None:
    window = mazur.window
    window.resize(1100, 700)
    mazur.press(Key.Key_F11)
    window.close()
    again = MainWindow(remember=True)
    mazur.qtbot.addWidget(again)
    again.documents.show(read_example("one-neuron"), "one-neuron")
    assert not again.windowState() & Qt.WindowState.WindowFullScreen
    assert again.height() == 700


def test_the_network_looks_as_before_after_a_presentation(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that scrolls, whose edges reach far beyond the view."""
    driver.open("xor-2-3-1")
    for _ in range(9):
        driver.window.canvas.unit_added.emit(1)
    viewport = driver.window.canvas.view.viewport()
    driver.window.settle()
    QTest.qWait(50)
    before = viewport.grab().toImage()
    on_projector(driver, (1366, 768), monkeypatch)
    QTest.qWait(50)
    driver.press(Key.Key_Escape)
    driver.window.resize(1440, 900)
    driver.qtbot.waitUntil(lambda: viewport.size() == before.size())
    driver.qtbot.waitUntil(lambda: viewport.grab().toImage() == before)
