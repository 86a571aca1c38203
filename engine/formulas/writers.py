"""Formulas as a line of text and as LaTeX."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from engine.formulas.formula import BESIDE, BY_ENTRY, MINUS, OVER_ENTRIES, TIMES, Line
from engine.formulas.notation import (
    Name,
    activation_setting_name,
    loss_setting_name,
    setting_name,
)
from engine.formulas.writer import Piece
from engine.maths.activations import ACTIVATION_SETTINGS
from engine.maths.losses import LOSS_SETTINGS
from engine.maths.optimizers import SETTINGS
from engine.text.numbers import format_number, machine_number

Prose = tuple[str | Line, ...]  # words with formulas among them


class TextWriter:
    """One line of plain text: ∂E/∂w5 = δ_o1 · a_h1 = 0.138499 · 0.593270 = 0.0821670.

    Numbers are machine_number's, so "-" is always a number's own sign; the operator is "−".
    """

    def __init__(self, digits: int | None = 6) -> None:
        self._digits = digits

    def number(self, value: float) -> str:
        return machine_number(value, self._digits)

    def name(self, name: Name) -> str:
        return name.text

    def derivative(self, top: Name, bottom: Name) -> str:
        return f"∂{top.text}/∂{bottom.text}"

    def dots(self) -> str:
        return "…"

    def join(self, pieces: Sequence[Piece[str]]) -> str:
        text = ""
        for piece in pieces:
            lead = TIMES if piece.lead == BESIDE else piece.lead
            text += (f" {lead} " if text else lead) + piece.body
        return text

    def bracket(self, inner: str, left: bool = True, right: bool = True) -> str:
        return "(" * left + inner + ")" * right

    def fraction(self, top: str, bottom: str) -> str:
        return f"{_grouped(top)}/{_grouped(bottom)}"

    def power(self, base: str, exponent: str) -> str:
        return base + ("²" if exponent == "2" else f"^{_grouped(exponent)}")

    def root(self, inner: str) -> str:
        return f"√{_grouped(inner)}"

    def absolute(self, inner: str) -> str:
        return f"|{inner}|"

    def function(self, name: str, arguments: Sequence[str]) -> str:
        return f"{name}({', '.join(arguments)})"

    def total(self, index: str, body: str) -> str:
        return f"Σ_{index} {body}"

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        return f"[{'; '.join(' '.join(row) for row in rows)}]"

    def mistaken(self, used: str | None, right: str | None) -> str:
        parts = ("" if used is None else f"~~{used}~~", "" if right is None else f"[{right}]")
        return " ".join(part for part in parts if part)


def _grouped(text: str) -> str:
    """A part in brackets unless it is a single word or number."""
    return text if re.fullmatch(r"[\w.]+", text) else f"({text})"


_GREEK = zip(
    "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma "
    "tau upsilon varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi "
    "Omega".split(),
    strict=True,
)
_HATS = {"ŷ": r"\hat{y}", "m̂": r"\hat{m}", "v̂": r"\hat{v}"}
LATEX_LETTERS = {**_HATS, **{letter: f"\\{word}" for letter, word in _GREEK}}
_LATEX_SIGNS = {
    BESIDE: r" \, ",
    "·": r" \cdot ",
    "−": " - ",
    "≈": r" \approx ",
    "←": r" \leftarrow ",
    BY_ENTRY: r" \circ ",
    OVER_ENTRIES: r" \oslash ",
}
_LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: "\\" + char for char in "&%$#_{}"},
}


class LatexWriter:
    """LaTeX for math mode: amsmath, and cancel where mistakes are struck through. `number` writes
    the numbers."""

    def __init__(self, number: Callable[[float], str]) -> None:
        self.number = number

    def name(self, name: Name) -> str:
        below = f"_{{{_latex_word(name.below)}}}" if name.below else ""
        above = f"^{{{_latex_word(name.above)}}}" if name.above else ""
        # A threshold has its number; what is called θ alone is a name.
        is_change = len(name.letter) > 1 and name.letter[0] == "Δ"
        of = name.letter[1:] if is_change else name.letter
        is_threshold = of == "θ" and (below or above)
        letter = LATEX_LETTERS["θ"] if is_threshold else _latex_word(of)
        return (r"\Delta " if is_change else "") + letter + below + above

    def derivative(self, top: Name, bottom: Name) -> str:
        return rf"\frac{{\partial {self.name(top)}}}{{\partial {self.name(bottom)}}}"

    def dots(self) -> str:
        return r"\cdots"

    def join(self, pieces: Sequence[Piece[str]]) -> str:
        latex = ""
        for piece in pieces:
            lead = _LATEX_SIGNS.get(piece.lead, f" {piece.lead} " if piece.lead else "")
            if not latex:
                lead = lead.strip() if piece.lead == MINUS else lead.lstrip()
            latex += lead + piece.body
        return latex

    def bracket(self, inner: str, left: bool = True, right: bool = True) -> str:
        if left and right and (r"\frac" in inner or r"\begin" in inner):
            return rf"\left({inner}\right)"
        return "(" * left + inner + ")" * right

    def fraction(self, top: str, bottom: str) -> str:
        return rf"\frac{{{top}}}{{{bottom}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def root(self, inner: str) -> str:
        return rf"\sqrt{{{inner}}}"

    def absolute(self, inner: str) -> str:
        return rf"\left|{inner}\right|"

    def function(self, name: str, arguments: Sequence[str]) -> str:
        return _latex_function(name) + self.bracket(", ".join(arguments))

    def total(self, index: str, body: str) -> str:
        return rf"\sum_{{{index}}} {body}"

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        body = r" \\ ".join(" & ".join(row) for row in rows)
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"

    def mistaken(self, used: str | None, right: str | None) -> str:
        # Downwards, which leaves a mark above on the right to be read, as the + of w⁺.
        struck = "" if used is None else rf"\bcancel{{{used}}}"
        framed = "" if right is None else rf"\boxed{{{right}}}"
        return rf"{struck} \, {framed}" if struck and framed else struck + framed


def _latex_function(name: str) -> str:
    word = name.rstrip("′")
    known = {"σ": r"\sigma", "f": "f"}.get(word)
    if known is None:
        known = rf"\{word}" if word in ("ln", "max", "min", "tanh") else rf"\mathrm{{{word}}}"
    return known + "'" * (len(name) - len(word))


def latex_text(words: str) -> str:
    r"""Words for LaTeX's text mode, inside \text{…}."""
    return "".join(_LATEX_SPECIAL.get(char, char) for char in words)


