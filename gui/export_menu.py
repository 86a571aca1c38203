"""ExportMenu: the iteration at the cursor as a worked solution, in a file that is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from engine.export.html import html
from engine.export.latex import latex
from engine.export.markdown import markdown
from engine.export.solution import Solution
from engine.export.working import TooLong
from gui.files import FileError, Files, write_whole
from gui.formulas.solution_pdf import solution_pdf

# Ending of the file, what the menu calls it, and what writes it.
_TARGETS: tuple[tuple[str, str, Callable[[Solution], str | bytes]], ...] = (
    ("md", "Markdown", markdown),
    ("html", "HTML", html),
    ("tex", "LaTeX", latex),
    ("pdf", "PDF", solution_pdf),
)


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
        for ending, title, write in _TARGETS:
            action = below.addAction(f"&{title}…")
            action.setObjectName(f"export/{ending}")
            action.triggered.connect(
                lambda _=False, ending=ending, title=title, write=write: self._export(
                    ending, title, write
                )
            )
        below.addSeparator()
        self._gaps = below.addAction("With &gaps (key on a page of its own)")
        self._gaps.setObjectName("export/gaps")
        self._gaps.setCheckable(True)

    def _export(self, ending: str, title: str, write: Callable[[Solution], str | bytes]) -> None:
        name = re.sub(r'[\\/:*?"<>|]', "-", self._name())
        start = str(Path(self._files.folder()) / f"{name}.{ending}")
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, f"Export as {title}", start, f"{title} (*.{ending});;All files (*)"
        )
        if not chosen:
            return
        path = Path(chosen)
        if not path.suffix:
            path = path.with_suffix(f".{ending}")
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        problem = ""
        try:
            data = write(self._solution(self._gaps.isChecked()))
            write_whole(path, data.encode() if isinstance(data, str) else data)
        except (TooLong, FileError) as error:
            problem = str(error)
        finally:
            QGuiApplication.restoreOverrideCursor()
        if problem:
            self._files.say(problem)
