"""Text is shown as it is written, and one place each decides so for tooltips, labels and boxes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gui.widgets.message_box import message_box
from gui.widgets.plain_text import menu_text, set_tip, tip_text

GUI = Path(__file__).resolve().parents[3] / "gui"

# What of Qt may read a text as markup, and the one file that may use it.
ONLY_IN = {
    "setToolTip": "widgets/plain_text.py",
    "showText": "widgets/plain_text.py",
    "setWhatsThis": "widgets/plain_text.py",
    "QLabel": "widgets/labels.py",
    "QMessageBox": "widgets/message_box.py",
    **dict.fromkeys(("about", "critical", "information", "question", "warning"), "nowhere"),
    "setHtml": "window/help/reader.py",  # for texts of the program's own
    **dict.fromkeys(("setMarkdown", "insertHtml"), "nowhere"),
}
# What a file names only together with what makes it plain.
TOGETHER = {"ToolTipRole": "tip_text(", "QStaticText(": "setTextFormat(Qt.TextFormat.PlainText)"}
STATIC = ("about", "critical", "information", "question", "warning")


def breaches(folder: Path) -> Iterator[str]:
    """Calls of what only another file may call, and tooltips of models that nobody made plain."""
    for path in sorted(folder.rglob("*.py")):
        name, source = path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")
        for word, needed in TOGETHER.items():
            if word in source and needed not in source:
                yield f"{name}: {word} without {needed}"
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            last = called.rpartition(".")[2]
            if last in STATIC and not called.startswith("QMessageBox."):
                continue
            if ONLY_IN.get(last, name) != name:
                yield f"{name}:{node.lineno} must not call {called}"


def test_the_window_goes_through_the_one_place() -> None:
    assert list(breaches(GUI)) == []


@pytest.mark.parametrize(
    "line",
    [
        "self.label.setToolTip(name)",
        "QToolTip.showText(place, name)",
        "label = QLabel(name)",
        "box = QMessageBox(parent)",
        "QMessageBox.warning(parent, name, name)",
        "item.setHtml(name)",
        "text = QStaticText(name)",
        "def data(role):\n    return name if role == Qt.ItemDataRole.ToolTipRole else None",
    ],
)
def test_a_way_past_it_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "panel.py").write_text(line, encoding="utf-8")
    assert len(list(breaches(tmp_path))) == 1


def read(tip: str) -> str:
    """What a person reads in a tooltip."""
    if not GuiQt.mightBeRichText(tip):
        return tip
    return QTextDocumentFragment.fromHtml(tip).toPlainText()


@pytest.mark.parametrize(
    "text",
    [
        "", "h1", "a < b", "a&b", "&amp;", "<b>x</b>", '<img src="secret.png">', "<br>", "%n {}",
        "first line\n<i>second</i>  line", "</span><img src=x>",
    ],
)
@pytest.mark.parametrize("wraps", [False, True])
def test_a_tooltip_reads_as_it_is_written(text: str, wraps: bool) -> None:
    shown = read(tip_text(text, wraps)).replace("\u2028", "\n")
    assert shown == text


def test_a_tooltip_without_markup_is_left_as_it_was(qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    set_tip(button, "Train (T)")
    assert button.toolTip() == "Train (T)"


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\u202eb", "a\u2066b", "a\x9bb", "a\udc80b"])
def test_what_is_not_to_be_seen_is_seen(text: str) -> None:
    assert "a�" in tip_text(text) and "a�" in menu_text(text)


def test_an_ampersand_in_a_menu_is_one() -> None:
    assert (menu_text("a&b"), menu_text("a\nb")) == ("a&&b", "a�b")


def test_both_texts_of_a_box_are_plain(qtbot: QtBot) -> None:
    box = message_box(None, "<b>Save?</b>", "<img src=x>\x1b[0m", "question")
    qtbot.addWidget(box)
    texts = [label for label in box.findChildren(QLabel) if label.text()]
    assert [label.text() for label in texts] == ["<b>Save?</b>", "<img src=x>�[0m"]
    assert {label.textFormat() for label in texts} == {Qt.TextFormat.PlainText}
