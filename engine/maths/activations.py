"""Activations, as a table of functions with their slopes and what is true of them, and a table of
their settings. The functions are those of engine.maths.activation_functions, where sources stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from engine.maths import activation_functions as functions
from engine.maths.activation_functions import LEAKY_SLOPE
from engine.maths.activation_functions import Array as Array  # with the table, who reads either
from engine.maths.setting import Setting

_INFINITY = float("inf")

ACTIVATION_SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Setting(
            key="gain",
            title="gain",
            label="Gain λ",
            brief="λ",
            symbol="λ",
            default=1.0,
            high=1e6,
            limits="a gain lies above 0 and below 1e6",
        ),
        Setting(
            key="alpha",
            title="alpha",
            label="Alpha α",
            brief="α",
            symbol="α",
            default=1.0,
            high=1e6,
            limits="alpha lies above 0 and below 1e6",
        ),
        Setting(
            key="leak",
            title="slope below 0",
            label="Below 0, α",
            brief="α",
            symbol="α",
            default=LEAKY_SLOPE,
            limits="the slope below 0 lies between 0 and 1",
        ),
        Setting(
            key="slope",
            title="slope",
            label="Slope c",
            brief="c",
            symbol="c",
            default=1.0,
            high=1e6,
            limits="the slope of a linear unit lies above 0 and below 1e6",
        ),
    )
}


class Activation(Struct, frozen=True, kw_only=True):
    """One activation function.

    `apply(z)` maps net inputs (any shape, samples as rows) to activations of the same shape.
    `slope(z, a)` gives f'(z) elementwise; it takes a = f(z) too, since several slopes are
    cheapest in terms of it. Where each activation of a layer depends on all of its net inputs, as
    with softmax, which stands only at an output, `slope` is None, and `sent_back(error, a)` takes
    its place: from ∂E/∂a of a layer to ∂E/∂z, Σ_k ∂E/∂a_k · ∂a_k/∂z, of the same shape.

    `symbol` is how formulas call it. `range` are the bounds of its values. `curved` says that its
    slope at a differs from that at z, `straight` that it is 1 everywhere. `kinks` are the net
    inputs at which the slope jumps; below `flat_below` and above `flat_above` the slope is 0 and a
    unit is dead, beyond `saturates` (in size) it hardly reacts. `learns` says whether anything can
    be learnt through it: a network with a unit that does not is for going forward.

    `settings` are the keys of the ACTIVATION_SETTINGS that it reads. A row has their defaults;
    `remade(row, *values)` is the same function with other values of them, in that order.
    `derivative` is its slope in words, and `suits` says what it is chosen for.
    """

    key: str
    title: str
    symbol: str = "f"
    formula: str
    derivative: str = ""
    suits: str = ""
    apply: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array] | None
    sent_back: Callable[[Array, Array], Array] | None = None
    range: tuple[float, float]
    curved: bool = False
    straight: bool = False
    kinks: tuple[float, ...] = ()
    flat_below: float = -_INFINITY
    flat_above: float = _INFINITY
    saturates: float = _INFINITY
    learns: bool = True
    settings: tuple[str, ...] = ()
    remade: Callable[..., Activation] | None = None

    @property
    def elementwise(self) -> bool:
        """Whether a unit's activation depends on its own net input alone; softmax's are shares of
        the whole layer."""
        return self.slope is not None

    def with_settings(self, settings: Mapping[str, float]) -> Activation:
        """This row's function with settings of a layer, by their keys; those that it does not read
        change nothing. Its own name it has with the usual ones only."""
        if self.remade is None:
            return self
        values = [settings[key] for key in self.settings]
        if values == [ACTIVATION_SETTINGS[key].default for key in self.settings]:
            return self
        return replace(self.remade(self, *values), symbol="f")


def all_activation_settings(given: Mapping[str, float]) -> dict[str, float]:
    """Values for all ACTIVATION_SETTINGS: those given, else the defaults."""
    return {key: setting.default for key, setting in ACTIVATION_SETTINGS.items()} | {**given}


def _with_gain(row: Activation, gain: float) -> Activation:
    """f(λz), whose slope is λ f′(λz): the larger λ, the steeper."""
    f, slope = row.apply, row.slope
    assert slope is not None
    return replace(
        row,
        apply=lambda z: f(functions.times(z, gain)),
        slope=lambda z, a: gain * slope(functions.times(z, gain), a),
        saturates=row.saturates / gain,
    )


def _with_leak(row: Activation, leak: float) -> Activation:
    return replace(
        row,
        apply=lambda z: functions.leaky_relu(z, leak),
        slope=lambda z, a: functions.leaky_relu_slope(z, a, leak),
    )


def _with_slope(row: Activation, slope: float) -> Activation:
    return replace(
        row,
        apply=lambda z: functions.times(z, slope),
        slope=lambda z, a: np.full_like(z, slope),
        straight=False,
    )


def _with_alpha(row: Activation, alpha: float) -> Activation:
    return replace(
        row,
        apply=lambda z: functions.elu(z, alpha),
        slope=lambda z, a: functions.elu_slope(z, a, alpha),
        range=(-alpha, _INFINITY),
        kinks=(0.0,),  # from α to 1
    )


ACTIVATIONS: dict[str, Activation] = {
    activation.key: activation
    for activation in (
        Activation(
            key="sigmoid",
            title="sigmoid",
            symbol="σ",
            formula="1 / (1 + e^−z)",
            derivative="a (1 − a)",
            suits="outputs that are a probability; the hidden units of most textbooks",
            apply=functions.sigmoid,
            slope=lambda z, a: a * (1.0 - a),
            range=(0.0, 1.0),
            curved=True,
            saturates=3.5,
            settings=("gain",),
            remade=_with_gain,
        ),
        Activation(
            key="bipolar_sigmoid",
            title="bipolar sigmoid",
            symbol="bsig",
            formula="2 / (1 + e^−z) − 1",
            derivative="½ (1 + a)(1 − a)",
            suits="hidden units, and targets of −1 and 1, in books of the 1980s and 1990s",
            apply=functions.bipolar,
            slope=lambda z, a: 0.5 * ((1.0 + a) * (1.0 - a)),
            range=(-1.0, 1.0),
            curved=True,
            saturates=3.5,
            settings=("gain",),
            remade=_with_gain,
        ),
        Activation(
            key="tanh",
            title="tanh",
            symbol="tanh",
            formula="tanh z",
            derivative="1 − a²",
            suits="hidden units of small networks, and targets of −1 and 1",
            apply=np.tanh,
            slope=lambda z, a: 1.0 - a * a,
            range=(-1.0, 1.0),
            curved=True,
            saturates=1.8,
        ),
        Activation(
            key="relu",
            title="ReLU",
            symbol="ReLU",
            formula="max(0, z)",
            derivative="1 where z > 0, else 0",
            suits="hidden units of deep networks",
            apply=functions.relu,
            slope=functions.relu_slope,
            range=(0.0, _INFINITY),
            kinks=(0.0,),
            flat_below=0.0,
        ),
        Activation(
            key="leaky_relu",
            title="leaky ReLU",
            symbol="LReLU",
            formula="z where z > 0, else α z",
            derivative="1 where z > 0, else α",
            suits="hidden units that must not die as those of ReLU can",
            apply=functions.leaky_relu,
            slope=functions.leaky_relu_slope,
            range=(-_INFINITY, _INFINITY),
            kinks=(0.0,),
            settings=("leak",),
            remade=_with_leak,
        ),
        Activation(
            key="elu",
            title="ELU",
            symbol="ELU",
            formula="z where z > 0, else α (e^z − 1)",
            derivative="1 where z > 0, else a + α",
            suits="hidden units of deep networks: smooth, and their mean is nearer to 0",
            apply=functions.elu,
            slope=functions.elu_slope,
            range=(-1.0, _INFINITY),
            curved=True,
            settings=("alpha",),
            remade=_with_alpha,
        ),
        Activation(
            key="gelu",
            title="GELU",
            symbol="GELU",
            formula="½ z (1 + erf(z / √2))",
            derivative="½ (1 + erf(z / √2)) + z e^(−z² / 2) / √(2π)",
            suits="hidden units of transformers",
            apply=functions.gelu,
            slope=functions.gelu_slope,
            range=(-0.16997120747990369, _INFINITY),
            curved=True,
        ),
        Activation(
            key="gelu_tanh",
            title="GELU by tanh",
            symbol="tGELU",
            formula="½ z (1 + tanh u), u = √(2/π) (z + 0.044715 z³)",
            derivative="½ (1 + tanh u) + ½ z (1 − tanh² u) √(2/π) (1 + 0.134145 z²)",
            suits="what GELU suits, in the form that GPT-2 and others have",
            apply=functions.tanh_gelu,
            slope=functions.tanh_gelu_slope,
            range=(-0.17004075057125412, _INFINITY),
            curved=True,
        ),
        Activation(
            key="silu",
            title="SiLU",
            symbol="SiLU",
            formula="z / (1 + e^−z)",
            derivative="σ(z) (1 + z (1 − σ(z)))",
            suits="hidden units of deep networks; also called swish",
            apply=functions.silu,
            slope=functions.silu_slope,
            range=(-0.27846454276107380, _INFINITY),
            curved=True,
        ),
        Activation(
            key="softplus",
            title="softplus",
            symbol="softplus",
            formula="ln(1 + e^z)",
            derivative="1 − e^−a",
            suits="outputs that are above 0; a ReLU without a kink",
            apply=functions.softplus,
            slope=lambda z, a: -np.expm1(-a),
            range=(0.0, _INFINITY),
            curved=True,
        ),
        Activation(
            key="softsign",
            title="softsign",
            symbol="softsign",
            formula="z / (1 + |z|)",
            derivative="(1 − |a|)²",
            suits="what tanh suits, nearing its bounds more slowly",
            apply=functions.softsign,
            slope=functions.softsign_slope,
            range=(-1.0, 1.0),
            curved=True,
        ),
        Activation(
            key="hard_tanh",
            title="hard tanh",
            symbol="htanh",
            formula="max(−1, min(1, z))",
            derivative="1 where −1 < z < 1, else 0",
            suits="what tanh suits, where each step is to be cheap or done by hand",
            apply=lambda z: np.clip(z, -1.0, 1.0),
            slope=lambda z, a: np.asarray(np.abs(z) < 1.0, dtype=np.float64),
            range=(-1.0, 1.0),
            kinks=(-1.0, 1.0),
            flat_below=-1.0,
            flat_above=1.0,
        ),
        Activation(
            key="linear",
            title="linear",
            formula="z",
            derivative="1",
            suits="outputs that may be any number",
            apply=lambda z: z,
            slope=lambda z, a: np.ones_like(z),
            range=(-_INFINITY, _INFINITY),
            straight=True,
            settings=("slope",),
            remade=_with_slope,
        ),
        Activation(
            key="softmax",
            title="softmax",
            formula="e^z / Σ e^z",
            derivative="a (1 − a), and −a a_k towards another output k",
            suits="outputs that are the shares of classes",
            apply=functions.softmax,
            slope=None,
            sent_back=functions.softmax_sent_back,
            range=(0.0, 1.0),
        ),
        Activation(
            key="step",
            title="step",
            formula="1 where z ≥ 0, else 0",
            derivative="0",
            suits="going forward through logic gates; nothing can be learnt through it",
            apply=functions.step,
            # There is none at the jump; nothing is sent back through it anyway.
            slope=lambda z, a: np.zeros_like(z),
            range=(0.0, 1.0),
            kinks=(0.0,),
            learns=False,
        ),
    )
}


def hidden_activations() -> tuple[str, ...]:
    """Keys of what a hidden layer may have, in the order of the table."""
    return tuple(key for key, activation in ACTIVATIONS.items() if activation.elementwise)
