"""The text of a lesson as rich text."""

from __future__ import annotations

import pytest

from engine.documents.examples import read_example
from engine.formulas.notation import Notation
from engine.learn.lessons.texts import check_text, rich_text

NETWORK = read_example("mazur-2-2-2").spec.network


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a <\u00a0b & c".replace("&", "&amp;").replace("<", "&lt;")),
        ("a **net input**.", "a <b>net input</b>."),
        ("{net input h1}", "<i>z</i><sub>h1</sub>"),
        ("{activation o1}", "<i>a</i><sub>o1</sub>"),
        ("{delta o1}", "<i>δ</i><sub>o1</sub>"),
        ("{gradient w5}", "∂<i>E</i>/∂<i>w</i><sub>5</sub>"),
        ("{update w5}", "<i>w</i><sub>5</sub>"),
        ("{w5} and {h1}", "<i>w</i><sub>5</sub> and <i>h</i><sub>1</sub>"),
        ("{loss o2}, {loss}", "<i>E</i><sub>o2</sub>, <i>E</i>"),
        ("{target o1}", "<i>t</i><sub>o1</sub>"),
        ("{learning rate}", "<i>η</i>"),
        ("**all of {w5}**", "<b>all of <i>w</i><sub>5</sub></b>"),
        ("1 − 2", "1 −\u00a02"),
    ],
)
def test_bold_words_and_quantities(text: str, html: str) -> None:
    check_text(text, NETWORK)
    assert rich_text(text, NETWORK) == html


def test_quantities_follow_the_notation() -> None:
    notation = Notation(
        target="y", activation="ŷ", net_input="net", loss="L", parameters="indexed"
    )
    for text, html in {
        "{net input h1}": "net<sub>h1</sub>",
        "{activation h1}": "<i>a</i><sub>h1</sub>",
        "{activation o1}": "<i>ŷ</i><sub>o1</sub>",
        "{target o1}": "<i>y</i><sub>o1</sub>",
        "{gradient w5}": "∂<i>L</i>/∂<i>w</i><sup>2</sup><sub>11</sub>",
    }.items():
        assert rich_text(text, NETWORK, notation) == html


def test_what_the_network_no_longer_has_stays_as_it_was_written() -> None:
    assert rich_text("{delta h9} & {w5}", NETWORK) == "delta h9 &amp; <i>w</i><sub>5</sub>"
