"""Little surfaces: each hidden unit's activation over the two inputs, as pictures for its node."""

from __future__ import annotations

from PySide6.QtGui import QImage

from engine.run.surface import unit_maps
from gui.canvas.involved import Unit
from gui.canvas.items.colours import activation_image
from gui.view import View

_MOST_UNITS = 40
_CELLS = 20


class UnitPictures:
    """The pictures of one view, made anew only when its parameters or its Spec are others."""

    def __init__(self) -> None:
        self._made: dict[Unit, QImage] = {}
        self._view: View | None = None

    def of(self, view: View) -> dict[Unit, QImage]:
        """Pictures by layer and unit: of small networks of two inputs, before the first step."""
        network = view.spec.network
        if view.revealed or network.sizes[0] != 2 or sum(network.sizes) > _MOST_UNITS:
            return {}
        if view.hides_outputs:
            return {}
        before = self._view
        if before is None or before.theta is not view.theta or before.spec is not view.spec:
            self._view, self._made = view, {}
            maps = unit_maps(view.spec, view.theta, _CELLS)
            for layer in range(1, network.depth):
                bounds = network.layers[layer - 1].function.range
                for unit, values in enumerate(maps[layer - 1]):
                    self._made[layer, unit] = activation_image(values, bounds)
        return self._made

    def forget(self) -> None:
        """Make all pictures anew, as the colours have changed."""
        self._view = None
