"""Losses, as a table, a table of their settings, and which output activation goes with which loss.

Every loss here is a sum over the outputs of one sample; over the samples of a batch it is summed
or averaged (the reduction). So the loss of a batch is E = Σ_s E_s or E = (1/n) Σ_s E_s, and a
gradient is the same sum or mean of the samples' gradients.

Sources: C. Bishop, Pattern Recognition and Machine Learning, Springer 2006, sections 4.3.2, 4.3.4
and 5.2 (the pairing of output activations and losses); P. Huber, Robust estimation of a location
parameter, Annals of Mathematical Statistics 35 (1964), for Huber's loss; C. Cortes, V. Vapnik,
Support-vector networks, Machine Learning 20 (1995), for the hinge loss.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from msgspec import Struct
from msgspec.structs import force_setattr, replace

from engine.maths.activations import ACTIVATIONS, Array
from engine.maths.setting import Setting

REDUCTIONS = ("sum", "mean")
_INFINITY = float("inf")

THRESHOLD = "delta"

LOSS_SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Setting(
            key=THRESHOLD,
            title="threshold of the Huber loss",
            label="Threshold δ",
            brief="δ",
            symbol="δ_H",
            listed="threshold",
            default=1.0,
            high=1e12,
            limits="the threshold of the Huber loss lies above 0 and below 1e12",
        ),
    )
}


class LossSettings(Struct, frozen=True):
    """What a loss is set to: numbers by their keys in LOSS_SETTINGS, and the one output that it
    speaks of (from 0), where it is of one alone.

    Numbers that are not given have their defaults; what a loss does not read is kept for when
    another one is chosen.
    """

    numbers: Mapping[str, float] = MappingProxyType({})
    output: int = 0

    def __post_init__(self) -> None:
        kept = {k: x for k, x in self.numbers.items() if x != LOSS_SETTINGS[k].default}
        force_setattr(self, "numbers", MappingProxyType(kept))

    def __getitem__(self, setting: str) -> float:
        return self.numbers.get(setting, LOSS_SETTINGS[setting].default)

    def changed(self, **numbers: float) -> LossSettings:
        """The same with other numbers for some settings."""
        return LossSettings({**self.numbers, **numbers}, self.output)


class Loss(Struct, frozen=True, kw_only=True):
    """One loss.

    `terms(z, a, t)` gives the loss of every output, shape (samples, outputs). Where it reads z,
    because a tiny distance of a from its bound has lost digits, `of_outputs(a, t)` is the same as
    far as a tells; None where `terms` is a function of a and t.
    `slope(a, t)` gives ∂E_s/∂a of the same shape.
    `short_delta(a, t)` is ∂E_s/∂z where loss and activation shorten to one expression that is
    exact where the product slope · f'(z) would be 0/0; None where the product is used.
    `goes_with` is the one activation that an output may then have; None where it may have any.
    `bend(a, t)`, of the shape of `terms`, is 0 where the slope jumps; None where it nowhere does.

    `settings` are keys of LOSS_SETTINGS: `terms`, `slope` and `bend` take a number for each after
    their other arguments, and then, where the loss is that of `one_output`, the number of it. A row
    that has them given, and takes them no more, is what `loss_function` makes of it.

    `reduction` is fixed for a loss that is a mean by definition; None where the document chooses.
    `over_outputs` says that it is a mean over the outputs too, `doubled` that its slope has the
    factor 2 of a square without ½. Targets lie within `target_range`, and where the loss knows two
    classes only, each target is one of the two `classes`. Without `has_targets` it reads none.
    """

    key: str
    title: str
    formula: str
    derivative: str
    terms: Callable[..., Array]
    of_outputs: Callable[[Array, Array], Array] | None = None
    slope: Callable[..., Array]
    short_delta: Callable[[Array, Array], Array] | None = None
    goes_with: str | None = None
    bend: Callable[..., Array] | None = None
    settings: tuple[str, ...] = ()
    one_output: bool = False
    reduction: str | None = None
    over_outputs: bool = False
    doubled: bool = False
    target_range: tuple[float, float] = (-_INFINITY, _INFINITY)
    classes: tuple[float, float] | None = None
    has_targets: bool = True

    @property
    def of_net_input(self) -> bool:
        """Whether `terms` reads z."""
        return self.of_outputs is not None

    @property
    def activations(self) -> tuple[str, ...]:
        """Keys of the activations that an output layer may have with this loss."""
        return tuple(ACTIVATIONS) if self.goes_with is None else (self.goes_with,)

    @property
    def is_short(self) -> bool:
        """Whether ∂E_s/∂z is one expression, not a product."""
        return self.short_delta is not None

    def loss_units(self, settings: LossSettings, outputs: int) -> tuple[int, ...]:
        """The outputs, from 0, that have a term in the loss, of so many."""
        return (settings.output,) if self.one_output else tuple(range(outputs))


def loss_function(key: str, settings: LossSettings) -> Loss:
    """A loss, a key of LOSSES, with its settings given."""
    row = LOSSES[key]
    given: list[float] = [settings[name] for name in row.settings]
    if row.one_output:
        given.append(settings.output)
    if not given:
        return row

    def with_given(function: Callable[..., Array]) -> Callable[..., Array]:
        return lambda *arguments: function(*arguments, *given)

    bend = None if row.bend is None else with_given(row.bend)
    return replace(row, terms=with_given(row.terms), slope=with_given(row.slope), bend=bend)


def _log_loss(z: Array, a: Array, t: Array) -> Array:
    """−t ln a − (1−t) ln(1−a) in terms of z, finite for any z."""
    return np.asarray(np.maximum(z, 0.0) - z * t + np.log1p(np.exp(-np.abs(z))))


def _cross_entropy_terms(z: Array, a: Array, t: Array) -> Array:
    return np.asarray(_log_loss(z, a, t) / z.shape[-1])


def _log_loss_slope(a: Array, t: Array) -> Array:
    return np.asarray((a - t) / (a * (1.0 - a)))


def _cross_entropy_slope(a: Array, t: Array) -> Array:
    return np.asarray(_log_loss_slope(a, t) / a.shape[-1])


def _logit(a: Array) -> Array:
    """The net input of a sigmoid that gives a."""
    return np.asarray(np.log(a) - np.log1p(-a))


def _categorical_terms(z: Array, a: Array, t: Array) -> Array:
    """−t_k ln a_k, the logarithm taken of z so that a tiny a_k is no infinity."""
    shifted = z - z.max(axis=-1, keepdims=True)
    log_a = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return np.asarray(-t * log_a)


def _softmax_delta(a: Array, t: Array) -> Array:
    return np.asarray(a * t.sum(axis=-1, keepdims=True) - t)


def _huber_terms(z: Array, a: Array, t: Array, delta: float) -> Array:
    """½ (t − a)² where |t − a| ≤ δ, beyond it the straight line that goes on with its slope."""
    error = np.abs(t - a)
    return np.where(error <= delta, 0.5 * error**2, delta * (error - 0.5 * delta))


def _huber_slope(a: Array, t: Array, delta: float) -> Array:
    return np.minimum(np.maximum(a - t, -delta), delta)


def _hinge_slope(a: Array, t: Array) -> Array:
    # Where t a = 1 the slope is not defined; 0 is what the large libraries use.
    return np.where(t * a < 1.0, -t, 0.0)


def _only(output: int, values: Array) -> Array:
    """The values of one output, and 0 for the others."""
    alone = np.zeros_like(values)
    alone[..., output] = values[..., output]
    return alone


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
            of_outputs=lambda a, t: _cross_entropy_terms(_logit(a), a, t),
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
            short_delta=_softmax_delta,
            goes_with="softmax",
            reduction="mean",
            target_range=(0.0, 1.0),
        ),
        Loss(
            key="summed_binary_cross_entropy",
            title="summed binary cross-entropy",
            formula="−Σ (t ln a + (1 − t) ln(1 − a))",
            derivative="(a − t) / (a (1 − a))",
            terms=_log_loss,
            of_outputs=lambda a, t: _log_loss(_logit(a), a, t),
            slope=_log_loss_slope,
            short_delta=lambda a, t: a - t,
            goes_with="sigmoid",
            target_range=(0.0, 1.0),
        ),
        Loss(
            key="summed_categorical_cross_entropy",
            title="summed categorical cross-entropy",
            formula="Σ (−t ln a)",
            derivative="−t / a",
            terms=_categorical_terms,
            of_outputs=lambda a, t: -t * np.log(a),
            slope=lambda a, t: -t / a,
            short_delta=_softmax_delta,
            goes_with="softmax",
            target_range=(0.0, 1.0),
        ),
        Loss(
            key="mean_absolute_error",
            title="mean absolute error",
            formula="mean |t − a|",
            derivative="sign(a − t) / outputs",
            terms=lambda z, a, t: np.abs(t - a) / a.shape[-1],
            # Where a = t the slope is not defined; 0 is what the large libraries use.
            slope=lambda a, t: np.sign(a - t) / a.shape[-1],
            bend=lambda a, t: a - t,
            reduction="mean",
            over_outputs=True,
        ),
        Loss(
            key="huber",
            title="Huber loss",
            formula="Σ ½ (t − a)² up to |t − a| = δ, then straight",
            derivative="a − t, kept within ±δ",
            terms=_huber_terms,
            slope=_huber_slope,
            settings=(THRESHOLD,),
        ),
        Loss(
            key="hinge",
            title="hinge loss",
            formula="Σ max(0, 1 − t a)",
            derivative="−t where t a < 1, else 0",
            terms=lambda z, a, t: np.maximum(0.0, 1.0 - t * a),
            slope=_hinge_slope,
            bend=lambda a, t: t * a - 1.0,
            classes=(-1.0, 1.0),
        ),
        Loss(
            key="output_itself",
            title="the output itself",
            formula="a",
            derivative="1",
            terms=lambda z, a, t, output: _only(output, a),
            slope=lambda a, t, output: _only(output, np.ones_like(a)),
            one_output=True,
            has_targets=False,
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


def usual_loss(activation: str, loss: str = "") -> str:
    """Key of the loss that an output layer with this activation has until another one is chosen:
    `loss` if it goes with it, and with shares of a whole layer the one that is made for them.
    Empty where no loss goes with it."""
    possible = losses_for(activation)
    if not ACTIVATIONS[activation].elementwise:
        made_for_it = tuple(key for key in possible if LOSSES[key].goes_with == activation)
        possible = made_for_it or possible
    return loss if loss in possible else next(iter(possible), "")


def reduce_samples(per_sample: Array, reduction: str) -> Array:
    """The loss of a batch, shape (…), from its samples' losses, shape (…, samples)."""
    loss: Array = per_sample.mean(-1) if reduction == "mean" else per_sample.sum(-1)
    return loss
