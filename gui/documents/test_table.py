"""A table of test samples that a person brings for the document that is open."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from engine.data.answers import NewSamples, samples_to_test_with
from engine.run.iteration import Interrupted
from engine.run.spec import Spec
from engine.text.numbers import counted, format_count
from gui.documents.files import Files
from gui.documents.tables import ask_for_table, table_of, text_in
from gui.widgets.message_box import message_box

_TOLD = 8  # rows that cannot be taken, of which it is told why


def ask_for_test_samples(window: QWidget, files: Files, spec: Spec) -> NewSamples | None:
    """The samples of a table that the person chooses; None if they do not, or if it has been told
    why it cannot be taken."""
    path = ask_for_table(window, files.folder())
    if path is None:
        return None
    files.begin_in(path.parent)
    try:
        found = samples_to_test_with(spec, table_of(window, path.name, text_in(window, path)))
    except Interrupted:
        return None
    except ValueError as error:
        files.say(f"{path.name} was not taken. {error}")
        return None
    return found if not found.problems or _leaves_out(window, path.name, found) else None


def _leaves_out(window: QWidget, name: str, found: NewSamples) -> bool:
    """Ask whether the rows that cannot be taken are to be left out."""
    problems = found.problems
    count, it = len(problems), "it is" if len(problems) == 1 else "they are"
    said = [problem.sentence for problem in problems[:_TOLD]]
    if count > _TOLD:
        said.append(f"… and {format_count(count - _TOLD)} more.")
    box = message_box(
        window,
        f"{counted(count, 'row')} of {name} cannot be taken as {it}.",
        "\n".join(said),
        "testTableQuestion",
    )
    rows = "this row" if count == 1 else f"these {format_count(count)} rows"
    leave_out = box.addButton(f"Leave {rows} out", QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel)
    box.exec()
    return box.clickedButton() is leave_out
