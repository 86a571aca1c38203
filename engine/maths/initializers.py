"""Start values drawn from a seed, as a table of initializers."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
from msgspec import Struct

from engine.maths.activations import Array


class Initializer(Struct, frozen=True):
    """How one layer's start values are drawn.

    `weights(generator, n_out, n_in)` returns shape (n_out, n_in);
    `biases(generator, count)` returns shape (count,).
    """

    key: str
    title: str
    weights: Callable[[np.random.Generator, int, int], Array]
    biases: Callable[[np.random.Generator, int], Array]


def _zeros(generator: np.random.Generator, count: int) -> Array:
    return np.zeros(count)


def _glorot(generator: np.random.Generator, n_out: int, n_in: int) -> Array:
    """X. Glorot, Y. Bengio, AISTATS 2010, formula 16: uniform within ±√(6 / (n_in + n_out))."""
    bound = sqrt(6.0 / (n_in + n_out))
    return generator.uniform(-bound, bound, (n_out, n_in))


def _he(generator: np.random.Generator, n_out: int, n_in: int) -> Array:
    """K. He et al., ICCV 2015, formula 10: normal with variance 2 / n_in."""
    return generator.normal(0.0, sqrt(2.0 / n_in), (n_out, n_in))


INITIALIZERS: dict[str, Initializer] = {
    initializer.key: initializer
    for initializer in (
        Initializer(
            "uniform_0_1",
            "uniform from 0 to 1",
            lambda generator, n_out, n_in: generator.uniform(0.0, 1.0, (n_out, n_in)),
            lambda generator, count: generator.uniform(0.0, 1.0, count),
        ),
        Initializer(
            "uniform_pm_1",
            "uniform from −1 to 1",
            lambda generator, n_out, n_in: generator.uniform(-1.0, 1.0, (n_out, n_in)),
            lambda generator, count: generator.uniform(-1.0, 1.0, count),
        ),
        Initializer("glorot_uniform", "Glorot uniform, biases 0", _glorot, _zeros),
        Initializer("he_normal", "He normal, biases 0", _he, _zeros),
        Initializer(
            "zeros",
            "all zero",
            lambda generator, n_out, n_in: np.zeros((n_out, n_in)),
            _zeros,
        ),
    )
}
