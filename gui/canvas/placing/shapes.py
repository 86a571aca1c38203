"""Shapes of nodes: what a unit is drawn as, and how much room its lines have."""

from __future__ import annotations

from msgspec import Struct

FOLDED_HALF_WIDTH = 52.0
FOLDED_HEAD = 46.0  # name and number of units above the strip of a folded layer


Size = tuple[int, int]
"""Rows and columns of a picture."""


class NodeShape(Struct, frozen=True):
    """How the nodes of a layer look, in pixels from their middle.

    `lines` of text are inside; `above` is kept for the delta, `below` for the bias (and for
    target and loss, where `side` is "below" rather than "right" or "none"). `pixels` is the size
    of type of a node that has room for all its digits, 0 where there are as many as fit.
    """

    kind: str  # circle, capsule, dot or folded
    half_width: float
    half_height: float
    lines: int = 0
    above: float = 0.0
    below: float = 0.0
    side: str = "none"
    pixels: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all its numbers stand there with all their digits."""
        return self.pixels > 0
