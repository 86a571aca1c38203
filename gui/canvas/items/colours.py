"""Numbers as pictures: orange for negative, blue for positive, the card's colour in between."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from engine.maths.activations import Array
from gui import theme


def _rgb(name: str) -> NDArray[np.float64]:
    colour = QColor(name)
    return np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)


def mixed(colour: QColor, share: float) -> QColor:
    """A colour mixed with that of the card: 0 is the card's, 1 the colour itself."""
    return QColor(_mixed(theme.current().card, colour.name(), share))


@lru_cache(maxsize=1024)
def _mixed(card: str, colour: str, share: float) -> QColor:
    ground = _rgb(card)
    red, green, blue = np.rint(ground + share * (_rgb(colour) - ground)).astype(int).tolist()
    return QColor(red, green, blue)


def signed_image(shares: Array) -> QImage:
    """A picture with a pixel for each number of (rows, columns), from −1 (orange) to 1 (blue);
    beyond that, and where it is not a number, the nearest colour."""
    colours = theme.current()
    shares = np.clip(np.nan_to_num(shares), -1.0, 1.0)[..., None]
    middle = _rgb(colours.neutral)
    full = np.where(shares < 0, _rgb(colours.negative), _rgb(colours.positive))
    pixels = np.rint(middle + np.abs(shares) * (full - middle)).astype(np.uint32)
    packed = 0xFF000000 | pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]
    packed = np.ascontiguousarray(packed, dtype=np.uint32)
    rows, columns = packed.shape
    # Qt would keep a view of the array; a copy outlives it.
    return QImage(packed.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


def activation_image(values: Array, bounds: tuple[float, float]) -> QImage:
    """A picture of activations over two inputs, (rows, columns) with the second input rising
    upwards. The levels are fixed by the bounds of the activation where they are finite."""
    low, high = bounds
    if not (np.isfinite(low) and np.isfinite(high)):
        largest = float(np.abs(values).max())
        low, high = -largest, largest
    middle, half = (low + high) / 2, (high - low) / 2
    return signed_image((values[::-1] - middle) / half if half > 0 else np.zeros_like(values))
