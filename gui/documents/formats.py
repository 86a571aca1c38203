"""The formats of the window: those of the engine, and PDF."""

from __future__ import annotations

from engine.export.formats import FORMATS, Format, written_by
from gui.documents.save_dialog import FileKind

PDF = Format("pdf", "PDF", written_by("gui.formulas.solution_pdf", "solution_pdf"))


def formats() -> dict[str, Format]:
    """All formats by their endings."""
    return {**FORMATS, PDF.ending: PDF}


def file_kind(format: Format) -> FileKind:
    """A format as the save dialog offers it."""
    return FileKind(format.title, (f".{format.ending}",))
