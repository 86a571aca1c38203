"""Gradients by layer over the epochs: a function of the run, whichever way one got there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from engine.run.gradient_sizes import gradient_sizes
from engine.run.reshaping import add_layer
from gui.window.main_window import MainWindow
from tests.gui.lenses.conftest import OpenLens


def sizes(lens: Any) -> tuple[np.ndarray, np.ndarray]:
    """Epochs and sizes (moments, layers) as they are drawn."""
    lens.finish()
    lines = [line for line in lens.plot.lines if line.isVisible()]
    return lines[0].getData()[0], np.array([10.0 ** line.getData()[1] for line in lines]).T


def epochs_on(window: MainWindow, count: int) -> None:
    for _ in range(count):
        window.session.step("epoch")


def test_each_point_is_the_size_at_its_moment(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+6")
    epochs_on(window, 6)
    epochs, found = sizes(lens)
    assert epochs.tolist() == [0, 1, 2, 3, 4, 5, 6] and found.shape == (7, 2)
    spec = window.session.spec
    for t, row in enumerate(found):
        state = window.session.history.state_at(0, t)
        np.testing.assert_allclose(row, gradient_sizes(spec, state), rtol=1e-9)
    assert "Hidden now has" in lens.note.text()


def test_before_the_first_update_each_layer_is_a_spot(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+6")
    lens.finish()
    spots = [line.scatter for line in lens.plot.lines]
    assert [len(each.data) for each in spots] == [1, 1] and all(s.isVisible() for s in spots)
    epochs_on(window, 3)
    lens.finish()
    assert not any(line.scatter.isVisible() for line in lens.plot.lines)


def test_going_back_changes_nothing_and_another_road_has_its_own(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+6")
    epochs_on(window, 6)
    before = sizes(lens)
    window.session.go_to_epoch(3)
    for one, other in zip(before, sizes(lens), strict=True):
        np.testing.assert_array_equal(one, other)
    assert lens.plot.now_line.value() == 3.0
    window._intents.set_optimizer_setting("learning_rate", 5.0)
    epochs_on(window, 3)
    epochs, found = sizes(lens)
    assert epochs.tolist() == before[0].tolist()
    np.testing.assert_array_equal(found[:4], before[1][:4])
    assert not np.allclose(found[5:], before[1][5:])
    window.session.undo_stack.undo()
    np.testing.assert_array_equal(sizes(lens)[1], before[1])


def test_out_of_a_file_they_are_the_same(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+6")
    epochs_on(window, 5)
    before = sizes(lens)
    window.session.open(window.session.document())
    for one, other in zip(before, sizes(lens), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_deep_network_of_sigmoids_is_said_to_vanish(open_lens: OpenLens) -> None:
    window, lens = open_lens("mazur-2-2-2", "Ctrl+6")
    for _ in range(5):
        window.session.apply("Layer", add_layer, 1)
    found = sizes(lens)[1]
    assert found.shape[1] == 7 and found[0, 0] < found[0, -1] / 1000.0
    assert "vanishes on the way back: that of Hidden 1" in lens.note.text()
    assert "Hidden 1 " in lens.plot.accessibleDescription()


def test_a_click_goes_to_an_epoch(open_lens: OpenLens) -> None:
    window, lens = open_lens("xor-2-3-1", "Ctrl+6")
    epochs_on(window, 6)
    sizes(lens)
    plot = lens.plot
    place = plot.mapFromScene(plot.box.mapViewToScene(QPointF(2.0, plot.box.viewRange()[1][0])))
    place.setY(place.y() - 5)
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.session.place.t == pytest.approx(2, abs=1)


def test_where_nothing_is_learnt_there_is_no_gradient(open_lens: OpenLens) -> None:
    _, lens = open_lens("xor-2-2-1-step", "Ctrl+6")
    assert not lens.plot.isVisible() and not lens.busy
