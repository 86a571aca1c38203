"""Training that is asked for with an end of its own: the dialogs, where it stands, what is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QSlider,
    QSpinBox,
)

from engine.run.edits import set_cells
from engine.run.iteration import evaluate
from tests.gui.window.conftest import Driver, Key

FOR, BELOW = "Train for N epochs…", "Train until the loss is below…"
RIGHT, GO_TO = "Train until all are right…", "Go to epoch…"


@pytest.fixture
def xor(driver: Driver) -> Driver:
    driver.open("xor-3-4-1")
    return driver


def answer(driver: Driver, text: str, fill: Callable[[QDialog], object]) -> None:
    """Choose an entry of the menu, fill in its dialog, and press Enter."""
    met: list[QDialog] = []

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        met.append(dialog)
        try:
            driver.qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
            fill(dialog)
            QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
        finally:
            QTimer.singleShot(1000, dialog, dialog.reject)  # whatever went wrong, it does not stay

    QTimer.singleShot(0, act)
    driver.menu(text).trigger()
    assert met
    driver.window.activateWindow()  # as a window manager does when a dialog closes
    driver.qtbot.waitUntil(lambda: QApplication.activeWindow() is driver.window)
    driver.window.canvas.setFocus()


def epochs(count: int) -> Callable[[QDialog], object]:
    def fill(dialog: QDialog) -> None:
        field = dialog.findChild(QSpinBox, "epochs")
        field.setFocus()
        field.selectAll()  # as Tab does
        QTest.keyClicks(field, str(count))

    return fill


def loss(value: str, most: int) -> Callable[[QDialog], object]:
    def fill(dialog: QDialog) -> None:
        epochs(most)(dialog)
        field = dialog.findChild(QLineEdit, "lossBelow")
        field.setFocus()
        QTest.keyClicks(field, value)

    return fill


def done(driver: Driver) -> int:
    """Wait for the end of training; the epoch it stands at."""
    session = driver.window.session
    driver.qtbot.waitUntil(lambda: not session.training, timeout=60_000)
    return int(driver.view.spec.epoch_of(driver.view.t)[0])


def as_fast_as_it_goes(driver: Driver) -> None:
    driver.window.session.set_pace(float("inf"))


def test_it_trains_so_many_epochs_and_says_so(xor: Driver) -> None:
    as_fast_as_it_goes(xor)
    xor.press(Key.Key_E)
    answer(xor, FOR, epochs(250))
    assert done(xor) == 251
    assert xor.window.banner.text.startswith("Trained 250 epochs: loss ")
    assert xor.window.banner.text.endswith(" at epoch 251.")
    assert xor.window.banner.property("good") is True
    answer(xor, FOR, lambda dialog: None)  # the number of the last time stands there
    assert done(xor) == 501


@pytest.mark.parametrize("pace", [900.0, float("inf"), None])
def test_it_stands_at_the_first_epoch_with_the_loss_below(xor: Driver, pace: float | None) -> None:
    xor.window.session.set_pace(pace)
    answer(xor, BELOW, loss("0.5001", 100_000))
    reached = done(xor)
    curve = xor.view.curve
    assert curve[-1, 0] == reached and curve[-1, 1] < 0.5001
    assert (curve[:-1, 1] >= 0.5001).all()
    spec = xor.view.spec
    assert evaluate(spec, xor.view.theta).loss < 0.5001
    assert xor.window.banner.text == f"Loss 0.500100 at epoch {reached:,}, below 0.5001."
    assert xor.window.banner.property("good") is True
    before = xor.view.t
    answer(xor, BELOW, lambda dialog: None)
    assert done(xor) == reached and xor.view.t == before
    assert "already below" in xor.window.banner.text


def test_what_is_not_reached_is_said_too(xor: Driver) -> None:
    as_fast_as_it_goes(xor)
    answer(xor, BELOW, loss("1e-9", 300))
    assert done(xor) == 300
    assert xor.window.banner.text.startswith("After 300 epochs the loss is still 0.5")
    assert not xor.window.banner.property("good")


def test_it_trains_until_every_sample_is_right(xor: Driver) -> None:
    as_fast_as_it_goes(xor)
    answer(xor, RIGHT, epochs(50_000))
    reached = done(xor)
    assert xor.window.banner.text.startswith(f"All 4 samples are right at epoch {reached:,}")
    assert ("samples right", "4 of 4") in xor.window.summary.rows()
    xor.window.session.back("epoch")
    assert ("samples right", "4 of 4") not in xor.window.summary.rows()


def test_pause_ends_it_and_nothing_is_said(xor: Driver) -> None:
    xor.window.session.set_pace(30)
    answer(xor, FOR, epochs(5000))
    where = xor.find(QLabel, "where")
    xor.qtbot.waitUntil(lambda: "of 5,000" in where.text())
    xor.press(Key.Key_T)
    assert done(xor) < 5000
    assert "of 5,000" not in where.text()
    assert "Trained" not in xor.window.banner.text


def test_where_nothing_can_be_right_the_entry_says_why(driver: Driver) -> None:
    driver.open("mazur-2-2-2")
    assert driver.menu(RIGHT).isEnabled()
    driver.window.session.apply("target", set_cells, [("targets", 0, 0, 0.4)])
    assert not driver.menu(RIGHT).isEnabled()
    assert "no classes" in driver.menu(RIGHT).toolTip()
    assert driver.menu(FOR).isEnabled()


def test_going_to_an_epoch_leads_back_and_ahead(xor: Driver) -> None:
    answer(xor, GO_TO, epochs(120))
    assert done(xor) == 120
    answer(xor, GO_TO, epochs(7))
    assert done(xor) == 7
    answer(xor, GO_TO, epochs(120))
    assert done(xor) == 120
    assert xor.view.curve[-1, 0] == 120


def test_a_loss_that_is_none_is_refused(xor: Driver) -> None:
    def fill(dialog: QDialog) -> None:
        loss("-1", 10)(dialog)
        QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
        assert dialog.isVisible()
        field = dialog.findChild(QLineEdit, "lossBelow")
        assert "above 0" in field.toolTip()
        QTimer.singleShot(0, dialog.reject)

    answer(xor, BELOW, fill)
    assert xor.view.t == 0 and not xor.window.session.training


def test_training_begins_at_a_pace_that_can_be_followed(xor: Driver) -> None:
    caption = xor.find(QLabel, "paceCaption")
    assert caption.text() == "up to full speed"
    xor.press(Key.Key_T)
    xor.qtbot.waitUntil(lambda: caption.text().startswith("getting faster: "))
    assert xor.view.gets_faster
    QTest.keyClick(xor.window, Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    xor.qtbot.waitUntil(lambda: caption.text() == "full speed")
    assert not xor.view.gets_faster
    xor.press(Key.Key_T)
    assert not xor.window.session.training
    xor.press(Key.Key_T)  # it was paused there: on at that pace
    xor.qtbot.waitUntil(lambda: caption.text() == "full speed")
    xor.press(Key.Key_T, Key.Key_R, Key.Key_T)
    xor.qtbot.waitUntil(lambda: caption.text().startswith("getting faster"))


def test_header_and_summary_are_of_the_same_moment_at_full_speed(xor: Driver) -> None:
    where, seen = xor.find(QLabel, "where"), []

    def look() -> None:
        shown = dict(xor.window.summary.rows())["epochs"]
        seen.append((shown, where.text().split(" · ")[0]))

    as_fast_as_it_goes(xor)
    xor.window.session.changed.connect(look)
    xor.press(Key.Key_T)
    xor.qtbot.waitUntil(lambda: len(seen) > 20, timeout=20_000)
    xor.press(Key.Key_T)
    assert all(head == f"epoch {shown}" for shown, head in seen)
    assert len(set(seen)) > 10


def test_a_click_on_the_slider_goes_there(xor: Driver) -> None:
    slider = xor.find(QSlider, "pace")
    for part, value in ((0.02, 0), (0.5, 4), (0.98, 9), (0.25, 2)):
        place = slider.rect().center()
        place.setX(round(part * slider.width()))
        QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=place)
        assert abs(slider.value() - value) <= (0 if part in (0.02, 0.98) else 1)


@pytest.mark.parametrize("typed", ["abc", "-1", "", "1e999"])
def test_what_is_no_loss_is_not_taken_for_the_last_one_by_a_click_on_ok(
    xor: Driver, typed: str
) -> None:
    seen: list[str] = []

    def fill(dialog: QDialog) -> None:
        field = dialog.findChild(QLineEdit, "lossBelow")
        field.setFocus()
        field.selectAll()
        QTest.keyClick(field, Key.Key_Delete)
        QTest.keyClicks(field, typed)
        ok = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
        ok.setFocus()  # as the press of a button does
        QTest.mouseClick(ok, Qt.MouseButton.LeftButton)
        assert dialog.isVisible() and field.text() == typed and field.property("wrong")
        assert field.hasFocus() and field.toolTip()
        seen.append(typed)
        QTimer.singleShot(0, dialog, dialog.reject)  # once Enter was refused too

    answer(xor, BELOW, fill)
    assert seen == [typed] and not xor.window.session.training
