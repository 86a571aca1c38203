"""ExportMenu: the iteration at the cursor as a worked solution, in a file that is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from engine.documents.whole_file import FileError, write_whole
from gui.documents.files import Files
from gui.documents.save_dialog import FileKind, ask_where_to_write

if TYPE_CHECKING:
    from engine.export.solution import Solution

# Ending of the file, and what the menu calls it.
_TARGETS = (("md", "Markdown"), ("html", "HTML"), ("tex", "LaTeX"), ("pdf", "PDF"))


class ExportMenu:
    """A submenu with an entry per target. `solution(gaps)` writes out the iteration at the cursor
    (or raises TooLong or FileError), `name()` says what its file might be called."""

    def __init__(
        self,
        menu: QMenu,
        window: QWidget,
        files: Files,
        solution: Callable[[bool], Solution],
        name: Callable[[], str],
    ) -> None:
        self._window = window
        self._files = files
        self._solution = solution
        self._name = name
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

    def _export(self, ending: str, title: str) -> None:
        from engine.export.worked import TooLong

        name = re.sub(r'[\\/:*?"<>|]', "-", self._name())
        start = Path(self._files.folder()) / f"{name}.{ending}"
        kind = FileKind(title, (f".{ending}",))
        path = ask_where_to_write(self._window, f"Export as {title}", start, [kind])
        if path is None:
            return
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        problem = ""
        try:
            data = _written(self._solution(self._gaps.isChecked()), ending)
            write_whole(path, data.encode() if isinstance(data, str) else data)
        except (TooLong, FileError) as error:
            problem = str(error)
        finally:
            QGuiApplication.restoreOverrideCursor()
        if problem:
            self._files.say(problem)


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
