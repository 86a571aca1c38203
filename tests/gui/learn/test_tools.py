"""The "Learn" menu: one tool at a time in the right column, whatever the size of the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTabBar
from pytestqt.qtbot import QtBot

from gui.learn import tools
from gui.learn.tool import Tool
from gui.learn.tool_host import ToolHost, ToolRow
from gui.view import View
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow


class Counter(QLabel):
    """A tool that says how many steps are revealed."""

    restyled = 0

    def display(self, view: View) -> None:
        self.setText(f"{view.revealed} revealed")

    def restyle(self) -> None:
        self.restyled += 1


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("mazur-2-2-2")


def add(window: MainWindow, title: str, **rest: str) -> tuple[Counter, QAction]:
    panel = Counter()
    row = ToolRow(title, f"&{title}", lambda host: Tool(host, panel), **rest)
    return panel, window.tools.add(row)


class MadeUp(Tool):
    """A tool of the test's own, which writes down what it hears of."""

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host, Counter())
        self.panel.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.heard: list[str] = []

    def on_opened(self) -> None:
        self.heard.append("opened")

    def on_closed(self) -> None:
        self.heard.append("closed")

    def follow(self, view: View) -> None:
        self.heard.append(f"step {view.revealed}")


def test_a_new_tool_is_a_row_of_the_menu(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[MadeUp] = []

    def make(host: ToolHost) -> MadeUp:
        made.append(MadeUp(host))
        return made[0]

    row = ToolRow("Made up", "Made &up", make, "Ctrl+U", "Up")
    monkeypatch.setattr(tools, "MENU", (*tools.MENU, row))
    window = open_window("mazur-2-2-2")
    window.activateWindow()
    action = window.tools.menu.actions()[-1]
    assert (action.text(), action.shortcut().toString()) == ("Made &up", "Ctrl+U")
    window.session.seek(3)
    assert made == []  # nothing is built before it is wanted

    QTest.keyClick(window.canvas.view, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    (tool,) = made
    assert action.isChecked() and tool.panel.isVisible() and tool.panel.text() == "3 revealed"
    assert any(label.text() == "Made up" for label in window.findChildren(QLabel))
    assert QApplication.focusWidget() is tool.panel
    window.session.step()
    assert tool.panel.text() == "4 revealed"

    QTest.keyClick(tool.panel, Qt.Key.Key_Escape)
    assert not action.isChecked() and not tool.panel.isVisible()
    assert QApplication.focusWidget() is window.canvas.view
    window.session.step()
    assert tool.panel.text() == "4 revealed"
    assert tool.heard == ["opened", "step 4", "closed"]

    QTest.keyClick(window.canvas.view, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    assert tool.panel.isVisible() and tool.panel.text() == "5 revealed"
    assert made == [tool]  # the same one, not another


def tabs(window: MainWindow) -> list[str]:
    bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
    return [bar.tabText(k) for bar in bars for k in range(bar.count())]


def test_the_menu_stands_before_help(window: MainWindow) -> None:
    titles = [action.text().replace("&", "") for action in window.menuBar().actions()]
    assert titles[-3:] == ["View", "Learn", "Help"]


def test_a_tool_covers_the_explanation_and_follows_the_session(window: MainWindow) -> None:
    panel, action = add(window, "Counter")
    window.session.seek(3)
    assert not panel.isVisible() and panel.text() == ""
    action.trigger()
    assert action.isChecked() and panel.isVisible() and panel.text() == "3 revealed"
    assert not window.derivation.isVisible() and window.result.isVisible()
    window.session.step()
    assert panel.text() == "4 revealed"
    action.trigger()
    assert not action.isChecked() and not panel.isVisible() and window.derivation.isVisible()
    window.session.step()
    assert panel.text() == "4 revealed"


def test_over_the_result_the_explanation_stays(window: MainWindow) -> None:
    panel, action = add(window, "Counter", over="Result")
    window.session.seek(3)
    action.trigger()
    assert panel.isVisible() and window.derivation.isVisible() and not window.result.isVisible()
    window.tools.close()
    assert window.result.isVisible()


def test_one_tool_takes_the_place_of_another(window: MainWindow) -> None:
    first, open_first = add(window, "First")
    second, open_second = add(window, "Second")
    told: list[tuple[str, object]] = []
    window.tools.opened.connect(lambda panel: told.append(("opened", panel)))
    window.tools.closed.connect(lambda panel: told.append(("closed", panel)))
    open_first.trigger()
    open_second.trigger()
    assert (first.isVisible(), second.isVisible()) == (False, True)
    assert (open_first.isChecked(), open_second.isChecked()) == (False, True)
    assert told == [("opened", first), ("closed", first), ("opened", second)]


def test_it_closes_by_its_button_and_by_escape(window: MainWindow) -> None:
    panel, action = add(window, "Counter")
    action.trigger()
    button = next(b for b in window.findChildren(QPushButton, "closeTool") if b.isVisible())
    assert QApplication.focusWidget() is button
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert window.tools.current is None and QApplication.focusWidget() is window.canvas.view
    action.trigger()
    QTest.keyClick(window.canvas.view, Qt.Key.Key_Escape)
    assert window.tools.current is panel  # the focus is elsewhere
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Escape)
    assert window.tools.current is None and not action.isChecked()


def test_the_keyboard_stays_in_it_when_the_window_gets_low(
    window: MainWindow, qtbot: QtBot
) -> None:
    _, action = add(window, "Counter", tab="Tool")
    action.trigger()
    button = next(b for b in window.findChildren(QPushButton, "closeTool") if b.isVisible())
    for width, height in ((1024, 600), (1440, 900)):
        assert QApplication.focusWidget() is button
        window.resize(width, height)
        qtbot.waitUntil(lambda low=height < 700: bool(tabs(window)) == low)
    assert QApplication.focusWidget() is button


def test_each_letter_of_the_menu_means_one_entry(window: MainWindow) -> None:
    texts = [action.text() for action in window.tools.menu.actions() if action.text()]
    letters = [text[text.index("&") + 1].lower() for text in texts]
    assert len(set(letters)) == len(letters) > 8


def test_in_a_low_window_it_is_a_page(window: MainWindow, qtbot: QtBot) -> None:
    panel, action = add(window, "A long title of a tool", tab="Tool")
    action.trigger()
    window.resize(1024, 600)
    qtbot.waitUntil(lambda: "Tool" in tabs(window))
    assert tabs(window)[-4:] == ["Why?", "Result", "Tool", "Loss"] and panel.isVisible()
    action.trigger()
    assert tabs(window)[-3:] == ["Why?", "Result", "Loss"]
    assert window.summary.isVisible() and not panel.isVisible()
    action.trigger()
    assert tabs(window)[-4:] == ["Why?", "Result", "Tool", "Loss"] and panel.isVisible()
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: tabs(window) == [])
    assert panel.isVisible() and window.loss.isVisible() and not window.summary.isVisible()
    action.trigger()
    assert window.summary.isVisible() and window.result.isVisible()


def test_a_question_leaves_the_tool_where_it_is(window: MainWindow, qtbot: QtBot) -> None:
    panel, action = add(window, "Counter", tab="Tool")
    window.resize(1024, 600)
    qtbot.waitUntil(lambda: "Why?" in tabs(window))
    window.session.seek(34)
    action.trigger()
    window.canvas.asked.emit(window.session.spec.steps.id_at(12))
    assert panel.isVisible()


def test_closed_tools_follow_the_theme_too(window: MainWindow) -> None:
    panel, action = add(window, "Counter")
    action.trigger()
    action.trigger()
    window.use_theme("dark")
    window.use_theme("light")
    assert panel.restyled == 2
