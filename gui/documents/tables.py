"""Tables that a person brings: read from a file or the clipboard, and asked about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine.data.table import Sampled, Table, TableError, TooManyRows, read_table, text_of
from engine.documents.document import Document
from engine.documents.whole_file import read_up_to, reason
from engine.run.iteration import Check, Interrupted, never
from engine.run.limits import MAX_TABLE_BYTES, QUICK_BYTES
from engine.text.numbers import format_count
from gui.documents.table_dialog import TableDialog
from gui.widgets.message_box import message_box
from gui.widgets.waiting import waited_for

FILTER = "Tables (*.csv *.tsv *.txt *.tab *.dat);;All files (*)"
_SEED = 1  # of a sample of the rows


def ask_for_table(window: QWidget, folder: str) -> Path | None:
    """Let the person choose the file of a table."""
    name, _ = QFileDialog.getOpenFileName(window, "Open a table", folder, FILTER)
    return Path(name) if name else None


def clipboard_text() -> str:
    """The text on the clipboard; "" for none."""
    return QGuiApplication.clipboard().text()


def text_in(window: QWidget, path: Path) -> str:
    """The text of a file. Raises TableError with a sentence, and Interrupted."""
    try:
        content = read_up_to(path, MAX_TABLE_BYTES)
    except OSError as error:
        raise TableError(f"{path.name} cannot be read: {reason(error)}.") from error
    if len(content) > MAX_TABLE_BYTES:
        raise TableError(f"{path.name} is larger than {MAX_TABLE_BYTES >> 20} MiB.")
    return text_of(content)


def table_of(window: QWidget, name: str, text: str, heading: bool | None = None) -> Table:
    """The table that a text is; a large one is read beside the window, and of one with too many
    rows a sample, if the person wants it. Raises TableError with a sentence, and Interrupted."""
    if len(text) > MAX_TABLE_BYTES:
        raise TableError(f"{name} is larger than {MAX_TABLE_BYTES >> 20} MiB.")

    def read(sample: Sampled | None) -> Table:
        def work(check: Check) -> Table:
            return read_table(text, heading, sample, check)

        if len(text) < QUICK_BYTES:
            return work(never)
        return waited_for(window, f"Reading {name} …", work)

    try:
        return read(None)
    except TooManyRows as error:
        if not _wants_sample(window, error):
            raise Interrupted from None
        return read(Sampled(error.most, _SEED))


def _wants_sample(window: QWidget, error: TooManyRows) -> bool:
    box = message_box(window, str(error), "The file stays as it is.", "sampleQuestion")
    take = box.addButton(
        f"Take {format_count(error.most)} rows", QMessageBox.ButtonRole.AcceptRole
    )
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(take)
    box.exec()
    return box.clickedButton() is take


def ask_about(
    window: QWidget, name: str, text: Callable[[], str]
) -> Document | None:
    """The document that a person makes of a table; None if they do not. Raises TableError."""
    try:
        content = text()
        table = table_of(window, name, content)
    except Interrupted:
        return None
    sampled = table.whole is not None

    def reread(heading: bool) -> Table:
        if sampled:
            return read_table(content, heading, Sampled(len(table), _SEED))
        return table_of(window, name, content, heading)

    dialog = TableDialog(name, table, reread, window)
    return dialog.document() if dialog.exec() else None
