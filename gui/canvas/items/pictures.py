"""Pictures for nodes: each hidden unit's activation over the two inputs, as a little surface; or
the weights of the pixels into it, where the inputs form a picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from engine.run.surface import unit_maps
from gui.canvas.involved import Unit
from gui.canvas.items.colours import activation_image
from gui.canvas.placing.shapes import Size
from gui.view import View
from gui.widgets.signed_image import signed_image

_MOST_UNITS = 40
_MOST_OF_WEIGHTS = 64
_CELLS = 20


class UnitPictures:
    """The pictures of one view, made anew only when its parameters or its Spec are others."""

    def __init__(self) -> None:
        self._made: dict[Unit, QImage] = {}
        self._view: View | None = None

    def of(self, view: View) -> dict[Unit, QImage]:
        """Pictures by layer and unit, before the first step: of small networks of two inputs, and
        of networks whose inputs form a picture."""
        network = view.spec.network
        if view.spec.data.picture is not None:
            return {} if view.revealed else self._of_weights(view, view.spec.data.picture)
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

    def _of_weights(self, view: View, picture: Size) -> dict[Unit, QImage]:
        """The weights into each unit of the first layer, against the largest into it."""
        network, before = view.spec.network, self._view
        if network.depth == 1 or network.sizes[1] > _MOST_OF_WEIGHTS:
            return {}
        if before is None or before.theta is not view.theta or before.spec is not view.spec:
            W = network.weights(view.theta, 1)
            largest = np.abs(W).max(axis=1, keepdims=True)
            shares = W / np.where(largest > 0.0, largest, 1.0)
            self._view = view
            self._made = {
                (1, unit): signed_image(share.reshape(picture)) for unit, share in enumerate(shares)
            }
        return self._made

    def forget(self) -> None:
        """Make all pictures anew, as the colours have changed."""
        self._view = None
