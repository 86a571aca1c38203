"""Start values drawn from a seed, as a table of initializers."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
from msgspec import Struct

from engine.maths.activations import Array


class Initializer(Struct, frozen=True):
    """How one layer's start values are drawn: `formula` says it in words, of a layer with n_in
    units before it and n_out of its own.

    `weights(generator, n_out, n_in)` returns shape (n_out, n_in);
    `biases(generator, count)` returns shape (count,).
    """

    key: str
    title: str
    formula: str
    weights: Callable[[np.random.Generator, int, int], Array]
    biases: Callable[[np.random.Generator, int], Array]


def _zeros(generator: np.random.Generator, count: int) -> Array:
    return np.zeros(count)


Weights = Callable[[np.random.Generator, int, int], Array]


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
    )
}
