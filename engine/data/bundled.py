"""Data sets that come as files, with the names of their columns and classes: resources/data has
where they are from, and under which licence."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from engine.maths.activations import Array
from engine.run.spec import Data, Source

# resources/ stands beside engine/, in a checkout and in a wheel.
_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "data"

IRIS = ("setosa", "versicolor", "virginica")
DIGITS = tuple("0123456789")
SEPAL_AND_PETAL = ("sepal length", "sepal width", "petal length", "petal width")
PIXELS = tuple(f"r{row}c{column}" for row in range(1, 9) for column in range(1, 9))


def iris(seed: int) -> Data:
    """150 irises, in an order drawn from the seed."""
    return _data("iris.csv", IRIS, seed)


def digits(seed: int, count: float = 1797) -> Data:
    """So many of the 1,797 handwritten digits, drawn from the seed: 64 pixels of 0 to 16."""
    return _data("digits.csv", DIGITS, seed, int(count), (8, 8))


def _data(
    name: str,
    classes: tuple[str, ...],
    seed: int,
    count: int | None = None,
    picture: tuple[int, int] | None = None,
) -> Data:
    headings, rows = _table(name, classes)
    order = np.random.default_rng(seed).permutation(len(rows))[:count]
    which = rows[order, -1].astype(int)
    return Data(
        rows[order, :-1],
        np.eye(len(classes))[which],
        tuple(f"t {each}" for each in classes),
        tuple(Source(heading) for heading in headings[:-1]),
        tuple(Source(headings[-1], each) for each in classes),
        picture=picture,
    )


@cache
def _table(name: str, classes: tuple[str, ...]) -> tuple[list[str], Array]:
    """The headings of a file, and its rows with the number of the class in the last column."""
    numbers = {each: float(number) for number, each in enumerate(classes)}
    heading, *lines = (_FOLDER / name).read_text("utf-8").splitlines()
    cells = (line.split(",") for line in lines)
    rows = [[*map(float, values), numbers[last]] for *values, last in cells]
    return heading.split(","), np.array(rows)
