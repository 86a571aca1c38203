"""Thinning keeps what can be seen: the ends, and every peak."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.training.thinning import thinned


def curve(values: np.ndarray) -> np.ndarray:
    return np.column_stack([np.arange(len(values), dtype=float), values])


@settings(deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(0, 300), st.integers(1, 3)),
           elements=st.floats(-10, 10)),
    st.integers(16, 100),
)  # fmt: skip
def test_ends_and_extremes_stay(values: np.ndarray, limit: int) -> None:
    points = curve(values)
    kept = thinned(points, limit)
    assert len(kept) <= limit
    assert (np.diff(kept[:, 0]) > 0).all()
    assert (points[kept[:, 0].astype(int)] == kept).all()
    if len(points):
        assert kept[0].tolist() == points[0].tolist()
        assert kept[-1].tolist() == points[-1].tolist()
        assert (kept.min(axis=0) == points.min(axis=0)).all()
        assert (kept.max(axis=0) == points.max(axis=0)).all()


def test_few_points_stay_as_they_are() -> None:
    points = curve(np.random.default_rng(0).normal(size=(50, 2)))
    assert (thinned(points, 50) == points).all()


def test_every_spike_stays() -> None:
    loss = np.zeros((10_000, 1))
    loss[::1000] = 1.0
    assert thinned(curve(loss), 200)[:, 1].sum() == 10


def test_a_curve_thinned_as_it_grows_keeps_its_beginning() -> None:
    points = curve(np.sin(np.arange(64_000) / 100.0)[:, np.newaxis])
    kept = points[:1]
    for stop in range(1000, 64_001, 1000):
        kept = thinned(np.vstack([kept, points[max(stop - 1000, 1) : stop]]), 400)
    quarters, _ = np.histogram(kept[:, 0], [2_000, 16_000, 32_000, 48_000, 64_000])
    assert 0.7 < quarters[1] / quarters[3] < 1.4 and 0.7 < quarters[2] / quarters[3] < 1.4
    assert quarters[0] >= 0.7 * quarters[3]


def test_the_first_epochs_of_a_long_run_can_be_looked_at() -> None:
    points = curve(np.exp(-np.arange(1_000_000) / 60.0)[:, np.newaxis])
    kept = thinned(points, 2000)
    seen = np.interp(points[:500, 0], kept[:, 0], kept[:, 1])
    assert np.abs(seen - points[:500, 1]).max() < 0.01
