"""Penalties: what large weights cost, as addends of the loss beside that of the data.

    E = E_data + λ₂ · ½ Σ w² + λ₁ Σ |w|        ∂E/∂w = ∂E_data/∂w + λ₂ w + λ₁ sign(w)

They are added once to the loss of a batch, whether that is its samples' sum or mean. With the ½ the
slope of the first is λ₂ w; |w| has a kink at 0, where its slope is taken as 0.

This is no weight decay (see AdamW in engine.maths.optimizers), which no loss knows of: there a
share of the weight is taken off beside the step, and the optimizer remembers nothing of it.

Source: I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, MIT Press 2016, section 7.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from engine.maths.activations import Array
from engine.maths.network import Network

_Strength = Annotated[float, Meta(ge=0.0, lt=1e12)]


class Penalty(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What large weights cost: l2 times half the sum of their squares, and l1 times the sum of
    their sizes, over all weights, and over biases too if they are to count."""

    l2: _Strength = 0.0
    l1: _Strength = 0.0
    biases: bool = False

    @property
    def parts(self) -> tuple[tuple[PenaltyRule, float], ...]:
        """The addends of the loss that there are, each with its λ."""
        strengths = ((rule, getattr(self, key)) for key, rule in PENALTIES.items())
        return tuple((rule, strength) for rule, strength in strengths if strength)

    def counted(self, network: Network) -> Array:
        """1 for each parameter that counts, 0 for the others and where an edge is cut, shape
        (size,)."""
        mask = np.zeros(network.size)
        for number in range(1, network.depth + 1):
            network.weights(mask, number)[:] = 1.0 - network.weights(network.cut, number)
            b = network.biases(mask, number)
            if b is not None and self.biases:
                b[:] = 1.0
        return mask

    def cost(self, w: Array) -> Array:
        """What is added to the loss, shape (…), for parameters of shape (…, size) with zeros for
        those that do not count."""
        return np.asarray(sum(strength * rule.cost(w) for rule, strength in self.parts))

    def slope(self, w: Array) -> Array:
        """What is added to the gradient, of the shape of the same parameters."""
        return np.asarray(sum(strength * rule.slope(w) for rule, strength in self.parts))


def in_words(penalty: Penalty) -> str:
    """A penalty in a few words: L2 penalty 0.01 and L1 penalty 0.001, biases too."""
    parts = [f"{rule.title} penalty {strength:g}" for rule, strength in penalty.parts]
    if not parts:
        return "no penalty"
    return " and ".join(parts) + (", biases too" if penalty.biases else "")


class PenaltyRule(Struct, frozen=True):
    """One penalty: its names, its symbol λ, the cost Σ of parameters (…, size) and its slope by
    each of them, both without λ."""

    key: str
    title: str
    symbol: str
    formula: str
    derivative: str
    cost: Callable[[Array], Array]
    slope: Callable[[Array], Array]


PENALTIES: dict[str, PenaltyRule] = {
    rule.key: rule
    for rule in (
        PenaltyRule(
            "l2",
            "L2",
            "λ_2",
            "λ₂/2 Σ w²",
            "λ₂ w",
            lambda w: 0.5 * (w * w).sum(axis=-1),
            lambda w: w,
        ),
        PenaltyRule(
            "l1",
            "L1",
            "λ_1",
            "λ₁ Σ |w|",
            "λ₁ sign(w)",
            lambda w: np.abs(w).sum(axis=-1),
            np.sign,
        ),
    )
}
