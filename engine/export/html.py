"""A worked solution as one HTML file: formulas in MathML, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from engine.export.solution import GAP, Solution, Working
from engine.export.walk import TextBlocks
from engine.formulas.formula import BESIDE, MINUS
from engine.formulas.notation import Name
from engine.formulas.writer import Piece
from engine.text.numbers import format_number

_STYLE = """
body { font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1f2933; background: #fff;
       max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; padding-top: .5rem; border-top: 1px solid #d9dfe5; }
h3 { font-size: 1.05rem; margin: 1.25rem 0 .5rem; color: #52606d; }
p { margin: .5rem 0; }
.step { margin: .75rem 0; break-inside: avoid; }
.step p { margin: 0; color: #52606d; }
table { border-collapse: collapse; margin: .25rem 0; }
.step td { padding: .15rem .4rem; vertical-align: baseline; }
.step td:first-child { text-align: right; min-width: 4rem; white-space: nowrap; }
.grid th, .grid td { padding: .2rem .75rem; text-align: right; border-bottom: 1px solid #d9dfe5; }
math { font-size: 1.05em; }
.struck { background: linear-gradient(to top right, #0000 47%, #b54708 47% 53%, #0000 53%); }
.instead { border: 1px solid #6741d9; border-radius: 3px; padding: 1px 3px; }
.gap { display: inline-block; width: 20rem; height: 1.2em; border-bottom: 1px solid #1f2933; }
.grid .gap { width: 7rem; }
.part { break-before: page; margin-top: 4rem; }
h2, h3 { break-after: avoid; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } }
"""

_NEW_PAGE = '<div class="part">'
# Times, between symbols that stand beside each other: heard, and seen as a thin space.
_BESIDE = '<mo>&#x2062;</mo><mspace width="0.17em"></mspace>'


def html(solution: Solution) -> str:
    """The whole document, with a line end."""
    blocks = _Html().write(solution)
    lines = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(solution.title)}</title>",
        f"<style>{_STYLE}</style>\n</head>\n<body>",
        *blocks,
        *["</div>"] * blocks.count(_NEW_PAGE),
        "</body>\n</html>",
    )
    return "\n".join(lines) + "\n"


class MathWriter:
    """Formulas in MathML."""

    def __init__(self, digits: int | None = 6) -> None:
        self._digits = digits

    def number(self, value: float) -> str:
        return f"<mn>{format_number(value, self._digits)}</mn>"

    def name(self, name: Name) -> str:
        letter, below, above = (_word(word) for word in (name.letter, name.below, name.above))
        if name.below and name.above:
            return f"<msubsup>{letter}{below}{above}</msubsup>"
        if name.below:
            return f"<msub>{letter}{below}</msub>"
        return f"<msup>{letter}{above}</msup>" if name.above else letter

    def derivative(self, top: Name, bottom: Name) -> str:
        d = "<mo>∂</mo>"
        return self.fraction(d + self.name(top), d + self.name(bottom))

    def dots(self) -> str:
        return "<mo>…</mo>"

    def join(self, pieces: Sequence[Piece[str]]) -> str:
        text = ""
        for piece in pieces:
            if piece.lead == BESIDE:
                text += _BESIDE if text else ""
            elif piece.lead:
                is_sign = not text and piece.lead == MINUS
                text += '<mo form="prefix">−</mo>' if is_sign else f"<mo>{piece.lead}</mo>"
            text += piece.body
        return text

    def bracket(self, inner: str, left: bool = True, right: bool = True) -> str:
        grows = "true" if left and right and "<mfrac>" in inner else "false"
        opening, closing = (f'<mo stretchy="{grows}">{sign}</mo>' for sign in "()")
        text = opening * left + inner + closing * right
        return f"<mrow>{text}</mrow>" if left and right else text

    def fraction(self, top: str, bottom: str) -> str:
        return f"<mfrac><mrow>{top}</mrow><mrow>{bottom}</mrow></mfrac>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"

    def root(self, inner: str) -> str:
        return f"<msqrt>{inner}</msqrt>"

    def absolute(self, inner: str) -> str:
        bar = '<mo stretchy="false">|</mo>'
        return f"<mrow>{bar}{inner}{bar}</mrow>"

    def function(self, name: str, arguments: Sequence[str]) -> str:
        inside = self.bracket("<mo>,</mo>".join(arguments))
        return f"<mi>{name}</mi><mo>&#x2061;</mo>{inside}"

    def total(self, index: str, body: str) -> str:
        return f"<munder><mo>∑</mo><mi>{index}</mi></munder>{body}"

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        cells = ("".join(f"<mtd>{entry}</mtd>" for entry in row) for row in rows)
        body = "".join(f"<mtr>{row}</mtr>" for row in cells)
        return f"<mrow><mo>[</mo><mtable>{body}</mtable><mo>]</mo></mrow>"

    def mistaken(self, used: str | None, right: str | None) -> str:
        struck = "" if used is None else f'<mrow class="struck">{used}</mrow>'
        framed = "" if right is None else f'<mrow class="instead">{right}</mrow>'
        apart = '<mspace width="0.17em"></mspace>' if struck and framed else ""
        return struck + apart + framed


class _Html(TextBlocks):
    """Blocks of HTML."""

    gap = '<span class="gap"></span>'
    long_gap = f"<math><mo>{GAP}</mo></math> {gap}"
    text = staticmethod(escape)
    formulas = MathWriter

    def new_page(self) -> None:
        self.blocks.append(_NEW_PAGE)

    def heading(self, title: str, level: int) -> None:
        self.blocks.append(f"<h{level + 1}>{escape(title)}</h{level + 1}>")

    def paragraph(self, text: str) -> str:
        return f"<p>{text}</p>"

    def table(self, rows: list[list[str]]) -> None:
        tags = ("th", *["td"] * (len(rows) - 1))
        lines = (
            f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in row)}</tr>"
            for tag, row in zip(tags, rows, strict=True)
        )
        self.blocks.append("\n".join(('<table class="grid">', *lines, "</table>")))

    def working(self, working: Working) -> None:
        lines = (f"<tr><td>{left}</td><td>{line}</td></tr>" for left, line in self.lines(working))
        title = f'<div class="step"><p>{escape(working.title)}</p>'
        self.blocks.append("\n".join((title, "<table>", *lines, "</table></div>")))

    def formula(self, written: str) -> str:
        return f"<math>{written}</math>"

    def number(self, value: float, digits: int | None) -> str:
        return format_number(value, digits)

    def label(self, text: str) -> str:
        return escape(text)

    def set_off(self, written: str) -> str:
        """On a line of its own, with fractions of full size."""
        return f'<math displaystyle="true">{written}</math>'


def _word(word: str) -> str:
    return f"<mi>{escape(word)}</mi>"
