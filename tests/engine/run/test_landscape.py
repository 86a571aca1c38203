"""The loss over a plane, and the directions that a path varies in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents.examples import read_example
from engine.run.iteration import Interrupted, batch_loss
from engine.run.landscape import (
    Landscape,
    finest,
    plane_of_parameters,
    plane_of_path,
    range_around,
)
from engine.run.surface import grid_axis


@given(seed=st.integers(0, 500), moments=st.integers(3, 9), size=st.integers(3, 12))
def test_the_directions_are_those_of_the_singular_values(
    seed: int, moments: int, size: int
) -> None:
    path = np.random.default_rng(seed).normal(size=(moments, size))
    plane, share = plane_of_path(path[-1], path)
    _, values, directions = np.linalg.svd(path - path.mean(axis=0))
    assert share == pytest.approx(float((values[:2] ** 2).sum() / (values**2).sum()))
    for found, wanted in zip((plane.across, plane.up), directions, strict=False):
        assert abs(found @ wanted) == pytest.approx(1.0, abs=1e-6)
    assert plane.places(path[-1:])[0] == pytest.approx([0.0, 0.0], abs=1e-12)


def test_a_path_in_a_plane_is_found_back_in_it() -> None:
    path = np.array([[0.0, 5.0, 1.0, 1.0], [3.0, 5.0, 1.0, 1.0], [3.0, 4.0, 1.0, 1.0]])
    plane, share = plane_of_path(path[-1], path)
    assert share == pytest.approx(1.0)
    places = plane.places(path)
    back = plane.origin + places[:, :1] * plane.across + places[:, 1:] * plane.up
    np.testing.assert_allclose(back, path, atol=1e-12)


@pytest.mark.parametrize("count", [1, 2])
def test_a_path_of_fewer_directions_gets_others_at_right_angles(count: int) -> None:
    path = np.array([[0.0, 0.0, 1.0], [2.0, 0.0, 1.0]])[:count]
    plane, share = plane_of_path(path[-1], path)
    assert share == 1.0 and abs(plane.across @ plane.up) < 1e-12
    assert np.linalg.norm(plane.across) == pytest.approx(1.0)
    assert np.linalg.norm(plane.up) == pytest.approx(1.0)
    again, _ = plane_of_path(path[-1], path)
    np.testing.assert_array_equal(again.up, plane.up)


def test_of_a_single_parameter_there_is_one_direction() -> None:
    plane, _ = plane_of_path(np.array([2.0]), np.array([[0.0], [2.0]]))
    assert plane.across.tolist() == [1.0] and plane.up.tolist() == [0.0]


def test_each_cell_is_the_loss_of_the_training_set_there() -> None:
    document = read_example("xor-2-3-1")
    spec, theta = document.spec, document.start
    plane = plane_of_parameters(theta, 2, 9)
    ranges = ((-2.0, 2.0), (-1.0, 5.0))
    coarse = Landscape(spec, plane, ranges, 4)
    while not coarse.is_done:
        coarse.advance(0.0)  # a row at a time
    for row, y in enumerate(grid_axis(*ranges[1], 4)):
        for column, x in enumerate(grid_axis(*ranges[0], 4)):
            moved = np.array(theta)
            moved[2], moved[9] = x, y
            wanted = batch_loss(spec, moved, np.arange(4))[0]
            assert coarse.losses[row, column] == pytest.approx(wanted, rel=1e-12)
    fine = Landscape(spec, plane, ranges, 8, coarse)
    assert np.isfinite(fine.losses).all() and not fine.is_done
    assert fine.losses[7, 7] == coarse.losses[3, 3]
    fine.advance(60.0)
    assert fine.is_done and fine.losses[7, 7] != coarse.losses[3, 3]


def test_it_can_be_called_off_and_goes_on() -> None:
    document = read_example("xor-2-3-1")
    spec, theta = document.spec, document.start
    landscape = Landscape(spec, plane_of_parameters(theta, 0, 1), ((-1.0, 1.0), (-1.0, 1.0)), 6)
    landscape.advance(0.0)

    def stop() -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        landscape.advance(1.0, stop)
    assert np.isfinite(landscape.losses[0]).all() and np.isnan(landscape.losses[1]).all()
    landscape.advance(60.0)
    assert landscape.is_done and np.isfinite(landscape.losses).all()


def test_ranges_and_cells() -> None:
    assert range_around(np.array([1.0, 2.0]), 0.1, 0.5) == (0.5, 2.5)
    assert range_around(np.array([3.0]), 2.0) == (2.0, 4.0)
    spec = read_example("xor-2-3-1").spec
    assert finest(spec, (96, 16), 1e12) == 96
    assert finest(spec, (96, 16), 1.0) == 0
