"""A network as a TikZ picture: a LaTeX document of its own, whose picture can be copied out.

It needs no more than tikz and amsmath. Lines are as thick as their weights are large; negative
ones are orange and dashed, as on screen. A picture that is wider than the text, here or where it
is copied to, is made smaller as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from engine.export.latex import in_ascii
from engine.formulas.notation import DEFAULT, Notation, Symbols, own_name
from engine.formulas.writers import LatexWriter, latex_number, latex_text
from engine.maths.activations import Array
from engine.maths.network import Network, Parameter
from engine.run.limits import PLANE

MOST_NAMED = 8  # units of a layer whose weights are written at their lines
MOST_LINES = 20_000  # weights of a picture; LaTeX takes minutes for as many

_LEAST_ROW = 1.7  # centimetres from one unit to the next
_LINE = 0.3  # between two weights of a column
_LEAST_COLUMN = 3.5  # and from one layer to the next
_DIGIT = 0.17  # the width of a character of a weight
_NODE = 1.0  # the width of a node
_THIN, _THICK = 0.3, 1.8  # points
_PREAMBLE = r"""\documentclass[border=4mm]{standalone}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{amsmath}
\usepackage{tikz}
\definecolor{positive}{HTML}{1F77B4}
\definecolor{negative}{HTML}{E8710A}
\setlength{\textwidth}{16cm}
\newsavebox{\network}
\begin{document}
\begin{lrbox}{\network}
\begin{tikzpicture}[
  unit/.style={circle, draw, minimum size=10mm, inner sep=1pt},
  positive/.style={draw=positive}, negative/.style={draw=negative, dashed},
  weight/.style={fill=white, inner sep=1pt, font=\scriptsize},
  bias/.style={font=\scriptsize}, class/.style={font=\scriptsize}]
"""
_END = r"""\end{tikzpicture}
\end{lrbox}\resizebox{\ifdim\wd\network>\textwidth\textwidth\else\wd\network\fi}{!}{\usebox{\network}}
\end{document}
"""


def network_tikz(
    network: Network,
    theta: Array,
    layout: Mapping[str, tuple[float, float]],
    digits: int | None = 6,
    notation: Notation = DEFAULT,
    title: str = "",
    classes: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The network with its weights and biases, theta of shape (n,), as a LaTeX document.

    `layout` has the positions of units that were moved, by name, in a plane of 1000 by 1000.
    `classes` are those that inputs and outputs stand for, by name; they are written beside them. In
    layers of more than MOST_NAMED units the weights are told by lines alone, and listed in comments
    at the end.
    """
    picture = _Picture(network, theta, digits, notation)
    lines = [*picture.nodes(layout, classes), *picture.edges(), *picture.weights()]
    head = "".join(f"% {line}\n" for line in title.splitlines()[:1])
    body = "".join(f"  {line}\n" for line in lines)
    return "".join(map(in_ascii, head + _PREAMBLE + body + _END + picture.unwritten()))


