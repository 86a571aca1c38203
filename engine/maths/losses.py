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

from engine.maths.activations import ACTIVATIONS, Array, hidden_activations

REDUCTIONS = ("sum", "mean")
_INFINITY = float("inf")


class Loss(Struct, frozen=True, kw_only=True):
    """One loss.

    `terms(z, a, t)` gives the loss of every output, shape (samples, outputs). Where it reads z,
    because a tiny distance of a from its bound has lost digits, `of_outputs(a, t)` is the same as
    far as a tells; None where `terms` is a function of a and t.
    `slope(a, t)` gives ∂E_s/∂a of the same shape.
    `short_delta(a, t)` is ∂E_s/∂z where loss and activation shorten to one expression that is
    exact where the product slope · f'(z) would be 0/0; None where the product is used.
    `goes_with` is the one activation that an output may then have; None where it may have any that
    is elementwise.
    `reduction` is fixed for a loss that is a mean by definition; None where the document chooses.
    `over_outputs` says that it is a mean over the outputs too, `doubled` that its slope has the
    factor 2 of a square without ½. Targets lie within `target_range`.
    """

    key: str
    title: str
    formula: str
    derivative: str
    terms: Callable[[Array, Array, Array], Array]
    of_outputs: Callable[[Array, Array], Array] | None = None
    slope: Callable[[Array, Array], Array]
    short_delta: Callable[[Array, Array], Array] | None = None
    goes_with: str | None = None
    reduction: str | None = None
    over_outputs: bool = False
    doubled: bool = False
    target_range: tuple[float, float] = (-_INFINITY, _INFINITY)

    @property
    def of_net_input(self) -> bool:
        """Whether `terms` reads z."""
        return self.of_outputs is not None

    @property
    def activations(self) -> tuple[str, ...]:
        """Keys of the activations that an output layer may have with this loss."""
        return hidden_activations() if self.goes_with is None else (self.goes_with,)

    @property
    def is_short(self) -> bool:
        """Whether ∂E_s/∂z is one expression, not a product."""
        return self.short_delta is not None


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


LOSSES: dict[str, Loss] = {
    loss.key: loss
    for loss in (
        Loss(
            key="half_squared_error",
            title="half squared error",
            formula="½ Σ (t − a)²",
            derivative="a − t",
            terms=lambda z, a, t: 0.5 * (t - a) ** 2,
            slope=lambda a, t: a - t,
        ),
        Loss(
            key="squared_error",
            title="squared error",
            formula="Σ (t − a)²",
            derivative="2 (a − t)",
            terms=lambda z, a, t: (t - a) ** 2,
            slope=lambda a, t: 2.0 * (a - t),
            doubled=True,
        ),
        Loss(
            key="mean_squared_error",
            title="mean squared error",
            formula="mean (t − a)²",
            derivative="2 (a − t) / outputs",
            terms=lambda z, a, t: (t - a) ** 2 / a.shape[-1],
            slope=lambda a, t: 2.0 * (a - t) / a.shape[-1],
            reduction="mean",
            over_outputs=True,
            doubled=True,
        ),
        Loss(
            key="binary_cross_entropy",
            title="binary cross-entropy",
            formula="−mean (t ln a + (1 − t) ln(1 − a))",
            derivative="(a − t) / (a (1 − a)) / outputs",
            terms=_cross_entropy_terms,
            of_outputs=lambda a, t: _cross_entropy_terms(np.log(a) - np.log1p(-a), a, t),
            slope=_cross_entropy_slope,
            short_delta=lambda a, t: (a - t) / a.shape[-1],
            goes_with="sigmoid",
            reduction="mean",
            over_outputs=True,
            target_range=(0.0, 1.0),
        ),
        Loss(
            key="categorical_cross_entropy",
            title="categorical cross-entropy",
            formula="−Σ t ln a",
            derivative="−t / a",
            terms=_categorical_terms,
            of_outputs=lambda a, t: -t * np.log(a),
            slope=lambda a, t: -t / a,
            short_delta=lambda a, t: a * t.sum(axis=-1, keepdims=True) - t,
            goes_with="softmax",
            reduction="mean",
            target_range=(0.0, 1.0),
        ),
    )
}


def output_activations() -> tuple[str, ...]:
    """Keys of what an output layer may have with one loss or another, in the order of the table."""
    paired = {key for loss in LOSSES.values() for key in loss.activations}
    return tuple(key for key in ACTIVATIONS if key in paired)


def losses_for(activation: str) -> tuple[str, ...]:
    """Keys of the losses that an output layer with this activation may have."""
    return tuple(key for key, loss in LOSSES.items() if activation in loss.activations)


def reduce_samples(per_sample: Array, reduction: str) -> Array:
    """The loss of a batch, shape (…), from its samples' losses, shape (…, samples)."""
    loss: Array = per_sample.mean(-1) if reduction == "mean" else per_sample.sum(-1)
    return loss
