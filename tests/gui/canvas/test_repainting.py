"""Only what changed is made and painted anew: what is on the screen is what it would be if all
were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.canvas.network_canvas import NetworkCanvas
from gui.canvas.scene import NetworkScene
from gui.canvas.spots import Spot
from tests.gui.canvas.painted import Painted

_ROUNDING = 8  # of 255, by which an edge painted in two pieces may differ


def channels(picture: QImage) -> NDArray[np.int16]:
    """A picture as (rows, columns, 3) numbers of 0 … 255."""
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(picture.constBits(), np.uint8)
    pixels = pixels.reshape(picture.height(), picture.width(), 4)
    return pixels[..., :3].astype(np.int16)


def largest_difference(canvas: NetworkCanvas) -> int:
    """Between the screen and a whole repaint."""
    QApplication.processEvents()
    screen = canvas.backingStore().paintDevice()
    assert isinstance(screen, QImage)
    screen = screen.copy(0, 0, canvas.width(), canvas.height())
    return int(np.abs(channels(screen) - channels(canvas.grab().toImage())).max())


@pytest.mark.parametrize("sizes", [(2, 3, 1), (2, 8, 8, 1)])
def test_the_screen_keeps_nothing_of_an_earlier_step(
    person: Callable[..., Any], sized_view: Callable[..., Any], sizes: tuple[int, ...]
) -> None:
    view = sized_view(*sizes, revealed=1)
    steps, ann = view.steps, person(view)
    stride = max(1, len(steps) // 16)
    for revealed in (*range(1, len(steps), stride), 1, len(steps)):
        step = steps.id_at(revealed - 1)
        ann.canvas.display(replace(view, revealed=revealed))
        for traced in (None, step):
            ann.canvas.trace(traced)
            assert largest_difference(ann.canvas) <= _ROUNDING, step


def test_the_screen_keeps_nothing_of_what_was_pointed_at(
    person: Callable[..., Any], sized_view: Callable[..., Any]
) -> None:
    view = sized_view(2, 8, 8, 1, revealed=60)
    ann = person(view)
    for spot in (Spot("unit", 1, 2), Spot("unit", 2, 5), Spot("bias", 2, 1)):
        ann.canvas.view.select(spot)
        ann.canvas.highlight(view.steps.id_at(20))
        assert largest_difference(ann.canvas) <= _ROUNDING, spot
        ann.canvas.view.select(None)
        ann.canvas.highlight(None)
        assert largest_difference(ann.canvas) <= _ROUNDING, spot
    for source in (0, 5):
        ann.hover(ann.at("weight", 3, 0, source))
        assert largest_difference(ann.canvas) <= _ROUNDING, source
    ann.hover(QPoint(2, 2))
    assert largest_difference(ann.canvas) <= _ROUNDING


def words(scene: NetworkScene, sizes: tuple[int, ...]) -> list[list[str]]:
    """Everything that is written at units and weights."""
    found, painted = [], Painted(scene)
    for layer, size in enumerate(sizes):
        for unit in range(size):
            found.append(painted.at_node(layer, unit))
            if layer:
                found += [painted.on_label(layer, unit, k) for k in range(sizes[layer - 1])]
    return found


@pytest.mark.parametrize("sizes", [(2, 3, 1), (2, 2, 2)])
def test_what_is_kept_from_step_to_step_is_what_a_new_scene_would_show(
    sized_view: Callable[..., Any], sizes: tuple[int, ...]
) -> None:
    view = sized_view(*sizes, revealed=1)
    last = len(view.steps)
    scene = NetworkScene()
    scene.set_area(690.0, 430.0)
    for revealed in (*range(1, last + 1), *range(last, 0, -1), 9, last - 3, 12, 14, 0, 2):
        moment = replace(view, revealed=revealed)
        scene.display(moment)
        other = NetworkScene()
        other.set_area(690.0, 430.0)
        other.display(moment)
        assert words(scene, sizes) == words(other, sizes), revealed


def test_a_node_that_reached_out_of_sight_is_painted_anew_as_there_is_room_for_it(
    person: Callable[..., Any], mazur_view: Callable[..., Any], qapp: QApplication
) -> None:
    theme.apply(qapp, percent=200)
    ann = person(mazur_view(revealed=25), 798, 298)
    for size in ((798, 298), (862, 358), (1118, 478)):
        ann.canvas.resize(*size)
        QApplication.processEvents()
        kept = channels(ann.canvas.grab().toImage())
    for item in ann.canvas.scene.items():
        item.setCacheMode(item.CacheMode.NoCache)
    anew = channels(ann.canvas.grab().toImage())
    theme.apply(qapp, percent=100)
    # Lines at parts of a pixel are painted a little differently; no word is.
    assert (np.abs(kept - anew).max(axis=2) > 100).sum() < 20
