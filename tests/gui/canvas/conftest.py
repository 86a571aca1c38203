"""A canvas on the screen, and views of networks of any sizes to show on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.iteration import evaluate, iterate, sample_pass
from engine.run.spec import Data, Spec, start_state
from gui import theme
from gui.canvas.network_canvas import NetworkCanvas
from gui.canvas.spots import Spot
from gui.view import View


@pytest.fixture
def sized_view() -> Callable[..., View]:
    """sized_view(2, 8, 8, 1, revealed=5): views of a tanh network with weights of both signs."""

    def make(
        *sizes: int, revealed: int = 0, learning_rate: float = 0.5, **rest: Any
    ) -> View:
        names = default_unit_names(sizes)
        hidden = tuple(Layer(units, "tanh") for units in names[1:-1])
        network = Network(names[0], (*hidden, Layer(names[-1], "sigmoid")))
        generator = np.random.default_rng(1)
        data = Data(
            generator.normal(size=(3, sizes[0])),
            np.zeros((3, sizes[-1])),
            tuple(f"t{unit}" for unit in range(sizes[-1])),
        )
        optimizer = Optimizer().changed(learning_rate=learning_rate)
        spec = Spec(network, "half_squared_error", "sum", optimizer, data)
        state = start_state(spec, generator.normal(size=network.size) / np.sqrt(max(sizes)))
        return View(
            spec=spec,
            theta=state.theta,
            t=0,
            revealed=revealed,
            sample=0,
            sample_pass=sample_pass(spec, state.theta, 0),
            iteration=iterate(spec, state) if revealed else None,
            evaluation=evaluate(spec, state.theta),
            curve=np.empty((0, 2)),
            **rest,
        )

    return make


class Person:
    """Somebody with a mouse and a keyboard in front of a canvas."""

    def __init__(self, canvas: NetworkCanvas, qtbot: QtBot) -> None:
        self.canvas, self._qtbot = canvas, qtbot
        self._port = canvas.view.viewport()

    def at(self, *spot: Any) -> QPoint:
        """Where a spot is on the viewport."""
        return self.canvas.place_of(Spot(*spot)).center()

    def click(self, *spot: Any) -> None:
        self.click_at(self.at(*spot))

    def click_at(self, point: QPoint) -> None:
        self._qtbot.mouseMove(self._port, point)
        self._qtbot.mouseClick(self._port, Qt.MouseButton.LeftButton, pos=point)

    def edit(self, *spot: Any) -> None:
        """Open the field of a number: a double click, whose first press is a click."""
        self.click(*spot)
        self.double_click_at(self.at(*spot))

    def double_click_at(self, point: QPoint) -> None:
        self._qtbot.mouseMove(self._port, point)
        self._qtbot.mouseDClick(self._port, Qt.MouseButton.LeftButton, pos=point)

    def hover(self, point: QPoint) -> None:
        self._qtbot.mouseMove(self._port, point + QPoint(3, 3))
        self._qtbot.mouseMove(self._port, point)

    def drag(self, start: QPoint, stop: QPoint) -> None:
        self._qtbot.mousePress(self._port, Qt.MouseButton.LeftButton, pos=start)
        for share in (0.3, 0.7, 1.0):
            self._qtbot.mouseMove(self._port, start + (stop - start) * share)
        self._qtbot.mouseRelease(self._port, Qt.MouseButton.LeftButton, pos=stop)

    def press(self, *keys: Qt.Key | str) -> None:
        """Press keys, or type words, wherever the focus is."""
        for key in keys:
            target = QApplication.focusWidget()
            assert target is not None
            if isinstance(key, str):
                self._qtbot.keyClicks(target, key)
            else:
                self._qtbot.keyClick(target, key)


@pytest.fixture
def person(qapp: QApplication, qtbot: QtBot) -> Callable[..., Person]:
    """person(view, width, height): a person before a canvas that shows the view."""

    def sit_down(view: View, width: int = 710, height: int = 500) -> Person:
        theme.apply(qapp, "light")
        canvas = NetworkCanvas()
        qtbot.addWidget(canvas)
        canvas.resize(width, height)
        canvas.display(view)
        with qtbot.waitActive(canvas):
            canvas.show()
            canvas.activateWindow()
        return Person(canvas, qtbot)

    return sit_down


@pytest.fixture
def colours_in() -> Callable[..., set[str]]:
    """colours_in(canvas, spot): the colours painted on a spot and a few pixels around it."""

    def look(canvas: NetworkCanvas, spot: Spot) -> set[str]:
        place = canvas.place_of(spot).adjusted(-6, -6, 6, 6)
        place = (place & canvas.view.rect()).translated(canvas.view.pos())
        picture = canvas.grab(place).toImage()
        return {
            picture.pixelColor(x, y).name()
            for x in range(picture.width())
            for y in range(picture.height())
        }

    return look


@pytest.fixture
def choose(qtbot: QtBot) -> Callable[..., None]:
    """choose(person, point, "Activation", "tanh"): take an entry of the menu at a point."""

    def take(person: Person, point: QPoint, *titles: str) -> None:
        menu = open_menu(person, point)
        for title in titles:
            action = next(a for a in menu.actions() if a.text() == title)
            assert action.isEnabled(), title
            if action.menu() is not None:
                menu = action.menu()
                continue
            action.trigger()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()

    return take


def open_menu(person: Person, point: QPoint) -> QMenu:
    """Ask for the context menu at a point of the viewport."""
    port = person.canvas.view.viewport()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, point, port.mapToGlobal(point)
    )
    QApplication.sendEvent(port, event)
    menus = [m for m in person.canvas.findChildren(QMenu, "canvasMenu") if m.isVisible()]
    assert len(menus) == 1
    return menus[0]


@pytest.fixture
def menu_at(qtbot: QtBot) -> Iterator[Callable[..., QMenu]]:
    """menu_at(person, point): the context menu at a point, closed again after the test."""
    yield open_menu
    while (menu := QApplication.activePopupWidget()) is not None:
        menu.close()
