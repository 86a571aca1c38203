"""Samples that are drawn: points of classes and along curves, each a pure function of the
generator, of how many there are to be, and of the noise (0.1 for 10 %)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.maths.activations import Array

Samples = tuple[Array, Array]
"""Inputs (samples, inputs) and targets (samples, outputs)."""

Draw = Callable[[np.random.Generator, int, float], Samples]


def circle(generator: np.random.Generator, count: int, noise: float) -> Samples:
    """Points of the square ±1; those within the circle that covers half of it are 1."""
    points = generator.uniform(-1.0, 1.0, (count, 2))
    inside = (points**2).sum(axis=1) < 2.0 / np.pi
    return _moved(generator, points, noise), inside.astype(float).reshape(-1, 1)


def rings(generator: np.random.Generator, count: int, noise: float) -> Samples:
    """Two circles around the same middle, of radius 1 (class 0) and ½ (class 1)."""
    targets = _classes(count)
    angle = generator.uniform(0.0, 2.0 * np.pi, count)
    radius = 1.0 - 0.5 * targets[:, 0]
    points = radius[:, np.newaxis] * np.column_stack([np.cos(angle), np.sin(angle)])
    return points + generator.normal(0.0, noise, points.shape), targets


def moons(generator: np.random.Generator, count: int, noise: float) -> Samples:
    """Two half circles of radius 1 that reach into one another."""
    angle = generator.uniform(0.0, np.pi, _each(count))
    upper = np.column_stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25])
    return _mirrored(generator, upper, count, noise)


def spirals(generator: np.random.Generator, count: int, noise: float) -> Samples:
    """Two spirals of one and a half turns, each the other's mirror image."""
    along = np.sqrt(generator.uniform(0.01, 1.0, _each(count)))
    angle = 3.0 * np.pi * along
    arm = np.column_stack([along * np.cos(angle), along * np.sin(angle)])
    return _mirrored(generator, arm, count, noise)


def gaussians(generator: np.random.Generator, count: int, noise: float) -> Samples:
    """Two clouds of points around (−½, −½) and (½, ½)."""
    targets = _classes(count)
    centres = np.repeat(targets - 0.5, 2, axis=1)
    return centres + generator.normal(0.0, noise, centres.shape), targets


def groups(generator: np.random.Generator, count: int, noise: float) -> Samples:
    """Three clouds around the corners of a triangle; one target column for each cloud."""
    corner = np.arange(count) * 3 // count
    angle = np.pi / 2.0 + corner * 2.0 * np.pi / 3.0
    centres = 0.7 * np.column_stack([np.cos(angle), np.sin(angle)])
    return centres + generator.normal(0.0, noise, centres.shape), np.eye(3)[corner]


def line(generator: np.random.Generator, count: int, noise: float) -> Samples:
    """y = 0.8 x + 0.2, measured with an error."""
    x = generator.uniform(-1.0, 1.0, (count, 1))
    return x, 0.8 * x + 0.2 + generator.normal(0.0, noise, x.shape)


def sine(generator: np.random.Generator, count: int, noise: float) -> Samples:
    """y = sin πx, measured with an error."""
    x = generator.uniform(-1.0, 1.0, (count, 1))
    return x, np.sin(np.pi * x) + generator.normal(0.0, noise, x.shape)


def polynomial(generator: np.random.Generator, count: int, noise: float) -> Samples:
    """y = 3x³ − 2x, measured with an error."""
    x = generator.uniform(-1.0, 1.0, (count, 1))
    return x, 3.0 * x**3 - 2.0 * x + generator.normal(0.0, noise, x.shape)


def plane(generator: np.random.Generator, count: int, noise: float) -> Samples:
    """y = 0.6 x1 − 0.4 x2 + 0.1, measured with an error."""
    x = generator.uniform(-1.0, 1.0, (count, 2))
    y = 0.6 * x[:, :1] - 0.4 * x[:, 1:] + 0.1
    return x, y + generator.normal(0.0, noise, y.shape)


def _each(count: int) -> int:
    """How many of two classes with as many points each; an odd one out is left out later."""
    return -(-count // 2)


def _mirrored(
    generator: np.random.Generator, points: Array, count: int, noise: float
) -> Samples:
    """Points of class 0 and their mirror images of class 1, with noise; `count` of them in all."""
    both = np.vstack([points, -points])
    both = both + generator.normal(0.0, noise, both.shape)
    return both[:count], np.repeat([0.0, 1.0], len(points)).reshape(-1, 1)[:count]


def _classes(count: int) -> Array:
    """Targets of two classes, 0 and then 1, shape (count, 1)."""
    return (np.arange(count) >= _each(count)).astype(float).reshape(-1, 1)


def _moved(generator: np.random.Generator, points: Array, noise: float) -> Array:
    """Points moved by noise; without any nothing is drawn, as in files from before there was."""
    return points + generator.normal(0.0, noise, points.shape) if noise else points
