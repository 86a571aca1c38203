"""Clipping: how a gradient that is too large is cut before it moves the parameters.

    by norm     g ← c/‖g‖ · g where ‖g‖ > c, the length over all parameters that are updated
    by value    g ← min(max(g, −c), c), each on its own

It is a step of the update: the gradient that is shown, and checked, is the one before.

Source: R. Pascanu, T. Mikolov, Y. Bengio, On the difficulty of training recurrent neural networks,
ICML 2013, algorithm 1. PyTorch adds 1e-6 to the length.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from engine.maths.activations import Array


class Clipping(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a gradient is cut before it moves the parameters (none: not at all; norm: all of it to
    this length; value: each entry to this size)."""

    name: str = "none"
    limit: Annotated[float, Meta(gt=0.0, lt=1e12)] = 1.0

    @property
    def is_on(self) -> bool:
        """Whether anything is cut at all."""
        return self.name != "none"

    def clipped(self, gradient: Array) -> Array:
        """A gradient of shape (…, size), cut; entries of what is not updated are 0."""
        return CLIPPINGS[self.name].clip(gradient, self.limit)


class ClippingRule(Struct, frozen=True, kw_only=True):
    """One way to cut: `clip(gradient, limit)` gives the gradient that is used."""

    key: str
    title: str
    formula: str
    clip: Callable[[Array, float], Array]


def length(gradient: Array) -> Array:
    """‖g‖ of gradients of shape (…, size), shape (…, 1)."""
    return np.asarray(np.sqrt((gradient * gradient).sum(axis=-1, keepdims=True)))


CLIPPINGS: dict[str, ClippingRule] = {
    rule.key: rule
    for rule in (
        ClippingRule(
            key="none",
            title="none",
            formula="",
            clip=lambda gradient, limit: gradient,
        ),
        ClippingRule(
            key="norm",
            title="by norm",
            formula="g ← c/|g| · g where |g| > c",
            clip=lambda gradient, limit: gradient * (limit / np.maximum(length(gradient), limit)),
        ),
        ClippingRule(
            key="value",
            title="by value",
            formula="g ← min(max(g, −c), c)",
            clip=lambda gradient, limit: np.minimum(np.maximum(gradient, -limit), limit),
        ),
    )
}
