"""Training sets: small ones made from a seed, and samples read from CSV text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from engine.maths.activations import Array
from engine.run.spec import Data

_DECIMALS = 3  # so that a drawn sample can be read, and typed into a calculator


class DatasetRule(Struct, frozen=True):
    """A training set that can be made, and a network that can learn it.

    `make(seed)` is a pure function; the seed means nothing where there is nothing to draw.
    `loss` and `activation` (of the output) suit the targets, `hidden` are sizes of hidden layers
    that are enough.
    """

    key: str
    title: str
    make: Callable[[int], Data]
    inputs: int
    outputs: int
    loss: str
    activation: str
    hidden: tuple[int, ...]


def _gate(*targets: float) -> Callable[[int], Data]:
    """The four samples of a logic gate, its targets in the order 00, 01, 10, 11."""

    def make(seed: int) -> Data:
        inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
        return Data(inputs, np.array(targets).reshape(-1, 1), ("t",))

    return make


def _drawn(
    draw: Callable[[np.random.Generator], tuple[Array, Array]], *target_names: str
) -> Callable[[int], Data]:
    """A set whose samples come from a generator, rounded and in a drawn order."""

    def make(seed: int) -> Data:
        generator = np.random.default_rng(seed)
        inputs, targets = draw(generator)
        order = generator.permutation(len(inputs))
        # Adding zero turns -0 into 0.
        inputs = np.round(inputs, _DECIMALS) + 0.0
        targets = np.round(targets, _DECIMALS) + 0.0
        return Data(inputs[order], targets[order], target_names)

    return make


def _circle(generator: np.random.Generator, count: int = 120) -> tuple[Array, Array]:
    """Points of the square ±1; those within the circle that covers half of it are 1."""
    points = generator.uniform(-1.0, 1.0, (count, 2))
    inside = (points**2).sum(axis=1) < 2.0 / np.pi
    return points, inside.astype(float).reshape(-1, 1)


def _moons(generator: np.random.Generator, each: int = 60) -> tuple[Array, Array]:
    """Two half circles of radius 1 that reach into one another."""
    angle = generator.uniform(0.0, np.pi, each)
    upper = np.column_stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25])
    points = np.vstack([upper, -upper]) + generator.normal(0.0, 0.08, (2 * each, 2))
    return points, _classes(each)


def _spirals(generator: np.random.Generator, each: int = 80) -> tuple[Array, Array]:
    """Two spirals of one and a half turns, each the other's mirror image."""
    along = np.sqrt(generator.uniform(0.01, 1.0, each))
    angle = 3.0 * np.pi * along
    arm = np.column_stack([along * np.cos(angle), along * np.sin(angle)])
    points = np.vstack([arm, -arm]) + generator.normal(0.0, 0.015, (2 * each, 2))
    return points, _classes(each)


def _classes(each: int) -> Array:
    """Targets of two classes, 0 and then 1, shape (2 each, 1)."""
    return np.repeat([0.0, 1.0], each).reshape(-1, 1)


def _groups(generator: np.random.Generator, each: int = 40) -> tuple[Array, Array]:
    """Three clouds around the corners of a triangle; one target column for each cloud."""
    corner = np.repeat(np.arange(3), each)
    angle = np.pi / 2.0 + corner * 2.0 * np.pi / 3.0
    centres = 0.7 * np.column_stack([np.cos(angle), np.sin(angle)])
    return centres + generator.normal(0.0, 0.2, centres.shape), np.eye(3)[corner]


def _line(generator: np.random.Generator, count: int = 40) -> tuple[Array, Array]:
    """y = 0.8 x + 0.2, measured with an error of 0.1."""
    x = generator.uniform(-1.0, 1.0, (count, 1))
    return x, 0.8 * x + 0.2 + generator.normal(0.0, 0.1, x.shape)


def _sine(generator: np.random.Generator, count: int = 60) -> tuple[Array, Array]:
    """y = sin πx, measured with an error of 0.05."""
    x = generator.uniform(-1.0, 1.0, (count, 1))
    return x, np.sin(np.pi * x) + generator.normal(0.0, 0.05, x.shape)


DATASETS: dict[str, DatasetRule] = {
    rule.key: rule
    for rule in (
        DatasetRule(
            "xor", "XOR", _gate(0, 1, 1, 0), 2, 1, "half_squared_error", "sigmoid", (3,)
        ),
        DatasetRule("and", "AND", _gate(0, 0, 0, 1), 2, 1, "half_squared_error", "sigmoid", ()),
        DatasetRule("or", "OR", _gate(0, 1, 1, 1), 2, 1, "half_squared_error", "sigmoid", ()),
        DatasetRule(
            "circle", "points inside a circle", _drawn(_circle, "t"), 2, 1,
            "binary_cross_entropy", "sigmoid", (4,),
        ),
        DatasetRule(
            "moons", "two moons", _drawn(_moons, "t"), 2, 1,
            "binary_cross_entropy", "sigmoid", (6,),
        ),
        DatasetRule(
            "spirals", "two spirals", _drawn(_spirals, "t"), 2, 1,
            "binary_cross_entropy", "sigmoid", (16, 16),
        ),
        DatasetRule(
            "groups", "three groups of points", _drawn(_groups, "t1", "t2", "t3"), 2, 3,
            "categorical_cross_entropy", "softmax", (),
        ),
        DatasetRule(
            "line", "points along a line", _drawn(_line, "t"), 1, 1,
            "mean_squared_error", "linear", (),
        ),
        DatasetRule(
            "sine", "points along a sine wave", _drawn(_sine, "t"), 1, 1,
            "mean_squared_error", "linear", (6,),
        ),
    )
}
