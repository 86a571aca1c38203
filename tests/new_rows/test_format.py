"""A format is one writer and one row: menu, dialog of exercises and command line have it then.

The format of this file is in no table of the program; each test puts it there.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from engine.export.formats import FORMATS, Format
from engine.export.solution import Solution, Working
from engine.export.walk import TextBlocks
from engine.formulas.writers import TextWriter
from engine.learn.exercises.exercise import Exercise
from gui.learn.exercises.dialog import ExerciseDialog
from gui.window.main_window import MainWindow
from main import main
from tests.gui.conftest import OpenWindow


class Wiki(TextBlocks):
    """The markup of a wiki."""

    gap = long_gap = "?"
    text = str
    formulas = TextWriter

    def new_page(self) -> None:
        self.blocks.append("----")

    def heading(self, title: str, level: int) -> None:
        sign = "=" * (level + 1)
        self.blocks.append(f"{sign} {title} {sign}")

    def table(self, rows: list[list[str]]) -> None:
        self.blocks.append("\n".join("|" + "|".join(cells) + "|" for cells in rows))

    def working(self, working: Working) -> None:
        lines = (f": {left} {line}" for left, line in self.lines(working))
        self.blocks.append("\n".join((f"''{working.title}''", *lines)))


def wiki(solution: Solution) -> str:
    return "\n".join(Wiki().write(solution))


@pytest.fixture(autouse=True)
def row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "wiki", Format("wiki", "Wiki text", wiki))


@pytest.fixture
def window(row: None, open_window: OpenWindow) -> MainWindow:
    return open_window("mazur-2-2-2")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What dialogs propose, and the kinds of files they offer; the answer is what they propose,
    with the ending of the new format."""
    offered: list[tuple[str, str]] = []

    def answer(parent: object, title: str, start: str, filters: str) -> tuple[str, str]:
        offered.append((Path(start).name, filters))
        return str(Path(start).with_suffix(".wiki")), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return offered


def test_the_menu_offers_and_writes_it(
    window: MainWindow, asked: list[tuple[str, str]], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(window.documents.files, "folder", lambda: str(tmp_path))
    menu = window.findChild(QMenu, "exportMenu")
    titles = [entry.text().replace("&", "") for entry in menu.actions()]
    assert titles[:5] == ["Markdown…", "HTML…", "LaTeX…", "Wiki text…", "PDF…"]
    window.findChild(QAction, "export/gaps").trigger()
    window.findChild(QAction, "export/wiki").trigger()
    assert asked == [("mazur-2-2-2 iteration 1.wiki", "Wiki text (*.wiki);;All files (*)")]
    text = (tmp_path / "mazur-2-2-2 iteration 1.wiki").read_text(encoding="utf-8")
    sheet, key = text.split("\n----\n= Key =\n")
    assert sheet.startswith("= 2-2-2 with shared")
    assert "\n== Backward pass ==\n=== Layer 2: " in sheet
    assert "\n: ∂E/∂w5 =δ_o1 · a_h1\n:  ?\n" in sheet
    assert re.search(r"\n: ∂E/∂w5 =δ_o1 · a_h1\n:  =.* ≈ 0\.0821670\n", key)
    assert "\n|E|?|?|" in sheet and "\n|E|0.298371|0.291028|" in key


def test_sheet_and_key_are_saved_in_it(
    qtbot: QtBot, asked: list[tuple[str, str]], tmp_path: Path
) -> None:
    dialog = ExerciseDialog(Exercise(), str(tmp_path))
    qtbot.addWidget(dialog)
    dialog.findChild(QPushButton, "exerciseSave").click()
    name = Exercise().name
    assert asked == [(
        f"{name}-sheet.pdf",
        "PDF (*.pdf);;HTML (*.html);;Markdown (*.md);;LaTeX (*.tex);;Wiki text (*.wiki);;"
        "All files (*)",
    )]  # fmt: skip
    said = dialog.findChild(QLabel, "exercisePreview").text()
    assert said == f"Saved as {name}-sheet.wiki and {name}-key.wiki."
    sheet, key = ((tmp_path / f"{name}-{each}.wiki").read_text() for each in ("sheet", "key"))
    assert sheet.startswith("= Exercise 2-2-1, variant 1 =\nTo be worked out with 4 digits")
    assert re.search(r"\n== 1\. .* ==\n.*\n\|\|value\|\|value\|\n\|z_h1\|\?\|", sheet)
    assert key.startswith("= Exercise 2-2-1, variant 1: key =\n") and "|?|" not in key


def test_the_command_line_has_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("trace", "exercise"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        said = " ".join(capsys.readouterr().out.split())
        assert "--format {md,html,tex,wiki}" in said
        assert "Markdown, HTML, LaTeX or Wiki text (default md)" in said
    assert main(["trace", "mazur-2-2-2", "--format", "wiki"]) == 0
    assert "\n: ∂E/∂w5 =δ_o1 · a_h1\n:  =" in capsys.readouterr().out
    assert main(["exercise", str(tmp_path), "--format", "wiki"]) == 0
    name = Exercise().name
    written = [tmp_path / f"{name}{end}" for end in (".backpass.json", "-sheet.wiki", "-key.wiki")]
    assert capsys.readouterr().out.split() == [str(path) for path in written]
    assert written[1].read_text(encoding="utf-8").startswith("= Exercise 2-2-1, variant 1 =\n")
    assert written[2].read_text(encoding="utf-8").startswith("= Exercise 2-2-1, variant 1: key")
