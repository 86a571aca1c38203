"""Quantities of an iteration by their symbols: what a person types when they mean a step.

Read are the symbols that the window shows, in any of its notations (z_h1, net_h1, δ_o1, ∂E/∂w5,
w5, w¹₁₁), and what a keyboard has for them (delta_o1, dE/dw5, w111). A parameter's own name means
its value after the update.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from msgspec import UNSET

from engine.documents.document import Published
from engine.formulas.notation import DEFAULT, Notation
from engine.learn.published.printed import read_printed
from engine.maths.metrics import METRICS
from engine.maths.network import Network
from engine.run.steps import StepId, Steps, symbol_of
from engine.text.wording import shortened

MOST_STEPS = 5000  # of a network whose quantities can be named one by one
_LINE = re.compile(r"(.*[^\s=:≈])[\s=:≈]+(\S+)")
_WAYS = (
    Notation(),
    Notation("y", "ŷ", "net", "L", "named"),
    Notation("y", "out", "z", "C", "named"),
    *(Notation(loss=letter, parameters="indexed") for letter in "ELC"),
)
_TYPED = str.maketrans(
    {
        **{"∂": "d", "δ": "delta", "Δ": "delta", "ŷ": "yhat", "′": "'", "_": None, " ": None},
        **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)),
        **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)),
    }
)


class Quantity(NamedTuple):
    """A step, or a metric over the whole training set (a key of METRICS); the other is None."""

    step: StepId | None
    metric: str | None = None

    @property
    def of_sample(self) -> bool:
        """Whether each sample has its own."""
        return self.step is not None and self.step.of_sample

    def symbol(self, network: Network, notation: Notation = DEFAULT) -> str:
        """How it is written: as symbol_of does, with "after" for the loss after the update."""
        if self.step is None:
            assert self.metric is not None
            return METRICS[self.metric].title
        symbol = symbol_of(network, self.step, notation)
        return f"{symbol} after" if self.step.kind == "loss_after" else symbol


def quantity_of(figure: Published) -> Quantity:
    """What a figure is of."""
    return Quantity(figure.step or None, figure.metric or None)


class Quantities:
    """All quantities of a network, to be found by what a person types."""

    def __init__(self, network: Network, notation: Notation = DEFAULT) -> None:
        """Raises ValueError with a sentence for a network that has too many."""
        steps = Steps(network)
        if len(steps) > MOST_STEPS:
            raise ValueError(
                f"This network has {len(steps)} quantities an iteration; figures can be typed in "
                f"for those that have {MOST_STEPS} at most."
            )
        self._made = [Quantity(steps.id_at(k)) for k in range(len(steps))]
        self._made += [Quantity(None, key) for key in METRICS]
        self.symbols = tuple(each.symbol(network, notation) for each in self._made)
        self._exact: dict[str, Quantity] = {}
        self._typed: dict[str, set[Quantity]] = {}
        for way in (notation, *_WAYS):
            self._learn((each.symbol(network, way), each) for each in self._made)

    def _learn(self, named: Iterable[tuple[str, Quantity]]) -> None:
        for symbol, quantity in named:
            self._exact.setdefault(symbol, quantity)
            self._typed.setdefault(_key(symbol), set()).add(quantity)

    def find(self, text: str) -> Quantity:
        """The quantity that a text means. Raises ValueError with a sentence."""
        wanted = text.strip()
        if wanted in self._exact:
            return self._exact[wanted]
        found = self._typed.get(_key(wanted), set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise ValueError(
                f'"{shortened(wanted)}" may mean several; write it as the window does.'
            )
        if not wanted:
            raise ValueError(f"Which quantity? Write its symbol, such as {self._examples()}.")
        raise ValueError(
            f'There is no "{shortened(wanted)}" here; write a symbol such as {self._examples()}.'
        )

    def _examples(self) -> str:
        """Symbols of three different kinds: an activation, a gradient, an updated parameter."""
        kinds = ("activation", "weight_gradient", "weight_update")
        first = {
            each.step.kind: symbol
            for each, symbol in zip(reversed(self._made), reversed(self.symbols), strict=True)
            if each.step is not None
        }
        return ", ".join(first[kind] for kind in kinds if kind in first)


def _key(text: str) -> str:
    return text.translate(_TYPED).casefold()


def read_lines(
    text: str, quantities: Quantities, iteration: int, sample: int
) -> tuple[Published, ...]:
    """Figures from pasted lines such as "w5 0.35891648", of one iteration and sample.

    Between symbol and number stand blanks, a tab, "=", ":" or "≈". Raises ValueError with a
    sentence that names the line.
    """
    figures = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        try:
            if match is None:
                raise ValueError("expected a symbol and a number, as in w5 0.35891648.")
            figures.append(figure(quantities.find(match[1]), iteration, sample, match[2]))
        except ValueError as error:
            raise ValueError(f"Line {number}: {error}") from None
    if not figures:
        raise ValueError("There are no lines here such as w5 0.35891648.")
    return tuple(figures)


def figure(quantity: Quantity, iteration: int, sample: int, typed: str) -> Published:
    """A figure as a person types it. Raises ValueError for what is no number."""
    return Published(
        iteration=iteration,
        step=quantity.step or UNSET,
        metric=quantity.metric or UNSET,
        sample=sample if quantity.of_sample else UNSET,
        printed=read_printed(typed),
    )
