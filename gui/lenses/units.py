"""UnitLens: the activation of a layer and its slope over z, with every unit on them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from engine.run.column_words import with_class
from engine.run.steps import StepId
from engine.text.numbers import format_number
from engine.text.wording import listed
from gui.lenses.lens import Lens
from gui.plots.unit_plot import UnitPlot, UnitSpot
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.layouts import NO_MARGINS, column
from gui.widgets.menu_entry import choice_entry

_MOST_NAMED = 4
_SOFTMAX = (
    "Softmax: each activation depends on the net inputs of all units of the layer, so that there "
    "is no one curve. Choose another layer."
)


class UnitLens(Lens):
    """f and f′ over z. The layer is that of the unit selected last on the network, or chosen here;
    `unit_chosen` tells of a unit that was clicked, by the step that works its net input out."""

    unit_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("f and f′", "unitLens", parent)
        self._layer = 1
        self.plot = UnitPlot(self.page)
        self.plot.chosen.connect(self._on_chosen)
        self.page.setLayout(column((self.plot, 1), margins=NO_MARGINS))
        self.layer_button = Button("", "unitLensLayer", "Layer shown", self._open_menu, link=True)
        self.add_to_head(self.layer_button)
        self._menu = QMenu(self)

    def show_selected(self, number: object) -> None:
        """Hear of what is selected on the network: its layer is shown."""
        layer = getattr(number, "layer", None)
        if isinstance(layer, int) and layer > 0 and layer != self._layer:
            self._choose(layer)

    def restyle(self) -> None:
        self.plot.restyle()
        super().restyle()

    def _show(self, view: View) -> None:
        network = view.spec.network
        layer = self._layer = min(self._layer, network.depth)
        title = network.layer_title(layer)
        self.layer_button.setAccessibleName(f"Layer shown: {title}")
        self.layer_button.setVisible(network.depth > 1)
        self.set_text(self.layer_button, f"{title} ▾", "layer ▾")
        f = network.layers[layer - 1].function
        if f.slope is None:
            self.say(_SOFTMAX)
            return
        values = view.worked_pass
        z, a = values.z[layer], values.of_net_input(network, layer)
        slopes = f.slope(z, a)
        units = [
            UnitSpot(
                with_class(view.spec, layer, unit), float(z[unit]), float(a[unit]),
                float(slopes[unit]), view.flatness(layer, unit),
            )
            for unit in range(network.sizes[layer])
        ]
        self.plot.show_units(f, units, view.worked_digits)
        self.note.setText(f"{network.layers[layer - 1].function.title}: f solid, f′ dashed. "
                          f"{_in_words(units)}")
        self.plot.setAccessibleDescription(_spoken(units))

    def _on_chosen(self, unit: int) -> None:
        self.unit_chosen.emit(StepId("forward", "net_input", self._layer, unit))

    def _open_menu(self) -> None:
        if self._view is None:
            return
        self._menu.clear()
        network = self._view.spec.network
        for layer in range(1, network.depth + 1):
            title = network.layer_title(layer)
            action = choice_entry(self._menu, title, layer == self._layer)
            action.triggered.connect(lambda _, layer=layer: self._choose(layer))
        self.layer_button.open_menu(self._menu)

    def _choose(self, layer: int) -> None:
        self._layer = layer
        self.again()


def _in_words(units: list[UnitSpot]) -> str:
    """Which units hardly react."""
    told = []
    for flatness, why in (("flat", "for this sample"), ("dead", "for every training sample")):
        names = [unit.name for unit in units if unit.flatness == flatness]
        if names:
            shown = names if len(names) <= _MOST_NAMED else [f"{len(names)} units"]
            told.append(f"{flatness.capitalize()} (f′ nearly 0 {why}): {listed(shown)}.")
    return " ".join(told) or "No unit is flat."


def _spoken(units: list[UnitSpot]) -> str:
    """The units in words, for a screen reader."""
    parts = [
        f"{unit.name}: z {format_number(unit.z, 4)}, f {format_number(unit.a, 4)}, "
        f"f′ {format_number(unit.slope, 4)}{', ' + unit.flatness if unit.flatness else ''}"
        for unit in units[:12]
    ]
    return "; ".join(parts)
