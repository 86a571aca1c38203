"""HTML: well-formed, self-contained, and no name is taken for a tag."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from command_line.reports import numbered_iteration
from engine.documents.examples import example_names, read_example
from engine.export.html import html
from engine.export.worked import worked_solution
from engine.run.iteration import iterate
from engine.run.spec import Spec, State
from tests.engine.conftest import runs
from tests.engine.export.conftest import ODD_NAMES, iteration_with


def body(text: str) -> ElementTree.Element:
    """The body as XML reads it: what is not closed or not escaped fails."""
    return ElementTree.fromstring(text[text.index("<body>") : text.index("</html>")])


@pytest.mark.parametrize("name", example_names())
def test_examples_are_well_formed_and_fetch_nothing(name: str) -> None:
    text = html(worked_solution(numbered_iteration(read_example(name), 1), name, gaps=True))
    assert body(text).find(".//math") is not None
    assert not re.search(r"https?:|src=|href=|@import|url\(", text)
    assert '<meta charset="utf-8">' in text


@settings(max_examples=30)
@given(runs(), st.booleans())
def test_any_iteration_is_well_formed(run: tuple[Spec, State], gaps: bool) -> None:
    body(html(worked_solution(iterate(*run), "Any", gaps=gaps)))


def test_names_are_no_tags() -> None:
    tree = body(html(worked_solution(iteration_with(ODD_NAMES), "<script>1</script> & co")))
    assert tree.find(".//script") is None and tree.find(".//b") is None
    title = tree.find("h1")
    assert title is not None and title.text == "<script>1</script> & co"
    words = {element.text for element in tree.iter("mi")}
    assert set(ODD_NAMES) <= words


def test_formulas_have_the_children_that_mathml_asks_for() -> None:
    text = html(worked_solution(iteration_with(samples=3, updates=1), "Any"))
    counts = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2}
    found = {element.tag for element in body(text).iter() if element.tag in counts}
    assert {"mfrac", "msub", "msup", "msubsup", "munder"} <= found
    for element in body(text).iter():
        assert len(element) == counts.get(element.tag, len(element)), element.tag
