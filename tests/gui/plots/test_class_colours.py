"""The colours of classes: told apart by everybody.

How they are seen by people with protanopia, deuteranopia and tritanopia is worked out with the
matrices for severity 1.0 of Machado, Oliveira and Fernandes, "A Physiologically-based Model for
Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), on linear RGB; differences are those of
CIE 1976 L*a*b* (D65), of which about 2.3 can just be noticed.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from engine.maths.activations import Array
from engine.run.classes import MOST_CLASSES
from gui import theme
from gui.plots.colours import SHADES, class_table
from gui.plots.hatching import hatched

VISIONS = {
    "usual": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)


def lab(rgb: Array, vision: str) -> Array:
    """CIE L*a*b* of colours (…, 3) from 0 to 1, as somebody sees them."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ VISIONS[vision].T, 0.0, 1.0)
    xyz = seen @ XYZ.T / (0.9505, 1.0, 1.089)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def nearest(rgb: Array, vision: str) -> float:
    colours = lab(rgb, vision)
    return min(float(np.linalg.norm(a - b)) for a, b in combinations(colours, 2))


def rgb_of(names: tuple[str, ...]) -> Array:
    return np.array([QColor(name).getRgbF()[:3] for name in names])


def test_red_and_green_are_alike_for_some() -> None:
    """The simulation does what it says: of these two the hue is gone."""
    pair = rgb_of(("#c83c00", "#6e7800"))
    assert nearest(pair, "usual") > 60.0
    assert nearest(pair, "protan") < nearest(pair, "usual") / 2
    assert nearest(pair, "tritan") > 45.0


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("name", theme.THEMES)
def test_classes_are_told_apart_whatever_eyes_one_has(name: str, vision: str) -> None:
    colours = theme.THEMES[name]
    assert len(colours.classes) == MOST_CLASSES
    assert nearest(rgb_of(colours.classes), vision) > 24.0
    assert nearest(rgb_of(colours.classes[:3]), vision) > 30.0


@pytest.mark.parametrize("name", theme.THEMES)
def test_two_classes_have_the_colours_of_a_low_and_a_high_output(name: str) -> None:
    colours = theme.THEMES[name]
    assert colours.classes[:2] == (colours.negative, colours.positive)


@pytest.mark.parametrize("name", theme.THEMES)
def test_a_class_is_deeper_the_surer_it_is_and_its_samples_are_seen(
    qapp: QApplication, name: str
) -> None:
    try:
        theme.apply(qapp, name)
        shades = class_table().reshape(MOST_CLASSES, SHADES, 3) / 255
        ground = lab(rgb_of((theme.current().neutral,)), "usual")
        away = np.linalg.norm(lab(shades, "usual") - ground, axis=-1)
        assert bool((np.diff(away[:, ::9], axis=1) > 0.0).all())
    finally:
        theme.apply(qapp, "light")


def test_each_class_has_a_pattern_of_its_own(qapp: QApplication) -> None:
    pictures = [hatched(np.full((36, 36), number)) for number in range(MOST_CLASSES)]
    for one, other in combinations(pictures, 2):
        assert one != other
    plain = pictures[0]
    assert {plain.pixelColor(x, y).alpha() for x in range(36) for y in range(36)} == {0}