def _latex_word(word: str) -> str:
    """A letter, an index such as h1, 2,11 or (3), or a word of its own, for math mode."""
    symbols = (
        *("δ", "π", "γ", "κ", *_HATS),
        *(setting_name(key).letter for key in SETTINGS),
        *(activation_setting_name(key).letter for key in ACTIVATION_SETTINGS),
        *(loss_setting_name(key).letter for key in LOSS_SETTINGS),
    )  # others are names
    if word == "·":  # an edge that is cut
        return r"\cdot"
    if word in LATEX_LETTERS and word in symbols:
        return LATEX_LETTERS[word]
    if re.fullmatch(r"[A-Za-z]?[0-9.]*|\([0-9s]+\)|t-1", word):
        return word
    if re.fullmatch(r"[0-9,]+", word):
        return word.replace(",", "{,}")
    return rf"\text{{{latex_text(word)}}}"


def latex_machine_number(digits: int | None) -> Callable[[float], str]:
    """Numbers in LaTeX for programs: as machine_number writes them, exponents as text."""

    def number(value: float) -> str:
        text = machine_number(value, digits)
        return rf"\text{{{text}}}" if re.search("[a-z]", text) else text

    return number


def latex_number(digits: int | None = 6) -> Callable[[float], str]:
    r"""Numbers in LaTeX for people: 3.5 \cdot 10^{-5}."""

    def number(value: float) -> str:
        if not math.isfinite(value):
            text = format_number(value)
            return text.replace("−", "-").replace("∞", r"\infty") if "∞" in text else r"\text{nan}"
        mantissa, e, exponent = machine_number(value, digits).partition("e")
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else mantissa

    return number


def prose_text(prose: Prose, digits: int | None = 6) -> str:
    """Words and formulas as one line of text."""
    writer = TextWriter(digits)
    return "".join(part if isinstance(part, str) else part.write(writer) for part in prose)
