"""The formats of the window: those of the engine, and PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.export.formats import FORMATS, Format
from gui.documents.save_dialog import FileKind

if TYPE_CHECKING:
    from engine.export.solution import Solution


def _pdf(solution: Solution) -> bytes:
    from gui.formulas.solution_pdf import solution_pdf

    return solution_pdf(solution)


PDF = Format("pdf", "PDF", _pdf)


def formats() -> dict[str, Format]:
    """All formats by their endings."""
    return {**FORMATS, PDF.ending: PDF}


def file_kind(format: Format) -> FileKind:
    """A format as the save dialog offers it."""
    return FileKind(format.title, (f".{format.ending}",))
