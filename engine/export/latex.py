"""A worked solution as a LaTeX document that needs no more than amsmath, and cancel where a
mistake is struck through.
"""

from __future__ import annotations

import unicodedata

from engine.export.solution import (
    Cell,
    Figure,
    Grid,
    Part,
    Row,
    Solution,
    Words,
    Working,
)
from engine.formulas.writers import LatexWriter, Prose, latex_number, latex_text

_GAP = r"\gap{14em}"
_SHORT_GAP = r"\gap{5em}"

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

_GREEK = dict(zip(
    "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma "
    "tau upsilon varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi "
    "Omega".split(),
    strict=True,
))  # fmt: skip
_SIGNS = {
    "ŷ": r"\hat{y}",
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
    **{letter: "\\" + word for letter, word in _GREEK.items()},
    **{raised: f"{{}}^{{{digit}}}" for digit, raised in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{lowered: f"{{}}_{{{digit}}}" for digit, lowered in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}
_LAST_LATIN = "\u017f"  # T1 fonts have the letters up to here
_QUOTES = {"“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---", "\u00a0": "~"}


def latex(solution: Solution) -> str:
    """The whole document, with a line end."""
    lines = [
        _PREAMBLE + r"\begin{document}",
        rf"\section*{{{latex_text(solution.title)}}}",
        latex_text(f"{solution.subtitle}."),
    ]
    for number, part in enumerate(solution.parts):
        lines += _part(part, number > 0)
    lines.append(r"\end{document}")
    made = "\n\n".join(lines)
    if r"\bcancel{" in made:
        made = made.replace(_AMSMATH, _AMSMATH + _CANCEL, 1)
    return "".join(map(_in_ascii, made)) + "\n"


def _in_ascii(char: str) -> str:
    """A character as every LaTeX reads it, in text and in formulas."""
    if char.isascii() or (char.isalpha() and char <= _LAST_LATIN and char not in _SIGNS):
        return char
    if char in _QUOTES:
        return _QUOTES[char]
    if char in _SIGNS:
        return rf"\ensuremath{{{_SIGNS[char]}}}"
    plain = unicodedata.normalize("NFKD", char)
    return plain if plain.isascii() and plain.isalnum() else f"[U+{ord(char):04X}]"


def _part(part: Part, apart: bool) -> list[str]:
    made = [r"\newpage"] if apart else []
    if part.title:
        made.append(rf"\section*{{{latex_text(part.title)}}}")
    for section in part.sections:
        if section.title:
            made.append(rf"\{'sub' * section.level}section*{{{latex_text(section.title)}}}")
        for block in section.blocks:
            if isinstance(block, Words):
                made.append(_prose(block.prose, block.digits))
            elif isinstance(block, Grid):
                made.append(_grid(block))
            else:
                made.append(_working(block))
    return made


def _prose(prose: Prose, digits: int | None) -> str:
    writer = LatexWriter(latex_number(digits))
    parts = (
        latex_text(part) if isinstance(part, str) else f"${part.write(writer)}$" for part in prose
    )
    return "".join(parts)


def _grid(grid: Grid) -> str:
    rows = [" & ".join(_cell(cell) for cell in cells) for cells in (grid.heads, *grid.rows)]
    rows[0] += r" \\ \hline"
    # In columns of a page's height, since a tabular does not break.
    pages = [rows[1 + k : 1 + k + _PAGE] for k in range(0, len(rows) - 1, _PAGE)]
    columns = "r" * len(grid.heads)
    return "\n\n".join(
        "\n".join(
            (rf"\begin{{tabular}}{{{columns}}}", rows[0], " \\\\\n".join(page), r"\end{tabular}")
        )
        for page in pages
    )


_PAGE = 40  # rows of a table that fit a page


def _cell(cell: Cell) -> str:
    if cell is None:
        return _SHORT_GAP
    if isinstance(cell, str):
        return latex_text(cell)
    if isinstance(cell, Figure):
        return f"${latex_number(cell.digits)(cell.value)}$"
    return f"${cell.write(LatexWriter(latex_number()), numbers=False)}$"


def _working(working: Working) -> str:
    lines = []
    for row in working.rows:
        writer = LatexWriter(latex_number(row.digits))
        made = [writer.join(line) for line in row.lines(writer)] or [f"= {_GAP}"]
        lines += [f"{'' if k else _left(row, writer)} & {line}" for k, line in enumerate(made)]
    body = " \\\\\n".join(f"  {line}" for line in lines)
    title = latex_text(working.title)
    return f"\\step{{{title}}}\n\\begin{{align*}}\n{body}\n\\end{{align*}}"


def _left(row: Row, writer: LatexWriter) -> str:
    if isinstance(row.left, str):
        return rf"\text{{{latex_text(row.left)}}}" if row.left else ""
    return row.left.write(writer, numbers=False)
