"""LaTeX to SVG by ziamath. Importing this takes 0.2 s, so it is left until a formula is to be set.

ziamath sets everything inside a row twice, first to measure how far brackets and the like have to
stretch, and once more at every row around it. Rows in which nothing stretches are not measured
here: formulas come out the same, three to ten times sooner.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from ziamath import operators
from ziamath.config import config
from ziamath.nodes.mrow import Mrow
from ziamath.zmath import Latex

config.svg2 = False  # QtSvg reads SVG 1

_FORMS = ("prefix", "infix", "postfix")
_STRETCHING = {
    name
    for name in operators.names
    if any(operators.get_params(name, form).get("stretchy") == "true" for form in _FORMS)
}


class _Row(Mrow, tag="mrow"):  # the tag puts it in the place of ziamath's own
    """A row that is measured only if something in it stretches."""

    def _get_height_nostretch(self, line: list[Element], **context: Any) -> tuple[float, float]:
        if any(_stretches(part) for child in line for part in child.iter()):
            height: tuple[float, float] = super()._get_height_nostretch(line, **context)
            return height
        return 0.0, 0.0


def _stretches(part: Element) -> bool:
    said = part.get("stretchy")
    return said == "true" or (said is None and (part.text or "").strip() in _STRETCHING)


def formula_svg(latex: str, pixels: int, colour: str, margin: float) -> str:
    """A formula as SVG with its base line at y = 0, `margin` pixels around it.

    Raises whatever the parsers of ziamath raise where they cannot read it.
    """
    formula = Latex(_readable(latex), size=pixels, color=colour, margin=margin)
    svg: str = formula.svg()
    return svg


_WORDS = re.compile(r"\\text\{((?:[^{}\\]|\\[%$#_&{}]|\\text[a-z]+\{\})*)\}")
_SPECIAL = {sign: f"&#{ord(sign)};" for sign in "{}\\~^%"}
_NAMED = {r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^"}


def _readable(latex: str) -> str:
    """LaTeX without what ziamath gets wrong: a minus behind a bracket, escapes inside words."""
    return _WORDS.sub(_unescaped, latex.replace("(-", "({-}"))


def _unescaped(match: re.Match[str]) -> str:
    words = re.sub(
        r"\\text[a-z]+\{\}|\\.", lambda sign: _NAMED.get(sign[0], sign[0][1:]), match[1]
    )
    # It reads words to the next brace, and what they make is XML.
    return rf"\text{{{escape(words, _SPECIAL)}}}"
