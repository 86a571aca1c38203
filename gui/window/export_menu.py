"""ExportMenu: the iteration at the cursor as a worked solution, in a file that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from engine.documents.examples import SUFFIX
from engine.documents.whole_file import FileError, write_whole
from engine.run.iteration import Iteration, iterate
from gui.documents.documents import Documents
from gui.documents.save_dialog import FileKind
from gui.session.session import Session
from gui.view import View

if TYPE_CHECKING:
    from engine.export.solution import Solution

# Ending of the file, and what the menu calls it.
_TARGETS = (("md", "Markdown"), ("html", "HTML"), ("tex", "LaTeX"), ("pdf", "PDF"))


class ExportMenu:
    """Adds a submenu to the File menu with an entry per target, and writes what is chosen."""

    def __init__(self, menu: QMenu, session: Session, documents: Documents) -> None:
        self._session = session
        self._documents = documents
        self._known: Iteration | None = None  # the iteration at the cursor, once it is worked out
        session.changed.connect(self._display)
        below = menu.addMenu("E&xport worked solution")
        below.setObjectName("exportMenu")
        for ending, title in _TARGETS:
            action = below.addAction(f"&{title}…")
            action.setObjectName(f"export/{ending}")
            action.triggered.connect(
                lambda _=False, ending=ending, title=title: self._export(ending, title)
            )
        below.addSeparator()
        self._gaps = below.addAction("With &gaps (key on a page of its own)")
        self._gaps.setObjectName("export/gaps")
        self._gaps.setCheckable(True)

    def _display(self, view: View) -> None:
        self._known = view.iteration

    def _export(self, ending: str, title: str) -> None:
        from engine.export.worked import TooLong

        files = self._documents.files
        name = self._documents.name.removesuffix(SUFFIX)
        name = f"{name} iteration {self._session.place.t + 1}.{ending}"
        path = files.ask_where(f"Export as {title}", name, FileKind(title, (f".{ending}",)))
        if path is None:
            return
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        problem = ""
        try:
            data = _written(self._solution(), ending)
            write_whole(path, data.encode() if isinstance(data, str) else data)
        except (TooLong, FileError) as error:
            problem = str(error)
        finally:
            QGuiApplication.restoreOverrideCursor()
        if problem:
            files.say(problem)

    def _solution(self) -> Solution:
        """The iteration at the cursor written out, revealed or not. Raises TooLong, FileError."""
        from engine.export.worked import check_length, worked_solution

        session = self._session
        if session.curtain is not None:
            raise FileError("No solution is written while values are to be predicted.")
        check_length(session.spec)
        iteration = self._known or iterate(session.spec, session.state)
        title = session.standing.title or self._documents.name
        gaps = self._gaps.isChecked()
        writing = session.writing
        return worked_solution(iteration, title, writing.digits, gaps, writing.notation)


def _written(solution: Solution, ending: str) -> str | bytes:
    """What stands in a file with this ending; what writes it is loaded when it is chosen."""
    if ending == "md":
        from engine.export.markdown import markdown

        return markdown(solution)
    if ending == "html":
        from engine.export.html import html

        return html(solution)
    if ending == "tex":
        from engine.export.latex import latex

        return latex(solution)
    from gui.formulas.solution_pdf import solution_pdf

    return solution_pdf(solution)
