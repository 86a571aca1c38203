"""Colours of numbers on the canvas, and activations over two inputs as a picture."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtGui import QColor, QImage

from engine.maths.activations import Array
from gui import theme
from gui.widgets.signed_image import rgb, signed_image


def mixed(colour: QColor, share: float) -> QColor:
    """A colour mixed with that of the card: 0 is the card's, 1 the colour itself."""
    return QColor(_mixed(theme.current().card, colour.name(), share))


@lru_cache(maxsize=1024)
def _mixed(card: str, colour: str, share: float) -> QColor:
    ground = rgb(card)
    red, green, blue = np.rint(ground + share * (rgb(colour) - ground)).astype(int).tolist()
    return QColor(red, green, blue)


def activation_image(values: Array, bounds: tuple[float, float]) -> QImage:
    """A picture of activations over two inputs, (rows, columns) with the second input rising
    upwards. The levels are fixed by the bounds of the activation where they are finite."""
    low, high = bounds
    if not (np.isfinite(low) and np.isfinite(high)):
        largest = float(np.abs(values).max())
        low, high = -largest, largest
    middle, half = (low + high) / 2, (high - low) / 2
    return signed_image((values[::-1] - middle) / half if half > 0 else np.zeros_like(values))
