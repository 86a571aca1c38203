"""The canvas as a screen reader has it: every node, edge and number, and each step taken."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtTest import QTest

from engine.documents.examples import read_example
from gui.canvas.walk import tab_order
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow
from tests.gui.learn.predict.conftest import begin

Text, Role = QAccessible.Text, QAccessible.Role


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("mazur-2-2-2")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a screen reader is told, in words."""
    words: list[str] = []

    def hear(event: QAccessibleEvent) -> None:
        if event.type() == QAccessible.Event.Announcement:
            words.append(event.message())  # type: ignore[attr-defined]
        elif event.type() == QAccessible.Event.Focus:
            words.append(f"at {event.accessibleInterface().text(Text.Name)}")

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    return words


def canvas(window: MainWindow) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(window.canvas.view)
    assert found is not None
    return found


def children(window: MainWindow) -> dict[str, str]:
    """The value of each child by its name."""
    parent = canvas(window)
    return {
        parent.child(k).text(Text.Name): parent.child(k).text(Text.Value)
        for k in range(parent.childCount())
    }


def test_every_node_edge_and_number_is_a_child(window: MainWindow) -> None:
    parent = canvas(window)
    assert parent.role() == Role.Canvas and parent.text(Text.Name) == "Network"
    assert parent.childCount() == len(tab_order(window.session.spec.network))
    names = list(children(window))
    assert names[:3] == ["input i1", "input i2", "weight w1 from i1 to h1"]
    assert "bias b1, shared by its layer, fixed" in names and names[-1] == "target of o2"
    for k in range(parent.childCount()):
        child = parent.child(k)
        assert parent.indexOfChild(child) == k and child.parent() is parent
        assert child.role() in (Role.EditableText, Role.StaticText) and child.text(Text.Value) or (
            child.text(Text.Name).startswith("unit")
        )


def test_a_weight_is_told_with_its_gradient_once_there_is_one(window: MainWindow) -> None:
    assert children(window)["weight w5 from h1 to o1"] == "value 0.4"
    window.session.advance(0, 13)
    window.settle()
    told = children(window)
    assert told["weight w5 from h1 to o1"] == "value 0.4, gradient 0.0821670"
    assert told["unit h1, sigmoid"] == "net input 0.3775, activation 0.593270"
    window.session.set_digits(4)
    assert children(window)["weight w5 from h1 to o1"] == "value 0.4, gradient 0.08217"


def test_a_child_is_where_it_stands_on_screen(window: MainWindow) -> None:
    parent, viewport = canvas(window), window.canvas.view.viewport()
    for k in (0, 2, 6):
        place = parent.child(k).rect()
        assert parent.childAt(place.center().x(), place.center().y()) is parent.child(k)
        at = viewport.mapFromGlobal(place.center())
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)
        selected = parent.focusChild()
        assert selected is parent.child(k) and selected.state().focused
    nowhere = viewport.mapToGlobal(QPoint(1, 1))
    assert parent.childAt(nowhere.x(), nowhere.y()) is None


def test_another_network_has_other_children(window: MainWindow) -> None:
    last = canvas(window).child(canvas(window).childCount() - 1)
    window.documents.show(read_example("one-neuron"), "one-neuron")
    assert list(children(window)) == [
        "input x", "weight w from x to o", "unit o, sigmoid", "bias b of o", "target of o",
    ]  # fmt: skip
    assert not last.isValid() and last.text(Text.Name) == ""


def test_each_step_is_heard_as_it_is_taken(window: MainWindow, heard: list[str]) -> None:
    window.canvas.setFocus()
    for _ in range(13):
        QTest.keyClick(window.canvas.view, Qt.Key.Key_Space)
    assert heard[0] == "net input of h1: 0.3775"
    assert heard[10] == "total loss: 0.298371"
    assert heard[12] == "gradient of w5: 0.0821670"
    QTest.keyClick(window.canvas.view, Qt.Key.Key_PageUp)
    assert heard[13].startswith("delta of o1: ") and len(heard) == 14


def test_whose_a_gradient_is_is_heard_and_that_a_layer_was_taken_at_once(
    window: MainWindow, heard: list[str]
) -> None:
    window.documents.show(read_example("xor-2-2-1"), "xor-2-2-1")
    window.session.seek(9)
    window.canvas.setFocus()
    heard.clear()
    QTest.keyClick(window.canvas.view, Qt.Key.Key_Space)
    assert heard == ["gradient of w5: gradient, sum over the batch of 4: 0.0448190"]
    window.session.set_gradients("both")
    told = children(window)["weight w5 from h1 to o"]
    assert "gradient of sample 1 0.0568662, gradient, sum over the batch of 4: 0.0448190" in told
    window.session.set_grain("layer")
    window.session.seek(0)
    heard.clear()
    QTest.keyClick(window.canvas.view, Qt.Key.Key_Space)
    assert heard == ["activations of layer 1, the last of them activation of h2: 0.461738"]


def test_what_is_gone_to_by_arrows_is_heard(window: MainWindow, heard: list[str]) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas.view, Qt.Key.Key_Right)
    QTest.keyClick(window.canvas.view, Qt.Key.Key_Right)
    assert len(heard) == 2 and all(words.startswith("at ") for words in heard)


def test_what_is_to_be_predicted_is_not_told(window: MainWindow, heard: list[str]) -> None:
    begin(window, "activations", "losses")
    for _ in range(3):
        QTest.keyClick(window.canvas.view, Qt.Key.Key_Space)
    told = " ".join([*heard, *children(window).values()])
    assert "0.593270" not in told and "activation" not in told


def test_windows_come_and_go_without_harm(qapp: object) -> None:
    for name in ("mazur-2-2-2", "xor-3-4-1", "one-neuron"):
        window = MainWindow(remember=False)
        window.documents.show(read_example(name), name)
        window.show()
        parent = canvas(window)
        child = parent.child(0)
        assert child.isValid() and child.text(Text.Name).startswith("input")
        window.close_quietly()
        window.deleteLater()
        del parent, window
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        assert not child.isValid()
