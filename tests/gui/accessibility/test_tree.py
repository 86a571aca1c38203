"""The accessibility tree, as a screen reader walks it: a name for everything that can be used."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAction
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

Role = QAccessible.Role
Text = QAccessible.Text

# What holds others, or only decorates, needs no name.
UNNAMED = {
    Role.Client, Role.Pane, Role.Window, Role.Grouping, Role.Splitter, Role.LayeredPane,
    Role.Border, Role.ScrollBar, Role.Separator, Role.Whitespace, Role.Grip, Role.Indicator,
    Role.StatusBar, Role.MenuBar, Role.ToolBar, Role.Document, Role.Section,
}  # fmt: skip


def named(thing: QAccessibleInterface) -> str:
    return thing.text(Text.Name).strip()


def walk(thing: QAccessibleInterface, depth: int = 0) -> Iterator[QAccessibleInterface]:
    """Everything visible below something, and itself."""
    if not thing.isValid() or thing.state().invisible:
        return
    yield thing
    assert depth < 60
    for place in range(thing.childCount()):
        child = thing.child(place)
        if child is not None:
            yield from walk(child, depth + 1)


def tree(widget: QWidget) -> list[QAccessibleInterface]:
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None
    return list(walk(found))


def owner(thing: QAccessibleInterface) -> str:
    """Where something is, for whoever has to name it."""
    names: list[str] = []
    above = thing
    while above.object() is None and above.parent() is not None:  # as a cell of a table
        above = above.parent()
    at: QObject | None = above.object()
    while at is not None:
        names.append(f"{type(at).__name__}#{at.objectName()}")
        at = at.parent()
    return f"{thing.role().name} {thing.text(Text.Value)!r} in {' < '.join(names[:5])}"


def nameless(widget: QWidget) -> list[str]:
    return [
        owner(each) for each in tree(widget) if each.role() not in UNNAMED and not named(each)
    ]


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    window = open_window("xor-2-3-1")
    window.session.advance(2, 12)
    window.settle()
    return window


def test_everything_in_the_window_has_a_name(window: MainWindow) -> None:
    assert nameless(window) == []


def test_everything_in_each_tool_has_a_name(window: MainWindow, qtbot: QtBot) -> None:
    wrong: dict[str, list[str]] = {}
    for title in window.tools.titles:
        window.tools.open(title)
        window.settle()
        qtbot.wait(20)
        panel = window.tools.current
        assert panel is not None
        if found := nameless(panel):
            wrong[title] = found
    window.tools.close()
    assert wrong == {}


@pytest.mark.parametrize("opening", ["new", "describe", "welcome", "keys", "preferences"])
def test_everything_in_a_dialog_has_a_name(
    window: MainWindow, opening: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def look(dialog: QDialog) -> int:
        dialog.show()
        seen.append(nameless(dialog))
        dialog.close()
        return 0

    monkeypatch.setattr(QDialog, "exec", look)
    monkeypatch.setattr(QDialog, "open", look)
    if opening in ("new", "describe"):
        getattr(window.documents, opening)()
    elif opening == "welcome":
        window.help.welcome()
    else:
        words = {"keys": "&Keys", "preferences": "&Preferences…"}[opening]
        next(a for a in window.findChildren(QAction) if a.text() == words).trigger()
        if opening == "keys":
            reader = window.findChild(QDialog, "keys")
            assert isinstance(reader, QDialog)
            look(reader)
    assert seen == [[]]
