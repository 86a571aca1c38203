"""Losses, as a table, and which output activation goes with which loss.

Every loss here is a sum over the outputs of one sample; over the samples of a batch it is summed
or averaged (the reduction). So the loss of a batch is E = Σ_s E_s or E = (1/n) Σ_s E_s, and a
gradient is the same sum or mean of the samples' gradients.

Source: C. Bishop, Pattern Recognition and Machine Learning, Springer 2006, sections 4.3.2, 4.3.4
and 5.2 (the pairing of output activations and losses).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from engine.maths.activations import ACTIVATIONS, Array

REDUCTIONS = ("sum", "mean")


class Loss(Struct, frozen=True):
    """One loss.

    `terms(z, a, t)` gives the loss of every output, shape (samples, outputs).
    `slope(a, t)` gives ∂E_s/∂a of the same shape.
    `short_delta(a, t)` is ∂E_s/∂z where loss and activation shorten to one expression that is
    exact where the product slope · f'(z) would be 0/0; None where the product is used.
    `reduction` is fixed for a loss that is a mean by definition; None where the document chooses.
    `of_net_input` says whether `terms` reads z; else it is a function of a and t.
    """

    key: str
    title: str
    formula: str
    derivative: str
    terms: Callable[[Array, Array, Array], Array]
    slope: Callable[[Array, Array], Array]
    short_delta: Callable[[Array, Array], Array] | None
    reduction: str | None
    target_range: tuple[float, float]
    of_net_input: bool = False

    @property
    def is_short(self) -> bool:
        """Whether ∂E_s/∂z is one expression, not a product."""
        return self.short_delta is not None

    def delta(self, activation: str, z: Array, a: Array, t: Array) -> Array:
        """Node deltas ∂E_s/∂z of the output layer, shape (samples, outputs)."""
        if self.short_delta is not None:
            return self.short_delta(a, t)
        slope = ACTIVATIONS[activation].slope
        assert slope is not None, "a pair outside OUTPUT_PAIRS reached the engine"
        return self.slope(a, t) * slope(z, a)


def _cross_entropy_terms(z: Array, a: Array, t: Array) -> Array:
    """−t ln a − (1−t) ln(1−a) in terms of z, finite for any z; divided by the outputs."""
    return np.asarray(
        (np.maximum(z, 0.0) - z * t + np.log1p(np.exp(-np.abs(z)))) / z.shape[-1]
    )


def _cross_entropy_slope(a: Array, t: Array) -> Array:
    return np.asarray((a - t) / (a * (1.0 - a)) / a.shape[-1])


def _categorical_terms(z: Array, a: Array, t: Array) -> Array:
    """−t_k ln a_k, the logarithm taken of z so that a tiny a_k is no infinity."""
    shifted = z - z.max(axis=-1, keepdims=True)
    log_a = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return np.asarray(-t * log_a)


_INFINITY = float("inf")

LOSSES: dict[str, Loss] = {
    loss.key: loss
    for loss in (
        Loss(
            "half_squared_error",
            "half squared error",
            "½ Σ (t − a)²",
            "a − t",
            lambda z, a, t: 0.5 * (t - a) ** 2,
            lambda a, t: a - t,
            None,
            None,
            (-_INFINITY, _INFINITY),
        ),
        Loss(
            "squared_error",
            "squared error",
            "Σ (t − a)²",
            "2 (a − t)",
            lambda z, a, t: (t - a) ** 2,
            lambda a, t: 2.0 * (a - t),
            None,
            None,
            (-_INFINITY, _INFINITY),
        ),
        Loss(
            "mean_squared_error",
            "mean squared error",
            "mean (t − a)²",
            "2 (a − t) / outputs",
            lambda z, a, t: (t - a) ** 2 / a.shape[-1],
            lambda a, t: 2.0 * (a - t) / a.shape[-1],
            None,
            "mean",
            (-_INFINITY, _INFINITY),
        ),
        Loss(
            "binary_cross_entropy",
            "binary cross-entropy",
            "−mean (t ln a + (1 − t) ln(1 − a))",
            "(a − t) / (a (1 − a)) / outputs",
            _cross_entropy_terms,
            _cross_entropy_slope,
            lambda a, t: (a - t) / a.shape[-1],
            "mean",
            (0.0, 1.0),
            of_net_input=True,
        ),
        Loss(
            "categorical_cross_entropy",
            "categorical cross-entropy",
            "−Σ t ln a",
            "−t / a",
            _categorical_terms,
            lambda a, t: -t / a,
            lambda a, t: a * t.sum(axis=-1, keepdims=True) - t,
            "mean",
            (0.0, 1.0),
            of_net_input=True,
        ),
    )
}

_ELEMENTWISE = ("sigmoid", "tanh", "relu", "leaky_relu", "linear", "step")

# The one table of what may stand at the output: loss -> activations.
OUTPUT_PAIRS: dict[str, tuple[str, ...]] = {
    "half_squared_error": _ELEMENTWISE,
    "squared_error": _ELEMENTWISE,
    "mean_squared_error": _ELEMENTWISE,
    "binary_cross_entropy": ("sigmoid",),
    "categorical_cross_entropy": ("softmax",),
}


def losses_for(activation: str) -> tuple[str, ...]:
    """Keys of the losses that an output layer with this activation may have."""
    return tuple(key for key, activations in OUTPUT_PAIRS.items() if activation in activations)


def reduce_samples(per_sample: Array, reduction: str) -> Array:
    """The loss of a batch, shape (…), from its samples' losses, shape (…, samples)."""
    loss: Array = per_sample.mean(-1) if reduction == "mean" else per_sample.sum(-1)
    return loss
