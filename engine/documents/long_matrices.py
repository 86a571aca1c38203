"""Long matrices as texts: base64 of their doubles, row by row, the lowest byte first."""

from __future__ import annotations

from base64 import b64decode, b64encode

import numpy as np

from engine.documents.json_text import DocumentError
from engine.maths.activations import Array
from engine.run.limits import MAX_READABLE

_DOUBLE = np.dtype("<f8")

Numbers = list[list[float]] | str


def written(matrix: Array) -> Numbers:
    """A matrix as a file has it: rows that a person can read or, where it is long, a text."""
    if matrix.size <= MAX_READABLE:
        rows: list[list[float]] = matrix.tolist()
        return rows
    return b64encode(matrix.astype(_DOUBLE).tobytes()).decode()


def read(text: str, width: int, place: str, limit: float) -> Array:
    """The matrix of a text, shape (rows, width), each number below the limit in size.

    Raises DocumentError for a text that is none.
    """
    try:
        data = b64decode(text, validate=True)
    except ValueError:  # also for letters beyond ASCII
        raise DocumentError(place, "expected a list, or numbers as base64") from None
    row = width * _DOUBLE.itemsize
    if len(data) % row:
        raise DocumentError(
            place, f"expected base64 of whole rows, {row} bytes each, got {len(data)} bytes"
        )
    matrix = np.frombuffer(data, _DOUBLE).astype(np.float64).reshape(-1, width)
    wrong = np.argwhere(~(np.abs(matrix) < limit))
    if len(wrong):
        r, c = wrong[0]
        below = "a finite number" if limit == np.inf else "a number below 1e12 in size"
        raise DocumentError(f"{place}[{r}][{c}]", f"expected {below}, got {matrix[r, c]:g}")
    return matrix
