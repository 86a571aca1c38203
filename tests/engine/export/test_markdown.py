"""Markdown: plain enough to read as it stands, and no name is taken for markup."""

from __future__ import annotations

import re

from engine.export.markdown import escaped, markdown
from engine.export.worked import worked_solution
from tests.engine.export.conftest import ODD_NAMES, iteration_with


def test_names_are_no_markup() -> None:
    text = markdown(worked_solution(iteration_with(ODD_NAMES, samples=2), "*A* <i>title</i>"))
    assert text.startswith("# \\*A\\* \\<i\\>title\\</i\\>\n")
    outside = re.sub(r"^    .*$", "", text, flags=re.MULTILINE)  # code blocks show all as it is
    assert r"x_1\<b\>\&%\#" in outside and "<b>" not in outside
    assert not re.search(r"(?<!\\)(<img|!\[|\]\()", outside)
    # No line of a table has a column too many.
    tables = re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    assert len(tables) == 4  # the samples on three, and the result
    for table in tables:
        columns = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
        assert len(columns) == 1


def test_underscores_inside_words_stay_bare() -> None:
    assert escaped("a_b _c_ d_") == r"a_b \_c\_ d\_"


def test_lines_of_formulas_stay_short_and_aligned() -> None:
    text = markdown(worked_solution(iteration_with(("x1", "x2", "x3"), samples=8), "Long"))
    formulas = re.findall(r"^    .*$", text, re.MULTILINE)
    assert max(map(len, formulas)) <= 100
    step = text[text.index("Gradient of w¹₁₁\n") : text.index("Gradient of w¹₁₂\n")]
    places = {re.search("[=≈+−]", line).start() for line in step.splitlines()[2:] if line}  # type: ignore[union-attr]
    assert len(places) == 1


def test_the_key_begins_on_a_page_of_its_own() -> None:
    text = markdown(worked_solution(iteration_with(), "Gaps", gaps=True))
    exercise, _, key = text.partition("\f")
    assert "____" in exercise and "____" not in key
    assert re.match(r"\s*---\s*# Key\s", key)
