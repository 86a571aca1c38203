"""A test set from a table of its own: asked for, taken beside a run that goes on, saved, undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from engine.data.preparation import prepared, proposed_plan, spec_of
from engine.data.table import read_table
from engine.documents.document import Document
from engine.documents.reading import read_document
from engine.run.spec import start_state
from tests.gui.window.conftest import Driver

TABLE = "width,height,side\n" + "".join(
    f"{n % 10},{n // 10},{'left' if n % 10 < 5 else 'right'}\n" for n in range(40)
)


@pytest.fixture
def sides(xor: Driver) -> Driver:
    """A window with a network for a table of two classes, after some updates."""
    table = read_table(TABLE)
    plan = proposed_plan(table)
    spec = spec_of(prepared(table, plan), plan)
    xor.window.documents.show(Document(spec=spec, start=start_state(spec).theta))
    for _ in range(3):
        xor.window.session.step("iteration")
    return xor


def answer(button: str, seen: list[str]) -> None:
    """Answer the next message box by a button; what it says goes to `seen`."""

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.append(f"{box.text()} {box.informativeText()}")
        next(each for each in box.buttons() if each.text().replace("&", "") == button).click()

    QTimer.singleShot(0, look)


def test_the_rows_of_a_table_are_tested_with_and_the_run_goes_on(
    sides: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, saved = tmp_path / "test.csv", tmp_path / "saved.backpass.json"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(path), ""))
    session, entry = sides.window.session, sides.menu("Test set from a table…")
    before, theta = session.spec, session.state.theta
    session.step("iteration")
    following = session.state.theta.tobytes()
    session.back("iteration")
    path.write_text("side,remark,height,width\nleft,x,1,0.5\nup,y,1,2\nright,z,2,8.5\n", "utf-8")
    seen: list[str] = []
    answer("Cancel", seen)
    entry.trigger()
    assert session.spec is before and "1 row of test.csv cannot be taken" in seen[0]
    assert "Line 3: “side”: “up” is none of the classes" in seen[0]
    answer("Leave this row out", seen)
    entry.trigger()
    data = session.spec.data
    assert data.test.tolist() == [40, 41] and data.inputs[40:].tolist() == [[0.5, 1], [8.5, 2]]
    assert data.targets[40:].tolist() == [[0], [1]] and session.spec.scaling == before.scaling
    assert session.state.theta.tobytes() == theta.tobytes()
    shown = dict(sides.window.summary.rows())
    assert "test loss" in shown and shown["test samples right"].endswith("of 2")
    session.step("iteration")
    assert session.state.theta.tobytes() == following

    told = sides.window.summary.rows()
    assert sides.window.documents.files.save(saved, session.document())
    again = read_document(saved.read_bytes())
    for name in ("inputs", "targets", "test"):
        assert getattr(again.spec.data, name).tobytes() == getattr(data, name).tobytes()
    assert again.state is not None and again.state.theta.tobytes() == following

    path.write_text("0.25,3,left\n", "utf-8")  # in place of the two, by their places
    entry.trigger()
    assert session.spec.data.test.tolist() == [40]
    assert session.spec.data.inputs[40:].tolist() == [[0.25, 3]]
    session.undo_stack.undo()
    assert session.spec.data.test.tolist() == [40, 41]
    session.undo_stack.undo()
    assert session.spec is before
    sides.window.documents.show(again)
    assert session.state.theta.tobytes() == following and sides.window.summary.rows() == told


def test_a_table_without_the_columns_is_told_of_and_changes_nothing(
    sides: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "test.csv"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(path), ""))
    spec, seen = sides.window.session.spec, []
    for text, why in (
        ("side,tall,width\nleft,1,2\n", "The table has no column “height”."),
        ("side,height,width\nup,1,2\n", "No row of it can be taken. Line 2: “side”"),
        ("", "There is nothing in this table."),
    ):
        path.write_text(text, "utf-8")
        answer("OK", seen)
        sides.menu("Test set from a table…").trigger()
        assert f"test.csv was not taken. {why}" in seen.pop()
    assert sides.window.session.spec is spec
