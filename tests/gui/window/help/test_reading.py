"""What there is to read: keys, guide and glossary, whose links lead to what they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QUrl
from PySide6.QtGui import QAction, QKeySequence, QTextCursor
from PySide6.QtWidgets import QMenu, QMenuBar
from pytestqt.qtbot import QtBot

from engine.formulas.notation import CHOICES
from gui.widgets.ring import Ring
from gui.window.columns import Columns
from gui.window.help.glossary import PLACES
from gui.window.help.glossary_terms import TERMS
from gui.window.help.guide import CONTENTS, FOLDER
from gui.window.help.reader import Reader
from gui.window.help_menu import KEYS
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

NOT_FOR_USERS = {"reliability.md"}
LINK = re.compile(r"\]\(([^)]+)\)")


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("mazur-2-2-2")


def rings(window: MainWindow) -> list[Ring]:
    return [ring for ring in window.findChildren(Ring) if ring.isVisible()]


def menu_actions(menu: QMenuBar | QMenu) -> Iterator[QAction]:
    for action in menu.actions():
        yield action
        below = action.menu()
        if isinstance(below, QMenu):
            yield from menu_actions(below)


def opened(window: MainWindow, text: str, name: str) -> Reader:
    [action] = [
        action
        for action in window.findChildren(QAction)
        if action.text().replace("&", "") == text
    ]
    action.trigger()
    reader = window.findChild(Reader, name)
    assert isinstance(reader, Reader) and reader.isVisible()
    return reader


def headings(reader: Reader) -> list[QTextCursor]:
    document = reader.pages.document()
    blocks = map(document.findBlockByNumber, range(document.blockCount()))
    return [QTextCursor(block) for block in blocks if block.blockFormat().headingLevel()]


def test_every_page_of_the_docs_is_in_the_guide_and_every_link_leads_somewhere() -> None:
    pages = {path.name for path in FOLDER.glob("*.md")} - NOT_FOR_USERS
    assert {CONTENTS.name, *LINK.findall(CONTENTS.read_text(encoding="utf-8"))} == pages
    for page in pages:
        for link in LINK.findall((FOLDER / page).read_text(encoding="utf-8")):
            if not link.startswith("http"):
                assert (FOLDER / Path(link.partition("#")[0])).exists(), (page, link)


def test_the_guide_opens_its_pages_and_their_pictures(window: MainWindow) -> None:
    reader = opened(window, "Guide", "guide")
    assert "Stepping" in reader.pages.toPlainText()
    for link in LINK.findall(CONTENTS.read_text(encoding="utf-8")):
        reader.show_page(QUrl.fromLocalFile(str(CONTENTS)))
        reader.pages.anchorClicked.emit(QUrl(link))
        title = (FOLDER / link).read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert reader.pages.toPlainText().startswith(title)
        assert not reader.pages.horizontalScrollBar().isVisible()


def test_every_link_to_a_heading_goes_there(window: MainWindow) -> None:
    reader = opened(window, "Guide", "guide")
    seen = 0
    for page in FOLDER.glob("*.md"):
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            if link.startswith("http") or "#" not in link:
                continue
            reader.show_page(QUrl.fromLocalFile(str(page)))
            assert reader.pages.verticalScrollBar().value() == 0
            reader.pages.anchorClicked.emit(QUrl(link))
            assert reader.pages.verticalScrollBar().value() > 0, link
            words = link.partition("#")[2].replace("-", " ").removesuffix(" ctrlm")
            [heading] = [h for h in headings(reader) if words in h.block().text().lower()]
            assert reader.pages.viewport().rect().contains(reader.pages.cursorRect(heading)), link
            seen += 1
    assert seen > 3


def test_the_keys_have_every_key_of_the_menus(window: MainWindow) -> None:
    text = opened(window, "Keys", "keys").pages.toPlainText()
    told = " ".join(keys for keys, _ in KEYS).replace("PageDown", "PgDown")
    told = told.replace("PageUp", "PgUp").replace("Enter", "Return").replace("−", "-")
    for action in menu_actions(window.menuBar()):
        for key in action.shortcuts()[:2]:  # a third is for other keyboards
            words = key.toString(QKeySequence.SequenceFormat.PortableText)
            # On many keyboards + is = with Shift.
            assert words.replace("=", "+") in told or words == "F1", words
    assert all(meaning in text for _, meaning in KEYS)


def test_the_glossary_writes_the_symbols_as_they_were_chosen(window: MainWindow) -> None:
    for quantity in ("target", "loss", "net_input"):
        for letter in CHOICES[quantity]:
            notation = window.session.writing.notation.changed(quantity, letter)
            window.session.set_notation(notation)
            reader = opened(window, "Glossary", "glossary")
            [term] = [term for term in TERMS if term.symbol == quantity]
            lines = reader.pages.toPlainText().splitlines()
            assert lines[lines.index(term.word) - 1] == letter
            reader.close()
            reader.deleteLater()
            reader.setObjectName("")


@pytest.mark.parametrize("size", [(1440, 900), (1024, 600)])
def test_each_term_leads_to_something_that_can_be_seen(
    window: MainWindow, size: tuple[int, int], qtbot: QtBot
) -> None:
    window.resize(*size)
    reader = opened(window, "Glossary", "glossary")
    columns = window.centralWidget()
    assert isinstance(columns, Columns)
    assert {term.place for term in TERMS} == set(PLACES)
    ring: Ring | None = None
    for place in PLACES:
        reader.link_asked.emit(place)
        qtbot.waitUntil(lambda before=ring: bool(rings(window)) and rings(window) != [before])
        [ring] = rings(window)
        widget, _ = PLACES[place](columns)
        assert widget.isVisible(), place
        assert window.rect().contains(ring.geometry()) and ring.height() > 12, place
        middle = ring.mapTo(window, ring.rect().center())
        inside = widget.mapTo(window, widget.rect().topLeft())
        assert widget.rect().translated(inside).adjusted(-6, -6, 6, 6).contains(middle), place
        around = QRect(ring.mapToGlobal(ring.rect().topLeft()), ring.size())
        covered = around & reader.frameGeometry()
        assert 2 * covered.width() * max(covered.height(), 0) <= around.width() * around.height()
        if around.width() < size[0] // 4:
            assert covered.isEmpty(), place
    reader.close()


def test_the_ring_lets_clicks_through_and_goes(window: MainWindow, qtbot: QtBot) -> None:
    ring = Ring(window.ribbon)
    assert window.childAt(ring.geometry().center()) is not ring
    qtbot.waitUntil(lambda: not rings(window), timeout=8000)
