"""The lenses: a row for each, in the order in which they stand in the View menu. How to add one:

1. Its file in gui/lenses/: a Lens that shows a View in `_show`. What it draws is in gui/plots/,
   what it works out in engine/.
2. A function that makes and wires it, and its row in LENSES. Nothing of a lens is loaded before it
   is opened for the first time, so that the window is up sooner.
3. A name for what outlives the window in `gui.settings.LENSES`.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from PySide6.QtWidgets import QWidget

from gui.canvas.network_canvas import NetworkCanvas
from gui.lenses.lens import Lens
from gui.session.named_edits import Intents
from gui.session.session import Session


class Wires(Struct, frozen=True, eq=False):
    """What a lens is made in, and what of the window it may be wired to."""

    parent: QWidget
    session: Session
    intents: Intents
    canvas: NetworkCanvas


class LensRow(Struct, frozen=True):
    """A lens: its key, what the menu says, its keys, the one or two words on its tab, its title,
    and what makes it."""

    key: str
    menu_text: str
    shortcut: str
    tab: str
    title: str
    make: Callable[[Wires], Lens]


def _units(wires: Wires) -> Lens:
    from gui.lenses.units import UnitLens

    lens = UnitLens(wires.parent)
    lens.unit_chosen.connect(wires.canvas.select)
    lens.unit_chosen.connect(wires.canvas.asked)
    wires.canvas.selected.connect(lens.show_selected)
    lens.show_selected(wires.canvas.selected_number)
    return lens


def _along_weight(wires: Wires) -> Lens:
    from gui.lenses.along_weight import WeightLens

    lens = WeightLens(lambda: wires.session.state, wires.parent)
    lens.value_edited.connect(wires.intents.set_parameter)
    wires.canvas.selected.connect(lens.show_selected)
    lens.show_selected(wires.canvas.selected_number)
    return lens


def _gradients(wires: Wires) -> Lens:
    from gui.lenses.gradients import GradientLens

    lens = GradientLens(wires.session, wires.parent)
    lens.epoch_asked.connect(wires.session.go_to_epoch)
    return lens


def _landscape(wires: Wires) -> Lens:
    from gui.lenses.landscape import LandscapeLens

    lens = LandscapeLens(wires.session, wires.parent)
    wires.canvas.selected.connect(lens.show_selected)
    lens.show_selected(wires.canvas.selected_number)
    return lens


def _metrics(wires: Wires) -> Lens:
    from gui.lenses.metrics import MetricsLens

    lens = MetricsLens(wires.parent)
    lens.samples_asked.connect(wires.session.mark_samples)
    return lens


LENSES: tuple[LensRow, ...] = (
    LensRow("units", "f and f′ of a la&yer", "Ctrl+4", "f, f′", "f and f′ over z", _units),
    LensRow(
        "weight", "Loss &along a weight", "Ctrl+5", "E(w)", "Loss along a weight", _along_weight
    ),
    LensRow(
        "gradients", "G&radients by layer", "Ctrl+6", "∂E", "Gradients by layer", _gradients
    ),
    LensRow("landscape", "Loss lan&dscape", "Ctrl+7", "E(θ)", "Loss landscape", _landscape),
    LensRow("metrics", "&Metrics", "Ctrl+M", "Metrics", "Metrics", _metrics),
)
