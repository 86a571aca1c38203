"""Initializers: existing draws to the bit, and the spread that each formula says."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from engine.maths.initializers import INITIALIZERS

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
}


@pytest.mark.parametrize("key", INITIALIZERS)
def test_weights_spread_as_the_formula_says(key: str) -> None:
    weights = INITIALIZERS[key].weights(np.random.default_rng(1), 100, 300)
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
