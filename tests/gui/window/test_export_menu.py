"""The worked solution from the File menu: the iteration at the cursor, in a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.documents.reading import write_document
from engine.run import reshaping
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("mazur-2-2-2")


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where the dialog proposes to save; the answer is that name in tmp_path."""
    proposed: list[Path] = []

    def answer(parent: object, title: str, start: str, filters: str) -> tuple[str, str]:
        proposed.append(Path(start))
        return str(tmp_path / Path(start).name), filters

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return proposed


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert isinstance(found, QAction)
    return found


def pages(data: bytes) -> int:
    found = re.search(rb"/Count (\d+)", data)
    assert data.startswith(b"%PDF-") and found is not None
    return int(found[1])


@pytest.mark.parametrize(
    ("ending", "start", "inside"),
    [
        ("md", "# 2-2-2 with shared", "∂E/∂w5 = δ_o1 · a_h1\n"),
        ("html", "<!DOCTYPE html>", "<mn>0.0821670</mn>"),
        ("tex", r"\documentclass", r"\approx 0.0821670"),
    ],
)
def test_each_entry_writes_its_file(
    window: MainWindow, asked: list[Path], tmp_path: Path, ending: str, start: str, inside: str
) -> None:
    action(window, f"export/{ending}").trigger()
    assert [path.name for path in asked] == [f"mazur-2-2-2 iteration 1.{ending}"]
    text = (tmp_path / asked[0].name).read_text(encoding="utf-8")
    assert text.startswith(start) and inside in text


@pytest.mark.parametrize("name", ["own.json", "own.backpass.json", "own.BACKPASS.JSON", "own"])
def test_the_name_that_is_proposed_has_no_other_ending_in_it(
    window: MainWindow, asked: list[Path], tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(write_document(read_example("mazur-2-2-2")))
    window.documents.open_path(path)
    action(window, "export/md").trigger()
    assert [made.name for made in asked] == ["own iteration 1.md"]


def test_a_pdf_has_pages_and_with_gaps_more_of_them(
    window: MainWindow, asked: list[Path], tmp_path: Path
) -> None:
    action(window, "export/pdf").trigger()
    path = tmp_path / "mazur-2-2-2 iteration 1.pdf"
    worked = pages(path.read_bytes())
    action(window, "export/gaps").trigger()
    action(window, "export/pdf").trigger()
    assert 2 <= worked < pages(path.read_bytes())


def test_it_is_the_iteration_at_the_cursor_as_the_window_writes_it(
    window: MainWindow, asked: list[Path], tmp_path: Path
) -> None:
    window.session.advance(6, 3)
    action(window, "digits/4").trigger()
    action(window, "notation/loss/L").trigger()
    action(window, "export/gaps").trigger()
    action(window, "export/md").trigger()
    text = (tmp_path / "mazur-2-2-2 iteration 7.md").read_text(encoding="utf-8")
    assert "Iteration 7, to be worked out" in text and "shown to 4 digits" in text
    exercise, _, key = text.partition("\n# Key\n")
    assert "∂L/∂w5 = δ_o1 · a_h1\n           = ____" in exercise
    assert re.search(r"∂L/∂w5 = δ_o1 · a_h1\n +=( 0\.\d{4}\d? ·?){2}≈ 0\.0\d{4}\n", key)


def test_a_dialog_that_is_closed_writes_nothing(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *arguments: ("", ""))
    action(window, "export/pdf").trigger()
    assert list(tmp_path.iterdir()) == []


def test_a_name_without_an_ending_gets_one(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "homework")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *arguments: (path, ""))
    action(window, "export/tex").trigger()
    assert [made.name for made in tmp_path.iterdir()] == ["homework.tex"]


def test_what_cannot_be_written_is_said(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    path = str(tmp_path / "no such folder" / "x.md")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *arguments: (path, ""))
    action(window, "export/md").trigger()
    assert len(said) == 1 and path in said[0] and "cannot be written" in said[0]


def test_what_is_too_long_to_be_written_out_is_said_before_it_is_asked_where_to(
    window: MainWindow, asked: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    for layer in (0, 1, 2):
        window.session.apply("units", reshaping.set_units, layer, 120)
    action(window, "export/pdf").trigger()
    assert asked == [] and len(said) == 1
    assert "Written out, this iteration has" in said[0] and "steps" in said[0]


def test_a_name_that_is_offered_fits_however_long_the_document_s_is(
    window: MainWindow, asked: list[Path], tmp_path: Path
) -> None:
    window.documents.show(read_example("mazur-2-2-2"), "ž" * 120)
    action(window, "export/md").trigger()
    [proposed] = asked
    assert proposed.name.startswith("žžž") and proposed.suffix == ".md"
    assert (tmp_path / proposed.name).exists()


def test_a_name_that_is_too_long_is_asked_for_again(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    typed = ["x" * 300, "homework.md"]

    def answer(parent: object, title: str, start: str, filters: str) -> tuple[str, str]:
        started.append(Path(start).name)
        return str(tmp_path / typed.pop(0)), filters

    started: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    action(window, "export/md").trigger()
    assert started == ["mazur-2-2-2 iteration 1.md"] * 2
    assert len(said) == 1 and said[0].startswith("xxx") and "too long" in said[0]
    assert len(said[0]) < 120
    assert [made.name for made in tmp_path.iterdir()] == ["homework.md"]


def link(window: MainWindow, words: str) -> QPushButton:
    return next(b for b in window.banner.findChildren(QPushButton) if b.text() == words)


def test_it_is_said_where_an_export_went_with_a_link_that_opens_it(
    window: MainWindow, asked: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toLocalFile())
        return len(opened) < 3

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    action(window, "export/md").trigger()
    path = tmp_path / "mazur-2-2-2 iteration 1.md"
    said = f"{path.name} was written to {tmp_path}."
    assert window.banner.isVisible() and window.banner.text == said
    assert window.banner.property("good") is True
    window.session.step()  # it is there for a while, whatever is done meanwhile
    assert window.banner.text == said
    for words, wanted in (("Open", path), ("Show folder", tmp_path)):
        link(window, words).click()
        assert opened[-1] == str(wanted)
    link(window, "Open").click()
    assert window.banner.text.startswith("No program was found that opens mazur-2-2-2")
    assert window.banner.property("good") is False
    link(window, "Close").click()
    assert window.banner.text == said
    link(window, "Close").click()
    assert window.banner.isHidden()


def test_dialogs_begin_where_the_last_one_ended_also_in_the_next_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
    begun: list[Path] = []

    def save(parent: object, title: str, start: str, filters: str) -> tuple[str, str]:
        begun.append(Path(start))
        return str(folders[len(begun) - 1] / Path(start).name), filters

    def open_file(parent: object, title: str, start: str, filters: str) -> tuple[str, str]:
        begun.append(Path(start))
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", open_file)

    def opened() -> MainWindow:
        window = MainWindow(remember=True)
        qtbot.addWidget(window, before_close_func=lambda _: window.session.mark_saved())
        window.documents.show(read_example("mazur-2-2-2"), "mazur-2-2-2")
        return window

    first = opened()
    action(first, "export/md").trigger()
    assert first.documents.save_as()
    assert begun[1] == folders[0] / "mazur-2-2-2.backpass.json"
    action(opened(), "export/html").trigger()
    assert begun[2] == folders[1] / "mazur-2-2-2 iteration 1.html"
    opened().documents.open()
    assert begun[3] == folders[2]
    (folders[2] / "mazur-2-2-2 iteration 1.html").unlink()
    folders[2].rmdir()
    opened().documents.open()
    assert begun[4] not in folders and begun[4].name
