"""Start values drawn from a seed, as a table of initializers and a table of their settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from types import MappingProxyType

import numpy as np
from msgspec import Struct
from msgspec.structs import force_setattr

from engine.maths.activations import Array
from engine.maths.setting import Setting

INITIALIZER_SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Setting(
            key="low",
            title="lowest start value",
            label="From",
            brief="From",
            symbol="low",
            default=-0.5,
            low=-1e6,
            high=1e6,
            limits="the lowest start value lies above −1e6 and below 1e6",
        ),
        Setting(
            key="high",
            title="highest start value",
            label="To",
            brief="To",
            symbol="high",
            default=0.5,
            low=-1e6,
            high=1e6,
            limits="the highest start value lies above −1e6 and below 1e6",
        ),
        Setting(
            key="sd",
            title="standard deviation of the start values",
            label="Std deviation σ",
            brief="σ",
            symbol="σ",
            default=0.1,
            high=1e6,
            limits="a standard deviation lies above 0 and below 1e6",
        ),
        Setting(
            key="value",
            title="start value",
            label="Value c",
            brief="c",
            symbol="c",
            default=0.1,
            low=-1e6,
            high=1e6,
            limits="a start value lies above −1e6 and below 1e6",
        ),
    )
}


class InitializerSettings(Struct, frozen=True):
    """What an initializer is set to: numbers by their keys in INITIALIZER_SETTINGS.

    Those that are not given have their defaults; what an initializer does not read is kept for when
    another one is chosen.
    """

    numbers: Mapping[str, float] = MappingProxyType({})

    def __post_init__(self) -> None:
        kept = {k: x for k, x in self.numbers.items() if x != INITIALIZER_SETTINGS[k].default}
        force_setattr(self, "numbers", MappingProxyType(kept))

    def __getitem__(self, setting: str) -> float:
        return self.numbers.get(setting, INITIALIZER_SETTINGS[setting].default)

    def changed(self, **numbers: float) -> InitializerSettings:
        """The same with other numbers for some settings."""
        return InitializerSettings({**self.numbers, **numbers})


AS_USUAL = InitializerSettings()


class Initializer(Struct, frozen=True):
    """How one layer's start values are drawn: `formula` says it in words, of a layer with n_in
    units before it and n_out of its own.

    `weights(generator, n_out, n_in)` returns shape (n_out, n_in);
    `biases(generator, count)` returns shape (count,).
    `settings` are keys of INITIALIZER_SETTINGS: both take a number for each after their other
    arguments.
    """

    key: str
    title: str
    formula: str
    weights: Callable[..., Array]
    biases: Callable[..., Array]
    settings: tuple[str, ...] = ()


def in_words(key: str, settings: InitializerSettings) -> str:
    """An initializer by name, with what it is set to: "normal, σ 0.1"."""
    rule = INITIALIZERS[key]
    set_to = [
        f"{INITIALIZER_SETTINGS[each].symbol} {settings[each]:g}".replace("-", "−")
        for each in rule.settings
    ]
    return ", ".join([rule.title.partition(",")[0], *set_to])


def _zeros(generator: np.random.Generator, count: int, *settings: float) -> Array:
    return np.zeros(count)


Weights = Callable[["np.random.Generator", int, int], Array]  # quoted: no start needs to load it


def _uniform(low: float, high: float) -> Weights:
    return lambda generator, n_out, n_in: generator.uniform(low, high, (n_out, n_in))


def _within(variance: Callable[[int, int], float]) -> Weights:
    """Uniform and even around 0, with a variance that follows from n_out and n_in: that of
    ±bound is bound² / 3."""

    def weights(generator: np.random.Generator, n_out: int, n_in: int) -> Array:
        bound = sqrt(3.0 * variance(n_out, n_in))
        return generator.uniform(-bound, bound, (n_out, n_in))

    return weights


def _normal(variance: Callable[[int, int], float]) -> Weights:
    """Normal around 0, with a variance that follows from n_out and n_in."""

    def weights(generator: np.random.Generator, n_out: int, n_in: int) -> Array:
        return generator.normal(0.0, sqrt(variance(n_out, n_in)), (n_out, n_in))

    return weights


def _glorot(generator: np.random.Generator, n_out: int, n_in: int) -> Array:
    # Not by its variance: √(3 · 2 / n) may differ from √(6 / n) in the last digit.
    bound = sqrt(6.0 / (n_in + n_out))
    return generator.uniform(-bound, bound, (n_out, n_in))


INITIALIZERS: dict[str, Initializer] = {
    initializer.key: initializer
    for initializer in (
        Initializer(
            "uniform_0_1",
            "uniform from 0 to 1",
            "weights and biases from 0 to 1",
            _uniform(0.0, 1.0),
            lambda generator, count: generator.uniform(0.0, 1.0, count),
        ),
        Initializer(
            "uniform_pm_1",
            "uniform from −1 to 1",
            "weights and biases from −1 to 1",
            _uniform(-1.0, 1.0),
            lambda generator, count: generator.uniform(-1.0, 1.0, count),
        ),
        Initializer(
            "uniform",
            "uniform",
            "weights and biases from low to high",
            lambda generator, n_out, n_in, low, high: generator.uniform(low, high, (n_out, n_in)),
            lambda generator, count, low, high: generator.uniform(low, high, count),
            ("low", "high"),
        ),
        Initializer(
            "normal",
            "normal, biases 0",
            "normal around 0, standard deviation σ",
            lambda generator, n_out, n_in, sd: generator.normal(0.0, sd, (n_out, n_in)),
            _zeros,
            ("sd",),
        ),
        # X. Glorot, Y. Bengio, AISTATS 2010, formulas 16 and 12.
        Initializer(
            "glorot_uniform",
            "Glorot uniform, biases 0",
            "within ±√(6 / (n_in + n_out))",
            _glorot,
            _zeros,
        ),
        Initializer(
            "glorot_normal",
            "Glorot normal, biases 0",
            "normal, variance 2 / (n_in + n_out)",
            _normal(lambda n_out, n_in: 2.0 / (n_in + n_out)),
            _zeros,
        ),
        # K. He et al., ICCV 2015, formula 10.
        Initializer(
            "he_uniform",
            "He uniform, biases 0",
            "within ±√(6 / n_in)",
            _within(lambda n_out, n_in: 2.0 / n_in),
            _zeros,
        ),
        Initializer(
            "he_normal",
            "He normal, biases 0",
            "normal, variance 2 / n_in",
            _normal(lambda n_out, n_in: 2.0 / n_in),
            _zeros,
        ),
        # Y. LeCun et al., Efficient BackProp, 1998, formula 16.
        Initializer(
            "lecun_uniform",
            "LeCun uniform, biases 0",
            "within ±√(3 / n_in)",
            _within(lambda n_out, n_in: 1.0 / n_in),
            _zeros,
        ),
        Initializer(
            "lecun_normal",
            "LeCun normal, biases 0",
            "normal, variance 1 / n_in",
            _normal(lambda n_out, n_in: 1.0 / n_in),
            _zeros,
        ),
        Initializer(
            "zeros",
            "all zero",
            "0 for every weight and bias",
            lambda generator, n_out, n_in: np.zeros((n_out, n_in)),
            _zeros,
        ),
        Initializer(
            "constant",
            "constant",
            "c for every weight and bias",
            lambda generator, n_out, n_in, value: np.full((n_out, n_in), value),
            lambda generator, count, value: np.full(count, value),
            ("value",),
        ),
    )
}
