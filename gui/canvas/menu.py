"""The context menu of the canvas: what can be done to a unit, its layer, a number, the view."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from engine.maths.activations import ACTIVATIONS, hidden_activations
from engine.maths.losses import output_activations
from engine.maths.network import Network, Parameter
from engine.run.limits import HIDDEN_LAYERS, INPUTS, UNITS
from engine.run.spec import Spec
from engine.text.numbers import format_count
from gui.canvas.placing.layout import FOLD_ABOVE
from gui.canvas.spots import Spot, parameter_at
from gui.canvas.wishes import Wishes
from gui.view import View
from gui.widgets.picture import add_picture_entries
from gui.widgets.plain_text import menu_text

_MOST_NAMED = 20  # edges that are cut, one by one


def cut_edges(network: Network, layer: int, unit: int) -> list[Parameter]:
    """The edges of a unit that are cut: those into it, then those out of it."""
    gone = []
    if layer:
        there = {*network.sources_of(layer, unit)}
        before = range(network.sizes[layer - 1])
        gone += [Parameter(layer, unit, k) for k in before if k not in there]
    if layer < network.depth:
        there = {*network.fed_by(layer, unit)}
        after = range(network.sizes[layer + 1])
        gone += [Parameter(layer + 1, k, unit) for k in after if k not in there]
    return gone


class CanvasMenu(QMenu):
    """A menu for a spot (None: empty space). What is chosen is said to the canvas; what that does
    itself goes out through the signals here."""

    edit_chosen = Signal(object)
    rename_chosen = Signal(object)
    layer_opened = Signal(int, int)  # layer, and the unit to be looked at
    layer_folded = Signal(int)
    fit_chosen = Signal()

    def __init__(
        self, view: View, spot: Spot | None, is_folded: bool, wishes: Wishes
    ) -> None:
        super().__init__(wishes)
        self._wishes = wishes
        self.setObjectName("canvasMenu")
        self._view, self._network = view, view.spec.network
        if spot is not None and spot.is_editable:
            self._add(f"Edit {_name(view, spot)}…", lambda: self.edit_chosen.emit(spot))
            self._add_freezing(view, spot)
            self.addSeparator()
        if spot is not None and spot.owner.kind in ("unit", "bias", "target"):
            named = spot if spot.kind == "target" else Spot("unit", spot.layer, spot.unit)
            name = _document_name(view.spec, named)
            self._add(f"Rename {name}…", lambda: self.rename_chosen.emit(named), not is_folded)
            self._add_unit_actions(spot.layer, spot.unit, is_folded)
            self.addSeparator()
        self._add("Fit the network into view", self.fit_chosen.emit)
        self._add("Reset layout", self._wishes.layout_reset.emit)
        self.addSeparator()
        add_picture_entries(self, self._wishes.picture_wanted.emit)

    def _add(self, words: str, job: Callable[[], None], enabled: bool | np.bool = True) -> None:
        action = self.addAction(menu_text(words))
        action.setEnabled(bool(enabled))
        action.triggered.connect(lambda: job())

    def _add_freezing(self, view: View, spot: Spot) -> None:
        """Freeze the parameter at a spot, or train it again."""
        parameter = parameter_at(self._network, spot)
        if parameter is None:
            return
        held, name = self._network.held(parameter), _name(view, spot)
        words = f"Train {name} again" if held == "frozen" else f"Freeze {name}"
        freezes = held != "frozen"
        self._add(
            words, lambda: self._wishes.frozen_chosen.emit([parameter], freezes), held != "fixed"
        )
        if parameter.source is not None:
            cut = partial(self._wishes.cut_chosen.emit, [parameter], True)
            self._add(f"Cut the edge of {name}", cut)

    def _add_connecting(self, view: View, layer: int, unit: int) -> None:
        """Put back the edges of a unit that are cut, one by one or all."""
        network = self._network
        gone = cut_edges(network, layer, unit)
        if not gone:
            return
        menu = self.addMenu("Connect again")
        menu.setObjectName("connectMenu")
        for edge in gone[:_MOST_NAMED]:
            come = network.unit_name(edge.layer - 1, edge.source or 0)
            to = network.unit_name(edge.layer, edge.unit or 0)
            words = f"{view.notation.parameter(network, edge)}: {come} to {to}"
            menu.addAction(menu_text(words)).triggered.connect(partial(self._connect, [edge]))
        if len(gone) > 1:
            action = menu.addAction(f"All {format_count(len(gone))}")
            action.triggered.connect(partial(self._connect, gone))

    def _connect(self, edges: list[Parameter], *_: object) -> None:
        self._wishes.cut_chosen.emit(edges, False)

    def _add_unit_actions(self, layer: int, unit: int, is_folded: bool) -> None:
        network, depth = self._network, self._network.depth
        size = network.sizes[layer]
        if layer:
            self._add_activations(layer)
        noun = "input" if layer == 0 else "unit"
        most = INPUTS.most if layer == 0 else UNITS.most
        name = network.unit_name(layer, unit)
        self._add(f"Remove {name}", lambda: self._wishes.unit_removed.emit(layer, unit), size > 1)
        self._add_connecting(self._view, layer, unit)
        add = f"Add {noun} to this layer"
        self._add(add, lambda: self._wishes.unit_added.emit(layer), size < most)
        self.addSeparator()
        more = depth - 1 < HIDDEN_LAYERS.most
        if layer:
            self._add("Add layer before", lambda: self._wishes.layer_added.emit(layer), more)
        if layer < depth:
            self._add("Add layer after", lambda: self._wishes.layer_added.emit(layer + 1), more)
        if layer:
            span = network.span(layer)
            frozen = (network.frozen[span] > 0.0) | (network.cut[span] > 0.0)
            into = list(network.parameters_of(layer))
            freeze, train = (
                partial(self._wishes.frozen_chosen.emit, into, how) for how in (True, False)
            )
            self._add("Freeze layer", freeze, not frozen.all())
            self._add("Train layer again", train, network.frozen[span].any())
        if 0 < layer < depth:
            self._add("Remove layer", lambda: self._wishes.layer_removed.emit(layer))
        if is_folded:
            self._add("Show unit by unit", lambda: self.layer_opened.emit(layer, unit))
        elif size > FOLD_ABOVE:
            self._add("Fold layer", lambda: self.layer_folded.emit(layer))

    def _add_activations(self, layer: int) -> None:
        """The functions a layer may have: at the output those that some loss goes with."""
        is_output = layer == self._network.depth
        allowed = output_activations() if is_output else hidden_activations()
        menu = self.addMenu("Activation")
        menu.setObjectName("activationMenu")
        group = QActionGroup(menu)
        for key in allowed:
            action = menu.addAction(ACTIVATIONS[key].title)
            action.setCheckable(True)
            action.setChecked(key == self._network.layers[layer - 1].activation)
            action.triggered.connect(
                lambda _=False, key=key: self._wishes.activation_chosen.emit(layer, key)
            )
            group.addAction(action)


def _document_name(spec: Spec, spot: Spot) -> str:
    """What a unit, or for the spot of a target its column, is called in the document."""
    if spot.kind == "target":
        return spec.data.target_names[spot.unit]
    return spec.network.unit_name(spot.layer, spot.unit)


def _name(view: View, spot: Spot) -> str:
    network = view.spec.network
    parameter = parameter_at(network, spot)
    if parameter is not None:
        return view.notation.parameter(network, parameter)
    name = network.unit_name(spot.layer, spot.unit)
    return f"target of {name}" if spot.kind == "target" else name
