"""Inputs that form a picture: drawn as one on the canvas, in the data and in the hidden units."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QTimer
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtWidgets import QApplication, QInputDialog
from pytestqt.qtbot import QtBot

from engine.data.datasets import DATASETS
from engine.data.suggested import suggested
from engine.documents.document import Document
from engine.documents.reading import read_document, write_document
from engine.run.check_spec import SpecError
from engine.run.edits import set_picture
from engine.run.reshaping import set_units
from engine.run.spec import Spec, start_state
from gui.canvas.spots import Spot
from gui.tables.number_model import NumberModel
from gui.tables.number_table import NumberTable
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow


def digits() -> Spec:
    return suggested(DATASETS["digits"], {"count": 20})


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    window = open_window("xor-2-3-1")
    spec = digits()
    window.documents.show(Document(spec, start_state(spec).theta), "digits")
    return window


def is_bluer(image: QImage, x: int, y: int, other: tuple[int, int]) -> bool:
    """Whether a pixel is nearer to the colour of large values than another."""
    return QColor(image.pixel(x, y)).red() < QColor(image.pixel(*other)).red()


def test_each_pixel_can_be_asked(window: MainWindow) -> None:
    scene, spec = window.canvas.scene, window.session.spec
    placed = scene.arrangement
    assert placed is not None
    grid = placed.centres[0].reshape(8, 8, 2)
    assert np.ptp(grid[:, :, 0], axis=0).max() < 1e-9 and (np.diff(grid[0, :, 0]) > 3).all()
    assert np.ptp(grid[:, :, 1], axis=1).max() < 1e-9 and (np.diff(grid[:, 0, 1]) > 3).all()
    for row, column in ((0, 0), (3, 5), (7, 7)):
        spot = scene.spot_at(QPointF(*grid[row, column]), 4.0)
        assert spot == Spot("unit", 0, 8 * row + column)
        assert spec.network.unit_name(0, spot.unit) == f"r{row + 1}c{column + 1}"


def test_the_data_show_each_sample(window: MainWindow) -> None:
    table = window.data.findChild(NumberTable, "dataTable")
    assert table is not None
    model, data = table.model(), window.session.spec.data
    assert isinstance(model, NumberModel) and model.picture_height > 0
    for sample in (0, 7):
        image = model.row_picture(sample)
        assert image is not None and (image.width(), image.height()) == (8, 8)
        dark, light = (int(k) for k in (data.inputs[sample].argmax(), data.inputs[sample].argmin()))
        assert is_bluer(image, dark % 8, dark // 8, (light % 8, light // 8))


def test_a_hidden_unit_shows_its_weights(window: MainWindow) -> None:
    scene, session = window.canvas.scene, window.session
    view = scene.view
    assert view is not None
    pictures = scene._pictures.of(view)
    assert sorted(pictures) == [(1, unit) for unit in range(16)]
    W = session.spec.network.weights(session.state.theta, 1)
    most, least = int(W[3].argmax()), int(W[3].argmin())
    assert is_bluer(pictures[1, 3], most % 8, most // 8, (least % 8, least // 8))
    session.step()
    assert scene._pictures.of(scene.view) == {}


def test_what_is_a_picture_is_chosen_and_undone(qtbot: QtBot, window: MainWindow) -> None:
    entry = next(a for a in window.findChildren(QAction) if a.text() == "&Inputs as a picture…")

    def choose(words: str) -> None:
        def fill_in() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QInputDialog)
            assert words in dialog.comboBoxItems()
            dialog.setTextValue(words)
            dialog.accept()

        QTimer.singleShot(0, fill_in)
        entry.trigger()

    session = window.session
    choose("4 × 16")
    assert session.spec.data.picture == (4, 16)
    again = read_document(write_document(session.document()))
    assert again.spec.data.picture == (4, 16)
    choose("no picture")
    assert session.spec.data.picture is None
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert session.spec.data.picture == (8, 8)


def test_a_picture_that_is_none_is_refused_and_goes_with_its_inputs() -> None:
    spec = digits()
    state = start_state(spec)
    with pytest.raises(SpecError, match="a picture of 7 × 9 pixels is not made of 64 inputs"):
        set_picture(spec, state, (7, 9))
    assert set_units(spec, state, 0, 60)[0].data.picture is None
    assert set_units(spec, state, 1, 5)[0].data.picture == (8, 8)
