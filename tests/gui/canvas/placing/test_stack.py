"""Labels between two layers: none can cover another, and each stands as near to its edge as it
can."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from gui.canvas.placing.labels import Floats, rows
from gui.canvas.placing.stack import Stack, spaced, stacked


def edges_between(n_in: int, n_out: int, left: float, right: float, height: float) -> Floats:
    """A row (x1, y1, x2, y2) for each pair of evenly spread units."""
    ys = [height * (np.arange(n) + 0.5) / n for n in (n_in, n_out)]
    return np.array([(left, y1, right, y2) for y2 in ys[1] for y1 in ys[0]])


@pytest.mark.parametrize("sizes", [(1, 1), (2, 2), (3, 4), (8, 8), (1, 20), (20, 1)])
@pytest.mark.parametrize("columns", [1, 3])
def test_no_label_can_cover_another_or_what_is_in_the_way(
    sizes: tuple[int, int], columns: int
) -> None:
    count, size = sizes[0] * sizes[1], (110.0, 46.0)
    in_the_way = QRectF(150, 200, 60, 90)
    area = (count // columns + 1) * 52.0 + 300
    edges = edges_between(*sizes, 100.0, 100.0 + 130.0 * columns, area)
    stack = Stack(105.0, 95.0 + 130.0 * columns, columns, area, rows([in_the_way]))
    cells = stacked(edges, stack, size[1])
    places = []
    for k in range(count):
        x, y, leader = cells.place(k, *size)
        place = QRectF(x - size[0] / 2, y - size[1] / 2, *size)
        assert QRectF(100, 0, 130.0 * columns, area).contains(place)
        assert not place.intersects(in_the_way)
        assert not any(place.intersects(other) for other in places)
        if leader is None:
            assert touches(place.adjusted(-2, -2, 2, 2), edges[k])
        else:
            assert not touches(place, edges[k])
        places.append(place)


def touches(place: QRectF, edge: Floats) -> bool:
    """Whether an edge runs through a rectangle."""
    x1, y1, x2, y2 = edge.tolist()
    return any(
        place.contains(x1 + share * (x2 - x1), y1 + share * (y2 - y1))
        for share in np.linspace(0, 1, 400).tolist()
    )


def test_a_label_alone_stands_on_the_middle_of_its_edge() -> None:
    edge = np.array([[0.0, 50.0, 200.0, 150.0]])
    cells = stacked(edge, Stack(0.0, 200.0, 1, 300.0, np.empty((0, 4))), 40.0)
    x, y, leader = cells.place(0, 80.0, 40.0)
    assert (x, y) == pytest.approx((100.0, 100.0)) and leader is None


def test_spaced_places_keep_their_order_their_distance_and_their_limits() -> None:
    generator = np.random.default_rng(3)
    for _ in range(50):
        wanted = np.sort(generator.uniform(0, 1000, generator.integers(1, 12)))
        found = spaced(wanted, 60.0, 20.0, 980.0)
        assert found.min() >= 20 and found.max() <= 980
        assert (np.diff(found) >= 60 - 1e-6).all()
        if (np.diff(wanted) >= 60).all() and wanted[0] >= 20 and wanted[-1] <= 980:
            assert found == pytest.approx(wanted)


def test_where_two_want_the_same_place_both_give_way_alike() -> None:
    assert spaced(np.array([100.0, 100.0]), 40.0, 0.0, 500.0) == pytest.approx([80.0, 120.0])
