"""Numbers as pictures: orange for negative, blue for positive, the neutral colour in between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from engine.maths.activations import Array
from gui import theme


def rgb(name: str) -> NDArray[np.float64]:
    """Red, green and blue of a colour, 0 to 255."""
    colour = QColor(name)
    return np.array([colour.red(), colour.green(), colour.blue()], dtype=np.float64)


def signed_image(shares: Array) -> QImage:
    """A picture with a pixel for each number of (rows, columns), from −1 (orange) to 1 (blue);
    beyond that, and where it is not a number, the nearest colour."""
    colours = theme.current()
    shares = np.clip(np.nan_to_num(shares), -1.0, 1.0)[..., None]
    middle = rgb(colours.neutral)
    full = np.where(shares < 0, rgb(colours.negative), rgb(colours.positive))
    pixels = np.rint(middle + np.abs(shares) * (full - middle)).astype(np.uint32)
    packed = 0xFF000000 | pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]
    packed = np.ascontiguousarray(packed, dtype=np.uint32)
    rows, columns = packed.shape
    # Qt would keep a view of the array; a copy outlives it.
    return QImage(packed.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
