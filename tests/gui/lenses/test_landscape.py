"""The loss over two directions of the parameters, with the paths of runs in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.maths.network import Parameter
from engine.run.iteration import batch_loss
from gui.window.main_window import MainWindow
from tests.gui.lenses.conftest import OpenLens


def shown(lens: Any) -> tuple[np.ndarray, np.ndarray]:
    """The losses that are shown, and the path of the run as it is drawn."""
    lens.finish()
    return lens.plot._losses, np.stack(lens.plot.path.getData(), axis=-1)


def epochs_on(window: MainWindow, count: int) -> None:
    for _ in range(count):
        window.session.step("epoch")


def test_the_run_stands_in_its_plane_where_its_loss_is(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+7")
    epochs_on(window, 8)
    losses, path = shown(lens)
    assert losses.shape == (96, 96) and np.isfinite(losses).all()
    np.testing.assert_allclose(path[-1], [0.0, 0.0], atol=1e-12)  # the plane goes through it
    assert len(path) == 9
    loss = batch_loss(window.session.spec, window.session.state.theta, np.arange(4))[0]
    assert lens.plot.loss_at(0.0, 0.0) == pytest.approx(loss, rel=0.05)
    low, high = lens.plot.extremes
    assert low <= loss <= high
    assert "two directions the run moved in most" in lens.note.text()


def test_until_there_is_a_picture_a_sentence_stands_in_place_of_axes(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+7")
    assert not lens.plot.isVisible() and "Working out the path" in lens._sentence.text()
    lens.finish()
    assert lens.plot.isVisible() and lens.note.isVisible()
    epochs_on(window, 1)  # the picture stays while the next is worked out
    assert lens.plot.isVisible()


def test_of_two_parameters_it_is_the_loss_for_their_values(open_lens: OpenLens) -> None:
    window, lens = open_lens("mazur-2-2-2", "Ctrl+7")
    window.canvas.select(Parameter(2, 0, 0))
    for axis, parameter in enumerate((Parameter(2, 0, 0), Parameter(2, 1, 0))):
        window.canvas.select(parameter)
        lens.axes_button.click()
        words = ("Across", "Up")[axis]
        action = next(a for a in lens._menu.actions() if a.text().startswith(words))
        action.trigger()
        lens._menu.close()
    losses, path = shown(lens)
    assert lens.axes_button.text() == "w5 × w7 ▾"
    assert (lens.plot.x_axis.name, lens.plot.y_axis.name) == ("w5", "w7")
    np.testing.assert_allclose(path[-1], [0.4, 0.5])
    (low, high), _ = lens.plot._ranges
    theta = np.array(window.session.state.theta)
    spec, row, column = window.session.spec, 70, 10
    for parameter, k, ends in (
        (Parameter(2, 0, 0), column, lens.plot._ranges[0]),
        (Parameter(2, 1, 0), row, lens.plot._ranges[1]),
    ):
        low, high = ends
        theta[spec.network.index(parameter)] = low + (k + 0.5) * (high - low) / len(losses)
    assert losses[row, column] == pytest.approx(batch_loss(spec, theta, np.array([0]))[0])


def test_ghosts_have_their_paths_and_going_back_keeps_the_road(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+7")
    epochs_on(window, 8)
    window.session.go_to_epoch(4)
    assert len(shown(lens)[1]) == 9  # the whole road, as the loss curve has it
    x, y = lens.plot.spots.getData()
    assert (x[-1], y[-1]) == pytest.approx((0.0, 0.0), abs=1e-12)
    window._intents.set_optimizer_setting("learning_rate", 4.0)
    epochs_on(window, 2)
    assert len(shown(lens)[1]) == 7
    ghosts = [item for item in lens.plot.ghosts if item.isVisible()]
    assert len(ghosts) == 1 and len(ghosts[0].getData()[0]) == 9


def test_another_look_at_the_same_run_gives_the_same_picture(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+7")
    epochs_on(window, 5)
    losses, path = (each.copy() for each in shown(lens))
    window.session.go_to_epoch(0)
    shown(lens)
    window.session.go_to_epoch(5)
    again = shown(lens)
    np.testing.assert_array_equal(again[0], losses)
    np.testing.assert_array_equal(again[1], path)


def test_what_is_pointed_at_is_read_out_and_steps_change_nothing(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+7")
    epochs_on(window, 3)
    shown(lens)
    plot = lens.plot
    middle = [sum(ends) / 2 for ends in plot._ranges]
    place = plot.mapFromScene(plot.box.mapViewToScene(QPointF(*middle)))
    QTest.mouseMove(plot.viewport(), place)
    assert plot.read_out.text.count("E") == 1
    window.session.step()
    assert not lens.busy and not lens._next.isActive()


def test_behind_a_tab_nothing_is_worked_out(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+7")
    window.lenses.place.show_card(window.result)
    assert not lens.busy
    epochs_on(window, 2)
    assert not lens.busy and not lens._next.isActive()
    window.lenses.place.show_card(lens)
    assert len(shown(lens)[1]) == 3


def test_one_parameter_has_no_plane(open_lens: OpenLens) -> None:
    window, lens = open_lens("one-neuron", "Ctrl+7")
    shown(lens)
    assert lens.plot.isVisible()
    window._intents.set_bias(1, "none", False)
    assert window.session.spec.network.size == 1
    assert not lens.plot.isVisible() and "no two directions" in lens._sentence.text()


def test_tab_goes_along_the_head_of_the_card(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+7")
    lens.axes_button.setFocus()
    QTest.keyClick(lens.axes_button, Qt.Key.Key_Tab)
    assert lens.close_button.hasFocus()


def test_while_the_run_trains_a_picture_comes_too(open_lens: OpenLens, qtbot: QtBot) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+7")
    window.session.train_at_full_speed()
    qtbot.waitUntil(lambda: lens.plot.extremes is not None, timeout=5000)
    window.session.toggle_training()
    losses, path = shown(lens)
    assert losses.shape == (96, 96)
    np.testing.assert_allclose(path[-1], [0.0, 0.0], atol=1e-9)
