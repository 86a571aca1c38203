"""LaTeX: a document that compiles as far as its structure can tell; no name is a command."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.documents.examples import example_names
from engine.export.latex import latex
from engine.export.worked import worked_solution
from engine.run.iteration import iterate
from engine.run.spec import Spec, State
from tests.engine.conftest import runs
from tests.engine.export.conftest import ODD_NAMES, example_iteration, iteration_with

# Commands of LaTeX's kernel, amsmath and geometry; anything else would be a slip.
_KNOWN = set(
    r"documentclass usepackage allowdisplaybreaks setlength mathindent parindent parskip newcommand"
    r" gap underline hspace step medskip textit nopagebreak begin end section subsection"
    r" subsubsection hline newpage frac partial cdot text delta eta mu rho lambda beta varepsilon"
    r" approx leftarrow sum sqrt ln tanh max left right cdots ensuremath to textbackslash mathrm"
    r" textasciitilde textasciicircum infty hat alpha pi Sigma sigma min theta kappa gamma".split()
)


def check(text: str) -> None:
    """Braces, environments and dollars pair up, alignment marks fit, commands are known."""
    plain = re.sub(r"\\[\\{}$&%#_]", "", text)
    depth = 0
    for char in plain:
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
    assert depth == 0
    open_ones: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{([a-z]+\*?)\}", text):
        if kind == "begin":
            open_ones.append(name)
        else:
            assert open_ones.pop() == name
    assert open_ones == []
    for paragraph in plain.split("\n\n"):
        assert paragraph.count("$") % 2 == 0
    for inside in re.findall(r"\\begin\{align\*\}\n(.*?)\\end\{align\*\}", text, re.DOTALL):
        for row in inside.split(" \\\\\n"):
            assert len(re.findall(r"(?<!\\)&", row)) == 1 and "\n\n" not in row
            assert row.count(r"\left") == row.count(r"\right") + row.count(r"\leftarrow")
    assert set(re.findall(r"\\([A-Za-z]+)", text)) <= _KNOWN
    assert all(char.isascii() or char.isalpha() and char <= "\u017f" for char in text)
    assert text.startswith("\\documentclass") and text.endswith("\\end{document}\n")


@pytest.mark.parametrize("name", example_names())
@pytest.mark.parametrize("gaps", [False, True])
def test_examples_are_sound(name: str, gaps: bool) -> None:
    text = latex(worked_solution(example_iteration(name), name, gaps=gaps))
    check(text)
    assert (r"\newpage" in text) == gaps
    assert re.search(r"\\usepackage\[utf8\]\{inputenc\}", text)
    assert set(re.findall(r"\\usepackage(?:\[.*\])?\{(\w+)\}", text)) == {
        "inputenc", "fontenc", "amsmath", "geometry",
    }  # fmt: skip


@settings(max_examples=30)
@given(runs(), st.booleans())
def test_any_iteration_is_sound(run: tuple[Spec, State], gaps: bool) -> None:
    check(latex(worked_solution(iterate(*run), "Any", gaps=gaps)))


def test_names_are_no_commands() -> None:
    text = latex(worked_solution(iteration_with(ODD_NAMES, samples=2), r"50 % & \emph{more}"))
    check(text)
    assert r"\section*{50 \% \& \textbackslash{}emph\{more\}}" in text
    assert r"x\_1<b>\&\%\#" in text
    assert "größe" in text
    # What no font of LaTeX's own has is named, and an arrow is drawn.
    assert r"[U+4E2D]\ensuremath{\to}" in text


def test_a_long_formula_goes_on_in_the_next_line() -> None:
    text = latex(worked_solution(iteration_with(("x1", "x2", "x3"), samples=8), "Long"))
    check(text)
    assert re.search(r"\n   & \+ ", text)
