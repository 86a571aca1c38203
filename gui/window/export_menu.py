"""ExportMenu: the iteration at the cursor as a worked solution, in a file that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from engine.documents.examples import without_ending
from engine.documents.whole_file import FileError, write_whole
from engine.export.formats import Format
from engine.run.iteration import Iteration, iterate
from gui.documents.documents import Documents
from gui.documents.formats import file_kind, formats
from gui.session.session import Session
from gui.view import View

if TYPE_CHECKING:
    from engine.export.solution import Solution


class ExportMenu:
    """Adds a submenu to the File menu with an entry per format, and writes what is chosen."""

    def __init__(self, menu: QMenu, session: Session, documents: Documents) -> None:
        self._session = session
        self._documents = documents
        self._known: Iteration | None = None  # the iteration at the cursor, once it is worked out
        session.changed.connect(self._display)
        below = menu.addMenu("E&xport worked solution")
        below.setObjectName("exportMenu")
        for format in formats().values():
            action = below.addAction(f"&{format.title}…")
            action.setObjectName(f"export/{format.ending}")
            action.triggered.connect(lambda _=False, format=format: self._export(format))
        below.addSeparator()
        self._gaps = below.addAction("With &gaps (key on a page of its own)")
        self._gaps.setObjectName("export/gaps")
        self._gaps.setCheckable(True)

    def _display(self, view: View) -> None:
        self._known = view.iteration

    def _export(self, format: Format) -> None:
        from engine.export.worked import TooLong, check_length

        files = self._documents.files
        if self._session.curtain is not None:
            files.say("No solution is written while values are to be predicted.")
            return
        try:
            check_length(self._session.spec)
        except TooLong as error:
            files.say(str(error))
            return
        name = without_ending(self._documents.name)
        name = f"{name} iteration {self._session.place.t + 1}.{format.ending}"
        path = files.ask_where(f"Export as {format.title}", name, file_kind(format))
        if path is None:
            return
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        problem = ""
        try:
            write_whole(path, format.data(self._solution()))
        except FileError as error:
            problem = str(error)
        finally:
            QGuiApplication.restoreOverrideCursor()
        if problem:
            files.say(problem)
        else:
            files.exported.emit(path)

    def _solution(self) -> Solution:
        """The iteration at the cursor written out, revealed or not. Raises FileError."""
        from engine.export.worked import worked_solution

        session = self._session
        iteration = self._known or iterate(session.spec, session.state)
        title = session.standing.title or without_ending(self._documents.name)
        gaps = self._gaps.isChecked()
        writing = session.writing
        return worked_solution(iteration, title, writing.digits, gaps, writing.notation)
