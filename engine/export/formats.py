"""What a worked solution can be written as: a new format is a file beside this one, and a row here.

PDF has its row in gui.documents.formats, since a screen's fonts are needed to set it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from engine.export.solution import Solution


class Format(Struct, frozen=True):
    """A format: the ending of its files, without the dot, what people call it, and what writes a
    solution in it."""

    ending: str
    title: str
    write: Callable[[Solution], str | bytes]

    def data(self, solution: Solution) -> bytes:
        """The whole file."""
        written = self.write(solution)
        return written.encode() if isinstance(written, str) else written


def written_by(module: str, name: str) -> Callable[[Solution], str | bytes]:
    """What writes a solution: the function of this name, whose module is loaded as it is called,
    since menus name all formats before one is wanted."""
    return lambda solution: getattr(import_module(module), name)(solution)


# By their endings, in the order in which they are offered.
FORMATS = {
    format.ending: format
    for format in (
        Format("md", "Markdown", written_by("engine.export.markdown", "markdown")),
        Format("html", "HTML", written_by("engine.export.html", "html")),
        Format("tex", "LaTeX", written_by("engine.export.latex", "latex")),
    )
}
