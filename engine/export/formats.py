"""What a worked solution can be written as: a new format is a file beside this one, and a row here.

PDF has its row in gui.documents.formats, since a screen's fonts are needed to set it.
"""

from __future__ import annotations

from collections.abc import Callable
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


# What writes a format is loaded when it is wanted: menus name them all before.


def _markdown(solution: Solution) -> str:
    from engine.export.markdown import markdown

    return markdown(solution)


def _html(solution: Solution) -> str:
    from engine.export.html import html

    return html(solution)


def _latex(solution: Solution) -> str:
    from engine.export.latex import latex

    return latex(solution)


# By their endings, in the order in which they are offered.
FORMATS = {
    format.ending: format
    for format in (
        Format("md", "Markdown", _markdown),
        Format("html", "HTML", _html),
        Format("tex", "LaTeX", _latex),
    )
}