class _Picture:
    """The lines of one picture."""

    def __init__(
        self, network: Network, theta: Array, digits: int | None, notation: Notation
    ) -> None:
        self._network = network
        self._theta = theta
        self._writer = LatexWriter(latex_number(digits))
        self._symbols = Symbols(network, notation)
        weights = [network.weights(theta, layer) for layer in range(1, network.depth + 1)]
        self._largest = max(float(np.abs(each).max()) for each in weights) or 1.0

    def nodes(
        self, layout: Mapping[str, tuple[float, float]], classes: Mapping[str, str]
    ) -> Iterator[str]:
        """A line for each unit; its bias stands below it, its class on the outside."""
        network = self._network
        lefts = np.concatenate([[0.0], np.cumsum([*map(self._gap, range(1, network.depth + 1))])])
        height = self._row * max(network.sizes)
        for layer, size in enumerate(network.sizes):
            for unit in range(size):
                name = network.unit_name(layer, unit)
                default = PLANE * layer / network.depth, PLANE * (unit + 0.5) / size
                across, down = layout.get(name, default)
                x = float(np.interp(across, np.linspace(0, PLANE, network.depth + 1), lefts))
                y = height * (1 - down / PLANE)
                words, bias = self._writer.name(own_name(name)), self._bias(layer, unit)
                below = f", label={{[bias]below:{{${bias}$}}}}" if bias else ""
                if name in classes:
                    side, of_class = "right" if layer else "left", classes[name]
                    below += f", label={{[class]{side}:{{{latex_text(of_class)}}}}}"
                place = f"({_key(layer, unit)}) at ({x:.2f}, {y:.2f})"
                yield rf"\node[unit{below}] {place} {{${words}$}};"

    def edges(self) -> Iterator[str]:
        """A line for each weight."""
        network = self._network
        for layer in range(1, network.depth + 1):
            for unit, row in enumerate(network.weights(self._theta, layer)):
                for source in network.sources_of(layer, unit):
                    weight = float(row[source])
                    style = "negative" if weight < 0 else "positive"
                    width = _THIN + (_THICK - _THIN) * abs(weight) / self._largest
                    ends = f"({_key(layer - 1, source)}) -- ({_key(layer, unit)})"
                    yield rf"\draw[{style}, line width={width:.2f}pt] {ends};"

    def weights(self) -> Iterator[str]:
        """The weights at their lines and over all of them, those of a source in a column of their
        own, so that none covers another."""
        network = self._network
        for layer in filter(self._is_named, range(1, network.depth + 1)):
            sources = network.sizes[layer - 1]
            for unit in range(network.sizes[layer]):
                for source in network.sources_of(layer, unit):
                    words = self._value(Parameter(layer, unit, source))
                    label = f"node[weight, pos={(source + 0.5) / sources:.3f}] {{${words}$}}"
                    start, end = _key(layer - 1, source), _key(layer, unit)
                    yield rf"\path ({start}) -- {label} ({end});"

    def unwritten(self) -> str:
        """The weights that are not written at their lines, as comments."""
        network = self._network
        lines = []
        for layer in range(1, network.depth + 1):
            if self._is_named(layer):
                continue
            for unit in range(network.sizes[layer]):
                for source in network.sources_of(layer, unit):
                    lines.append(f"% {self._value(Parameter(layer, unit, source))}\n")
        return "".join(lines)

    def _is_named(self, layer: int) -> bool:
        return max(self._network.sizes[layer - 1 : layer + 1]) <= MOST_NAMED

    @property
    def _row(self) -> float:
        """Centimetres from one unit to the next: room for the weights of the first column, which
        stand closest."""
        named = filter(self._is_named, range(1, self._network.depth + 1))
        sources = max((self._network.sizes[layer - 1] for layer in named), default=0)
        return max(_LEAST_ROW, 2 * _LINE * sources)

    def _gap(self, layer: int) -> float:
        """Centimetres from the layer before to a layer: a column of weights for each source."""
        if not self._is_named(layer):
            return 2 * _LEAST_COLUMN
        network, texts = self._network, []
        for unit in range(network.sizes[layer]):
            for source in range(network.sizes[layer - 1]):
                parameter = Parameter(layer, unit, source)
                number = self._writer.number(float(self._theta[network.index(parameter)]))
                texts.append(f"{self._symbols.parameter(parameter).text} = {_seen(number)}")
        column = _DIGIT * max(map(len, texts)) + 0.2
        return max(_LEAST_COLUMN, _NODE + column * network.sizes[layer - 1])

    def _bias(self, layer: int, unit: int) -> str:
        parameter = self._network.bias_parameter(layer, unit) if layer else None
        return "" if parameter is None else self._value(parameter)

    def _value(self, parameter: Parameter) -> str:
        """A parameter and its value in math mode."""
        value = self._writer.number(float(self._theta[self._network.index(parameter)]))
        return f"{self._writer.name(self._symbols.parameter(parameter))} = {value}"


def _seen(number: str) -> str:
    r"""About what is seen of a number: 3.5 \cdot 10^{-5} is some eight characters wide."""
    return number.replace(r"\cdot", "·").translate({ord(char): None for char in "{}^ "})


def _key(layer: int, unit: int) -> str:
    """What TikZ calls a node."""
    return f"n{layer}-{unit}"
