"""The colours of a value between two ends: orange, over the neutral middle, to blue; and those of
classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QLinearGradient

from engine.maths.activations import Array
from gui import theme

SHADES = 64  # of the colour of a class

_STOPS = ("negative", "neutral", "positive")
_PALE_AND_DEEP = (0.2, 0.75)  # how much of a class's colour there is


def lookup_table() -> NDArray[np.uint8]:
    """Colours from the lowest to the highest value, shape (256, 3), in the theme in force."""
    colours = [theme.current().colour(name) for name in _STOPS]
    places = np.linspace(0.0, len(_STOPS) - 1.0, 256)
    channels = [
        np.interp(places, range(len(_STOPS)), levels)
        for levels in zip(*((c.red(), c.green(), c.blue()) for c in colours), strict=True)
    ]
    return np.round(np.stack(channels, axis=1)).astype(np.uint8)


def colours_of(values: Array, low: float, high: float) -> list[QColor]:
    """The colour of each value; beyond the ends it is that of the nearer end."""
    table = lookup_table()
    places = np.clip((values - low) / (high - low), 0.0, 1.0) * (len(table) - 1)
    return [QColor(*rgb) for rgb in table[np.round(places).astype(int)].tolist()]


def gradient(x0: float, y0: float, x1: float, y1: float) -> QLinearGradient:
    """All the colours along a line, the lowest value first."""
    colours = QLinearGradient(x0, y0, x1, y1)
    for place, name in enumerate(_STOPS):
        colours.setColorAt(place / (len(_STOPS) - 1), theme.current().colour(name))
    return colours


def class_table() -> NDArray[np.uint8]:
    """The colours of each class from pale to deep, shape (classes · SHADES, 3), one class after the
    other. Pale they can still be told apart, deep the samples on them are still seen."""
    colours = theme.current()
    full, neutral = (
        np.array([(c.red(), c.green(), c.blue()) for c in named])
        for named in (map(QColor, colours.classes), [colours.colour("neutral")])
    )
    shares = np.linspace(*_PALE_AND_DEEP, SHADES)[:, np.newaxis]
    shades = neutral + shares * (full[:, np.newaxis] - neutral)
    return np.asarray(np.round(shades).astype(np.uint8).reshape(-1, 3))
