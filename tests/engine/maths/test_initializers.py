"""Initializers: existing draws to the bit, and the spread that each formula says."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from engine.maths.initializers import (
    INITIALIZER_SETTINGS,
    INITIALIZERS,
    InitializerSettings,
    in_words,
)
from engine.maths.network import Layer, Network

# Standard deviations by the papers, of a layer with 300 units before it and 100 of its own.
SPREADS = {
    "uniform_0_1": sqrt(1 / 12),
    "uniform_pm_1": sqrt(1 / 3),
    "glorot_uniform": sqrt(2 / 400),
    "glorot_normal": sqrt(2 / 400),
    "he_uniform": sqrt(2 / 300),
    "he_normal": sqrt(2 / 300),
    "lecun_uniform": sqrt(1 / 300),
    "lecun_normal": sqrt(1 / 300),
    "zeros": 0.0,
    "uniform": sqrt(1 / 12),
    "normal": 0.1,
    "constant": 0.0,
}


@pytest.mark.parametrize("key", INITIALIZERS)
def test_weights_spread_as_the_formula_says(key: str) -> None:
    set_to = [INITIALIZER_SETTINGS[each].default for each in INITIALIZERS[key].settings]
    weights = INITIALIZERS[key].weights(np.random.default_rng(1), 100, 300, *set_to)
    assert weights.shape == (100, 300)
    assert weights.std() == pytest.approx(SPREADS[key], rel=0.02)
    if key.endswith("_uniform"):
        assert np.abs(weights).max() <= sqrt(3) * SPREADS[key] * (1 + 1e-12)


def test_draws_that_files_rely_on_are_what_they_were() -> None:
    def drawn(key: str) -> list[float]:
        return INITIALIZERS[key].weights(np.random.default_rng(7), 1, 2).ravel().tolist()

    random = np.random.default_rng(7)
    assert drawn("glorot_uniform") == random.uniform(-sqrt(6 / 3), sqrt(6 / 3), 2).tolist()
    random = np.random.default_rng(7)
    assert drawn("he_normal") == random.normal(0.0, sqrt(2 / 2), 2).tolist()
    random = np.random.default_rng(7)
    assert drawn("uniform_0_1") == random.uniform(0.0, 1.0, 2).tolist()
    random = np.random.default_rng(7)
    assert drawn("uniform_pm_1") == random.uniform(-1.0, 1.0, 2).tolist()


NETWORK = Network(("x1", "x2"), (Layer(("h1", "h2", "h3"), "tanh"), Layer(("o",), "sigmoid")))


def drawn_with(key: str, **numbers: float) -> np.ndarray:
    return NETWORK.draw(key, 7, settings=InitializerSettings(numbers))


def test_settings_are_what_is_drawn_by() -> None:
    assert drawn_with("constant", value=-2.5).tolist() == [-2.5] * 13
    assert np.array_equal(drawn_with("uniform", low=0.0, high=1.0), drawn_with("uniform_0_1"))
    assert np.array_equal(drawn_with("uniform", low=-1.0, high=1.0), drawn_with("uniform_pm_1"))
    wide, narrow = drawn_with("normal", sd=3.0), drawn_with("normal", sd=1.0)
    assert np.allclose(wide, 3.0 * narrow, rtol=1e-15) and narrow.any()
    for number in (1, 2):
        assert not NETWORK.biases(wide, number).any()  # type: ignore[union-attr]


def test_what_an_initializer_does_not_read_changes_nothing() -> None:
    for key, row in INITIALIZERS.items():
        others = {name: 0.25 for name in INITIALIZER_SETTINGS if name not in row.settings}
        assert np.array_equal(drawn_with(key, **others), drawn_with(key))


def test_in_words() -> None:
    assert in_words("uniform", InitializerSettings({"low": -2.0})) == "uniform, low −2, high 0.5"
    assert in_words("normal", InitializerSettings({"sd": 0.02})) == "normal, σ 0.02"
    assert in_words("glorot_uniform", InitializerSettings({"sd": 0.02})) == "Glorot uniform"
