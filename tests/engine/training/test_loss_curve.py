"""LossCurve: it grows with every point in its place, and halves with no peak lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.training.loss_curve import LossCurve


@given(st.lists(st.integers(0, 700), max_size=40), st.integers(0, 99))
@settings(max_examples=50)
def test_every_point_stays_in_its_place_however_many_come_at_once(
    counts: list[int], seed: int
) -> None:
    whole = np.random.default_rng(seed).random((sum(counts), 3))
    whole[:, 0] = np.arange(len(whole))
    curve, done, seen = LossCurve(3), 0, []
    for count in counts:
        curve.append_all(whole[done : done + count])
        done += count
        assert len(curve) == done
        seen.append(curve.points)
    for points in seen:  # what somebody still looks at is never written over
        assert np.array_equal(points, whole[: len(points)])


def test_what_it_says_that_it_holds_is_at_most_twice_its_points() -> None:
    curve = LossCurve(2)
    for first in range(0, 20_000, 50):
        epochs = np.arange(first, first + 50, dtype=float)
        curve.append_all(np.column_stack([epochs, epochs]))
        assert curve.points.nbytes <= curve.nbytes <= 2 * curve.points.nbytes


@given(st.integers(5_000, 5_003), st.integers(0, 4_999), st.integers(0, 99))
@settings(max_examples=10)
def test_a_thinned_curve_keeps_its_ends_and_every_peak(count: int, peak: int, seed: int) -> None:
    losses = np.random.default_rng(seed).random(count).tolist()
    losses[peak] = 5.0
    curve = LossCurve(2)
    for epoch, loss in enumerate(losses):
        curve.append((float(epoch), loss))
    assert curve.thin()
    points = curve.points
    assert 2 * len(points) <= len(losses) + 8
    assert points[0].tolist() == [0.0, losses[0]]
    assert points[-1].tolist() == [len(losses) - 1.0, losses[-1]]
    assert [float(peak), 5.0] in points.tolist()
    assert (np.diff(points[:, 0]) > 0).all()
    assert all(losses[int(epoch)] == loss for epoch, loss in points)
    last = curve.last_epoch
    curve.append((last, 1.0))  # known already
    curve.append((last + 1.0, 0.25))
    assert curve.points[-1].tolist() == [last + 1.0, 0.25]
    assert len(curve) == len(points) + 1


def test_a_short_curve_is_left_alone() -> None:
    curve = LossCurve(2)
    for epoch in range(100):
        curve.append((float(epoch), 1.0))
    assert not curve.thin() and len(curve) == 100
