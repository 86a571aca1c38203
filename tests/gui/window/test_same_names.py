"""What lessons, notes and the guide call a thing of the window is what stands on it there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QMenu

from engine.learn.exercises.exercise import Exercise, make_exercise
from engine.learn.lessons import tasks
from engine.run.mistakes import MISTAKES
from gui.learn.tool_host import ToolRow
from gui.learn.tools import MENU
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

PROJECT = Path(__file__).resolve().parents[3]
TEXTS = [
    PROJECT / "README.md",
    *sorted(PROJECT.glob("docs/*.md")),
    *sorted(PROJECT.glob("resources/lessons/*.md")),
    Path(tasks.__file__),
    *sorted(PROJECT.glob("gui/window/help/*.py")),
]
MENUS = "File|Edit|Run|View|Learn|Help"


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("mazur-2-2-2")


def plain(text: str) -> str:
    """A text as it is read: without mnemonics, marks of Markdown, and ends of lines."""
    return " ".join(re.sub(r"[&*…]", "", text).split())


def leads_somewhere(window: MainWindow, path: str) -> bool:
    """Whether a text that begins with "Learn ▸ Many seeds" names an entry there is."""
    first, rest = path.split(" ▸ ", 1)
    menu = next(a.menu() for a in window.menuBar().actions() if plain(a.text()) == first)
    while True:
        assert isinstance(menu, QMenu)
        menu.aboutToShow.emit()
        entries = {plain(action.text()): action for action in menu.actions() if action.text()}
        found = [name for name in entries if re.match(re.escape(name) + r"(?!\w)", rest)]
        if rest.startswith("{"):  # what stands there is looked at below
            return True
        if not found:
            return False
        name = max(found, key=len)
        rest = rest.removeprefix(name)
        if not rest.startswith(" ▸ "):
            return True
        rest, menu = rest.removeprefix(" ▸ "), entries[name].menu()


def paths_in(text: str) -> list[str]:
    """What follows each menu that is named."""
    text = plain(text)
    starts = [match.start() for match in re.finditer(rf"\b(?:{MENUS}) ▸ ", text)]
    return [text[start : start + 100] for start in starts]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_entry_that_is_named_is_there(window: MainWindow, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    wrong = [each for each in paths_in(text) if not leads_somewhere(window, each)]
    assert wrong == []
    assert not re.search(rf"\b(?:{MENUS}) (?:→|>|->) ", text)  # one way to write them


def test_the_note_of_an_exercise_names_entries_that_are_there(window: MainWindow) -> None:
    found = paths_in(make_exercise(Exercise()).note)
    assert len(found) == 2 and all(leads_somewhere(window, path) for path in found)


def test_lessons_call_tools_and_mistakes_as_the_menu_does(window: MainWindow) -> None:
    for row in MENU:
        if isinstance(row, ToolRow):
            assert plain(row.menu_text) == row.title
            assert leads_somewhere(window, f"Learn ▸ {row.title}")
    for mistake in MISTAKES.values():
        assert leads_somewhere(window, f"Learn ▸ Mistakes ▸ {mistake.title.capitalize()}")


def test_lessons_call_buttons_as_they_are_called(window: MainWindow) -> None:
    words = {button.text() for button in window.findChildren(QAbstractButton)}
    text = Path(tasks.__file__).read_text(encoding="utf-8")
    pressed = set(re.findall(r'"Press ([A-Z]\w*(?: \w+)?)', text))
    assert {re.sub(" until$", "", each) for each in pressed} == {"Reset", "New seed"} <= words
    assert "edit layers" in text and "edit layers" in words


def test_a_name_that_is_nowhere_is_found_out(window: MainWindow) -> None:
    assert not leads_somewhere(window, "Learn ▸ Run many seeds")
    assert not leads_somewhere(window, "View ▸ Digits ▸ 7")
    assert leads_somewhere(window, "View ▸ Digits ▸ 9, and go on")
