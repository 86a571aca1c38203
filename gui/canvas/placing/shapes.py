"""Shapes of nodes: what a unit is drawn as, and how much room its lines have."""

from __future__ import annotations

from msgspec import Struct

EDGE = 6.0  # pixels between a node and the edge of the canvas
LINE = 18.0  # a line of text
FOLDED_HALF_WIDTH = 52.0
FOLDED_HEAD = 46.0  # name and number of units above the strip of a folded layer


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

    @property
    def is_readable(self) -> bool:
        """Whether there is room for the name and the newest number of a unit."""
        wide = self.half_width >= 46 and self.below > 0
        if self.is_whole:
            return self.kind != "folded"
        return self.kind == "circle" or (self.kind == "capsule" and (self.lines == 2 or wide))


# What a node too small for its numbers becomes while it is pointed at or the cursor is there.
CALL_OUT = NodeShape("capsule", 52.0, 21.0, 2, LINE, LINE, "right")
