"""TikZ: every weight at its line and as it is, what is too much in comments, no name a command."""

from __future__ import annotations

import re

import numpy as np
import pytest

from engine.documents.examples import example_names, read_example
from engine.export.tikz import MOST_NAMED, network_tikz
from engine.maths.network import Layer, Network, Parameter
from tests.engine.export.conftest import ODD_NAMES, ODD_TITLE, iteration_with

EDGE = re.compile(r"\\draw\[(\w+), line width=([\d.]+)pt\] \((n\d+-\d+)\) -- \((n\d+-\d+)\);")
WEIGHT = re.compile(
    r"\\path \(n(\d+)-(\d+)\) -- node\[weight, pos=([\d.]+)\] \{\$.* = (.*)\$\} \(n(\d+)-(\d+)\);"
)
NODE = re.compile(r"\\node\[unit.*\] \((n\d+-\d+)\) at \(([-\d.]+), ([-\d.]+)\)")


def weights_of(network: Network) -> list[Parameter]:
    return [
        Parameter(layer, unit, source)
        for layer in range(1, network.depth + 1)
        for unit in range(network.sizes[layer])
        for source in range(network.sizes[layer - 1])
    ]


def value(written: str) -> float:
    r"""The number that LaTeX shows: 3.5 \cdot 10^{-5} is 0.000035."""
    return float(re.sub(r" \\cdot 10\^\{(.*)\}", r"e\1", written))


@pytest.mark.parametrize("name", example_names())
def test_every_weight_stands_at_its_line_with_all_digits(name: str) -> None:
    document = read_example(name)
    network, theta = document.spec.network, document.start
    text = network_tikz(network, theta, document.layout, digits=None)
    found = {
        Parameter(int(layer), int(unit), int(source)): value(number)
        for _, source, _, number, layer, unit in WEIGHT.findall(text)
    }
    wanted = {p: theta[network.index(p)] for p in weights_of(network)}
    assert found == wanted
    assert len(EDGE.findall(text)) == len(wanted)


@pytest.mark.parametrize("digits", [4, 6])
def test_numbers_have_the_digits_that_were_chosen(digits: int) -> None:
    document = read_example("xor-3-4-1")
    text = network_tikz(document.spec.network, document.start, {}, digits)
    numbers = [number for *_, number, _, _ in WEIGHT.findall(text)]
    assert numbers and all(
        len(re.sub(r" .*|\.|^-?0\.0*|^-", "", number)) == digits for number in numbers
    )


def test_no_weight_covers_another_of_its_layer() -> None:
    """Those of a source stand in a column of their own, and under each other in it."""
    document = read_example("xor-3-4-1")
    text = network_tikz(document.spec.network, document.start, {})
    places = {key: (float(x), float(y)) for key, x, y in NODE.findall(text)}
    seen: list[tuple[float, float]] = []
    for start, source, pos, _, layer, unit in WEIGHT.findall(text):
        (x1, y1), (x2, y2) = places[f"n{start}-{source}"], places[f"n{layer}-{unit}"]
        at = x1 + float(pos) * (x2 - x1), y1 + float(pos) * (y2 - y1)
        assert all(abs(at[0] - x) > 1.5 or abs(at[1] - y) > 0.3 for x, y in seen)
        seen.append(at)


def test_a_picture_is_as_wide_as_the_text_at_most() -> None:
    network = Network(
        tuple(f"i{k}" for k in range(8)),
        (Layer(tuple(f"h{k}" for k in range(8)), "tanh"), Layer(("o",), "sigmoid")),
    )
    text = network_tikz(network, np.linspace(-2, 2, network.size), {})
    width = float(max(NODE.findall(text), key=lambda node: float(node[1]))[1])
    assert width > 16  # centimetres, that it is drawn in
    before, after = re.split(r"\\begin\{tikzpicture\}(?s:.*)\\end\{tikzpicture\}", text)
    assert r"\setlength{\textwidth}{16cm}" in before
    assert before.endswith("\\begin{lrbox}{\\network}\n")
    narrower = r"\ifdim\wd\network>\textwidth\textwidth\else\wd\network\fi"
    assert rf"\resizebox{{{narrower}}}{{!}}{{\usebox{{\network}}}}" in after


def test_sign_and_size_are_those_of_the_weight() -> None:
    document = read_example("one-neuron")
    network, theta = document.spec.network, document.start.copy()
    parameter = weights_of(network)[0]
    for weight, style in ((-2.0, "negative"), (3.0, "positive"), (0.0, "positive")):
        theta[network.index(parameter)] = weight
        [(found, width, _, _)] = EDGE.findall(network_tikz(network, theta, {}))
        assert found == style and float(width) == (1.8 if weight else 0.3)


def test_a_unit_that_was_moved_stands_where_it_was_moved_to() -> None:
    document = read_example("xor-2-3-1")
    usual, moved = (
        {key: (x, y) for key, x, y in NODE.findall(
            network_tikz(document.spec.network, document.start, layout)
        )}
        for layout in ({}, {"h1": (500.0, 900.0)})
    )
    assert {key for key in usual if usual[key] != moved[key]} == {"n1-0"}
    assert moved["n1-0"][0] == usual["n1-0"][0]
    assert float(moved["n1-0"][1]) < float(usual["n1-2"][1])


def test_of_a_large_layer_the_weights_are_listed_in_comments() -> None:
    size = MOST_NAMED + 1
    network = Network(("x1", "x2"), (
        Layer(tuple(f"h{k}" for k in range(1, size + 1)), "tanh"), Layer(("o",), "identity"),
    ))
    theta = np.linspace(-1, 1, network.size)
    text = network_tikz(network, theta, {}, digits=None)
    assert not WEIGHT.findall(text)
    comments = text.split(r"\end{document}")[1].splitlines()
    listed = [value(line.split(" = ")[1]) for line in comments if line]
    assert listed == [theta[network.index(p)] for p in weights_of(network)]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_no_name_is_a_command(name: str) -> None:
    network = iteration_with((name, "x2")).spec.network
    text = network_tikz(network, np.zeros(network.size), {}, title=ODD_TITLE)
    assert all(char.isprintable() or char == "\n" for char in text)
    for line in text.splitlines():
        if not line.startswith("%"):
            bare = re.sub(r"\\.", "", line)
            assert bare.count("{") == bare.count("}") and bare.count("$") % 2 == 0
            assert "%" not in bare
