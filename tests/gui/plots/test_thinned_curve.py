"""ThinnedCurve: few points, no spike lost, and nothing stale as a curve grows or changes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from engine.maths.activations import Array
from gui.plots.thinned_curve import ThinnedCurve


def curve_of(count: int, seed: int = 0) -> Array:
    generator = np.random.default_rng(seed)
    return np.column_stack(
        [np.arange(count, dtype=float), generator.normal(size=count), generator.normal(size=count)]
    )


@given(st.integers(1, 60_000), st.integers(2, 60), st.integers(0, 5))
def test_extremes_and_ends_stay(count: int, pixels: int, seed: int) -> None:
    curve = curve_of(count, seed)
    for column in (1, 2):
        epochs, values = ThinnedCurve().points(curve, column, pixels)
        assert len(epochs) == len(values) <= 2 * pixels + 1
        assert (np.diff(epochs) >= 0).all()
        assert (epochs[0], epochs[-1]) == (curve[0, 0], curve[-1, 0])
        assert values[-1] == curve[-1, column]
        assert values.min() == curve[:, column].min()
        assert values.max() == curve[:, column].max()


def test_a_spike_stays_in_its_column_of_pixels() -> None:
    curve = np.column_stack([np.arange(100_000.0), np.ones(100_000)])
    curve[70_123, 1] = 9.0
    epochs, values = ThinnedCurve().points(curve, 1, 100)
    # A column of pixels is 1,000 epochs wide, and blocks of points are assigned as wholes.
    assert abs(epochs[values.argmax()] - 70_123) <= 1064


def test_a_short_curve_is_copied_as_it_is() -> None:
    curve = curve_of(20)
    epochs, values = ThinnedCurve().points(curve, 1, 10)
    assert_array_equal(epochs, curve[:, 0])
    assert_array_equal(values, curve[:, 1])
    assert not np.shares_memory(values, curve)


@given(st.lists(st.integers(1, 9_000), min_size=1, max_size=6))
def test_a_growing_curve_gives_what_a_fresh_look_gives(growth: list[int]) -> None:
    curve = curve_of(sum(growth))
    kept = ThinnedCurve()
    for count in np.cumsum(growth):
        for column in (1, 2):
            grown = kept.points(curve[:count], column, 5)
            fresh = ThinnedCurve().points(curve[:count], column, 5)
            assert_array_equal(grown[0], fresh[0])
            assert_array_equal(grown[1], fresh[1])


def test_another_curve_is_noticed() -> None:
    kept = ThinnedCurve()
    kept.points(curve_of(20_000), 1, 5)
    forked = curve_of(20_000)
    forked[12_000:, 1] += 10.0  # another road from epoch 12,000 on
    for curve in (forked, curve_of(9_000, seed=1)):
        _, values = kept.points(curve, 1, 5)
        assert (values.min(), values.max()) == (curve[:, 1].min(), curve[:, 1].max())


@given(
    st.integers(1, 60_000), st.integers(2, 60), st.floats(0, 1), st.floats(0, 1), st.booleans()
)
def test_a_part_has_its_extremes_and_a_point_beyond_either_end(
    count: int, pixels: int, one: float, other: float, log: bool
) -> None:
    curve = curve_of(count)
    low, high = sorted((one * count, other * count))
    edges = np.linspace(low, high, pixels + 1)
    if log:
        edges = 10 ** np.linspace(np.log10(1 + low), np.log10(1 + high), pixels + 1) - 1
    epochs, values = ThinnedCurve().points(curve, 1, pixels, edges)
    assert len(epochs) <= 2 * pixels + 5
    assert (np.diff(epochs) >= 0).all()
    inside = (curve[:, 0] >= edges[0]) & (curve[:, 0] <= edges[-1])
    begin = max(0, int(np.searchsorted(curve[:, 0], edges[0])) - 1)
    end = min(count, int(np.searchsorted(curve[:, 0], edges[-1], side="right")) + 1)
    assert (epochs[0], epochs[-1]) == (curve[begin, 0], curve[end - 1, 0])
    if inside.any():
        assert values.min() == curve[begin:end, 1].min()
        assert values.max() == curve[begin:end, 1].max()
    if end - begin <= 2 * pixels:  # all of its points are there
        assert_array_equal(values, curve[begin:end, 1])


def test_on_a_logarithmic_axis_the_beginning_keeps_its_single_points() -> None:
    curve = curve_of(1_000_000)
    edges = 10 ** np.linspace(0, 6, 701) - 1
    epochs, values = ThinnedCurve().points(curve, 1, 700, edges)
    for epoch in range(20):
        assert curve[epoch, 1] in values[epochs == epoch]
