"""Typesetting in turns: it waits for whatever else there is to do."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from gui.formulas.typesetting import Typesetter, Wanted, typeset


def pieces(first: int, count: int) -> list[Wanted]:
    """Pieces that have not been set before."""
    return [Wanted(rf"\frac{{{n}}}{{{n} + a}}", 14, "#1f2933") for n in range(first, first + count)]


def test_others_get_their_turn_before_all_is_set(qtbot: QtBot) -> None:
    typesetter = Typesetter()
    order: list[str] = []
    typesetter.ready.connect(lambda: order.append("ready"))
    Typesetter.get_ready()
    typesetter.ask(pieces(1000, 200))
    QTimer.singleShot(0, lambda: order.append("step"))
    qtbot.waitUntil(lambda: "ready" in order, timeout=20_000)
    assert order == ["step", "ready"]


def test_what_was_called_off_is_not_set(qtbot: QtBot) -> None:
    typesetter = Typesetter()
    before = typeset.cache_info().misses
    with qtbot.assertNotEmitted(typesetter.ready, wait=100):
        typesetter.ask(pieces(2000, 20))
        typesetter.cancel()
    assert typeset.cache_info().misses == before


def test_what_was_set_once_is_there_at_once(qtbot: QtBot) -> None:
    typesetter = Typesetter()
    asked = pieces(3000, 3)
    with qtbot.waitSignal(typesetter.ready):
        typesetter.ask(asked)
    again = typeset.cache_info().misses
    with qtbot.waitSignal(typesetter.ready):
        typesetter.ask(asked)
    assert typeset.cache_info().misses == again


def test_what_cannot_be_read_is_left_out() -> None:
    assert typeset(Wanted(r"\frac{1", 14, "#1f2933")) is None
