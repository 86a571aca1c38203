"""A worked solution as a LaTeX document that needs no more than amsmath, and cancel where a
mistake is struck through.
"""

from __future__ import annotations

import unicodedata

from engine.export.solution import GAP, Solution, Working
from engine.export.walk import TextBlocks
from engine.formulas.writers import LATEX_LETTERS, LatexWriter, latex_number, latex_text

_PAGE = 40  # rows of a table that fit a page
_PREAMBLE = r"""\documentclass[11pt,a4paper,fleqn]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{amsmath}
\usepackage[margin=22mm]{geometry}
\allowdisplaybreaks
\setlength{\mathindent}{1.5em}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.5em}
\newcommand{\gap}[1]{\underline{\hspace{#1}}}
\newcommand{\step}[1]{\medskip\textit{#1}\nopagebreak}
"""

_AMSMATH = r"\usepackage{amsmath}"
_CANCEL = "\n" + r"\usepackage{cancel}"

_SIGNS = {
    **LATEX_LETTERS,
    "∂": r"\partial",
    "→": r"\to",
    "←": r"\leftarrow",
    "≈": r"\approx",
    "−": "-",
    "·": r"\cdot",
    "×": r"\times",
    "±": r"\pm",
    "∞": r"\infty",
    "…": r"\ldots",
    **{raised: f"{{}}^{{{digit}}}" for digit, raised in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{lowered: f"{{}}_{{{digit}}}" for digit, lowered in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}
_LAST_LATIN = "\u017f"  # T1 fonts have the letters up to here
_QUOTES = {"“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---", "\u00a0": "~"}


def latex(solution: Solution) -> str:
    """The whole document, with a line end."""
    blocks = _Latex().write(solution)
    text = "\n\n".join((_PREAMBLE + r"\begin{document}", *blocks, r"\end{document}"))
    if r"\bcancel{" in text:
        text = text.replace(_AMSMATH, _AMSMATH + _CANCEL, 1)
    return "".join(map(in_ascii, text)) + "\n"


def in_ascii(char: str) -> str:
    """A character as every LaTeX reads it, in text and in formulas."""
    if char.isascii() or (char.isalpha() and char <= _LAST_LATIN and char not in _SIGNS):
        return char
    if char in _QUOTES:
        return _QUOTES[char]
    if char in _SIGNS:
        return rf"\ensuremath{{{_SIGNS[char]}}}"
    plain = unicodedata.normalize("NFKD", char)
    return plain if plain.isascii() and plain.isalnum() else f"[U+{ord(char):04X}]"


class _Latex(TextBlocks):
    """Blocks of LaTeX."""

    gap = r"\gap{5em}"
    long_gap = rf"{GAP} \gap{{14em}}"
    text = staticmethod(latex_text)

    def new_page(self) -> None:
        self.blocks.append(r"\newpage")

    def heading(self, title: str, level: int) -> None:
        self.blocks.append(rf"\{'sub' * level}section*{{{latex_text(title)}}}")

    def table(self, rows: list[list[str]]) -> None:
        heads, *lines = (" & ".join(cells) for cells in rows)
        # In columns of a page's height, since a tabular does not break.
        for k in range(0, len(lines), _PAGE):
            begin = rf"\begin{{tabular}}{{{'r' * len(rows[0])}}}"
            page = " \\\\\n".join(lines[k : k + _PAGE])
            self.blocks.append(f"{begin}\n{heads} \\\\ \\hline\n{page}\n\\end{{tabular}}")

    def working(self, working: Working) -> None:
        lines = " \\\\\n".join(f"  {left} & {line}" for left, line in self.lines(working))
        title = rf"\step{{{latex_text(working.title)}}}"
        self.blocks.append(f"{title}\n\\begin{{align*}}\n{lines}\n\\end{{align*}}")

    def formulas(self, digits: int | None) -> LatexWriter:
        return LatexWriter(latex_number(digits))

    def formula(self, written: str) -> str:
        return f"${written}$"

    def label(self, text: str) -> str:
        return rf"\text{{{latex_text(text)}}}" if text else ""
