"""NetworkCanvas: the network as the person sees, asks and edits it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from engine.maths.losses import LOSSES
from engine.maths.network import Parameter
from engine.run.given import Given
from engine.run.steps import StepId
from engine.text.numbers import format_number
from gui import theme
from gui.canvas.accessible import announce_step, install, tell_selected
from gui.canvas.caption import SampleCaption
from gui.canvas.chip import PhaseChip
from gui.canvas.editor import InPlaceField
from gui.canvas.items.glow import spot_about
from gui.canvas.layer_buttons import LayerButtons
from gui.canvas.menu import CanvasMenu
from gui.canvas.pointing_view import PointingView
from gui.canvas.scene import NetworkScene
from gui.canvas.spots import (
    Spot,
    about_spot,
    caption_of,
    describe,
    is_there,
    number_at,
    parameter_at,
    step_at,
    value_at,
)
from gui.canvas.walk import next_number
from gui.canvas.wishes import Wishes
from gui.view import View
from gui.widgets.layouts import NO_MARGINS, column, row
from gui.widgets.name_field import NameField, name_field
from gui.widgets.number_field import Check
from gui.widgets.picture import Picture

_CHIP_ROOM = 420  # pixels of the head that are kept for the chip
_PICTURE_MARGIN = 8  # pixels around the network in a picture of it
_COLUMN_MARGIN = 16  # pixels beside a column where its buttons still show


class NetworkCanvas(Wishes):
    """Shows a view's network and reports what the person did; it changes nothing itself.

    `unit_moved` is in the plane of gui.canvas.placing.layout and comes once, at the end of a drag.
    The canvas owns which number is selected: `selected` says it, `asked` that the person went to
    it and wants to hear of it, both as a StepId, a Parameter or a Given (`selected` None for
    none). `spot_hovered` is what is under the pointer: a StepId, a Parameter, or None.
    """

    parameter_edited = Signal(object, float)
    input_edited = Signal(int, int, float)
    target_edited = Signal(int, int, float)
    unit_moved = Signal(str, float, float)
    unit_renamed = Signal(int, int, str)
    target_renamed = Signal(int, str)
    selected = Signal(object)
    asked = Signal(object)
    spot_hovered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("networkCanvas")
        self.setMinimumSize(280, 200)
        self.scene = NetworkScene()
        self.view = PointingView(self.scene)
        self.view.setObjectName("networkView")
        self.view.setAccessibleName("Network")
        self.setFocusProxy(self.view)
        self.chip = PhaseChip()
        self.caption = SampleCaption()
        # Whoever owns the canvas may put a chooser beside the caption.
        self.corner = row(self.caption, gap=theme.GAP)
        head = row((self.chip, 1), self.corner, gap=theme.GAP)
        self.setLayout(column(head, (self.view, 1), gap=2, margins=NO_MARGINS))
        self._buttons = LayerButtons(self.view.viewport(), self)
        self._offers_units = True
        self._field: InPlaceField | None = None
        self._hovered: Spot | None = None
        self._waiting: View | None = None  # to be shown as soon as there is a size to fit it into
        self._was_shown = False
        self._wire()
        install()

    def _wire(self) -> None:
        self.view.unit_moved.connect(self.unit_moved)
        self.view.selection_changed.connect(self._tell_selected)
        self.view.selection_changed.connect(lambda: tell_selected(self.view))
        self.view.asked.connect(self._ask)
        self.view.edit_asked.connect(self.edit)
        self.view.menu_asked.connect(self._open_menu)
        self.view.layer_opened.connect(self._open_layer)
        self.view.pointed.connect(self._follow_pointer)
        self.view.looked.connect(self._follow_view)

    def offer_units(self, offered: bool) -> None:
        """Offer a unit more or fewer at the layer under the pointer, or do not."""
        self._offers_units = offered
        if not offered:
            self._buttons.withdraw()

    def picture(self) -> Picture:
        """All of the network, whatever part of it is in view."""
        area = self.scene.itemsBoundingRect().toAlignedRect()
        area.adjust(-_PICTURE_MARGIN, -_PICTURE_MARGIN, _PICTURE_MARGIN, _PICTURE_MARGIN)
        return Picture(
            "Network",
            area.size(),
            lambda painter: self.scene.paint_whole(painter, QRectF(area)),
            self.scene.restyle,
        )

    # What is shown

    def display(self, view: View) -> None:
        """Show a view: numbers are updated in place, another network is built anew."""
        if not self._was_shown:
            self._waiting = view
            return
        before = self.scene.view
        is_other = before is None or before.spec.network != view.spec.network
        kept = self._still_there(before, view)
        if is_other:
            self._drop_field()
            self._buttons.withdraw()
            self.view.forget()
        elif before is not None and before.spec.has_targets != view.spec.has_targets:
            self._drop_field()
            self.view.forget()  # maybe of a target, which is there no more
        elif before is not None and before.sample != view.sample:
            self._close_field()
        self.scene.display(view)
        if is_other:
            self.view.follow_network()
            self.view.select(kept)
        self.chip.display(view)
        self.caption.display(view, self._caption_room)
        self._place_field()
        self._say_where()
        if before is not None and not view.training and view.step != before.step:
            announce_step(self.view, view)

    def _still_there(self, before: View | None, view: View) -> Spot | None:
        """What is selected, if another view has the same units and that spot among them."""
        spot, network = self.view.selected, view.spec.network
        if before is None or spot is None or before.spec.network.units != network.units:
            return None
        return spot if is_there(network, spot) else None

    @property
    def _caption_room(self) -> int:
        return self.width() - theme.px(_CHIP_ROOM)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.caption.fit(self._caption_room)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._was_shown = True
        if self._waiting is not None:
            view, self._waiting = self._waiting, None
            self.display(view)

    def start_anew(self) -> None:
        """Be as at the start, for another document or the same one opened again: the whole
        network in sight, and nothing selected."""
        self._drop_field()
        self._buttons.withdraw()
        self.view.forget()
        self.scene.fold_all()
        self.view.fit()

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self._buttons.restyle()
        self.scene.restyle()
        self.view.follow_network()
        self.chip.restyle()

    def fit(self) -> None:
        """Show the whole network again."""
        self.view.fit()

    def trace(self, step: StepId | None) -> None:
        """Light up the path of the chain rule from the loss to what a step works out."""
        self.scene.trace(step)

    def highlight(self, about: object) -> None:
        """Put a ring around what a StepId or Parameter belongs to; None takes it away."""
        self.scene.highlight(spot_about(about))

    def place_of(self, spot: Spot) -> QRect:
        """Where a spot is on the viewport of the view."""
        return self.view.place_of(spot)

    # What the person does

    def select(self, number: object) -> None:
        """Select a number, a StepId, a Parameter or a Given, wherever it stands."""
        view = self.scene.view
        if view is None:
            return
        if isinstance(number, Given):
            is_input = number.kind == "input"
            layer = 0 if is_input else view.spec.network.depth
            self.view.select(Spot("unit" if is_input else "target", layer, number.unit))
        else:
            spot = spot_about(number)
            there = spot is not None and is_there(view.spec.network, spot)
            self.view.select(spot if there else None)

    @property
    def selected_number(self) -> StepId | Parameter | Given | None:
        """What is selected, as `selected` says it."""
        view, spot = self.scene.view, self.view.selected
        return None if view is None or spot is None else number_at(view, spot)

    def _tell_selected(self) -> None:
        self.selected.emit(self.selected_number)

    def _ask(self, spot: Spot) -> None:
        number = None if self.scene.view is None else number_at(self.scene.view, spot)
        if number is not None:
            self.asked.emit(number)

    def edit(self, spot: Spot, typed: str = "") -> None:
        """Open a field at a parameter, an input or a target, which begins with what was typed."""
        view = self.scene.view
        value = None if view is None else value_at(view, spot)
        if view is None or value is None:
            return
        self._close_field()
        name = describe(view, spot).splitlines()[0]
        check = _target_check(view) if spot.kind == "target" else None
        place, is_covered = self._editor_place(spot)
        caption = caption_of(view, spot) if is_covered else ""
        field = InPlaceField(spot, value, name, caption, check, self.view.viewport())
        # The sample as it is now: by the time a number is confirmed another may be shown.
        row = view.sample
        field.edited.connect(lambda number: self._report(spot, row, number))
        field.closed.connect(self._field_closed)
        field.passed.connect(self._edit_next)
        self._field = field
        field.open_at(place, self._leaves_label(spot))
        if typed:
            field.begin_with(typed)

    def rename(self, spot: Spot) -> None:
        """Open a field for the name of a unit, or of an output's target."""
        view, layer, unit = self.scene.view, spot.layer, spot.unit
        if view is None:
            return
        self._close_field()
        parent, place = self.view.viewport(), self.place_of(spot)
        if spot.kind == "target":
            field = name_field(view, None, unit, parent, place)
            field.named.connect(lambda name: self.target_renamed.emit(unit, name))
        else:
            field = name_field(view, layer, unit, parent, place)
            field.named.connect(lambda name: self.unit_renamed.emit(layer, unit, name))

    def _editor_place(self, spot: Spot) -> tuple[QRect, bool]:
        """Where a field for the number at a spot belongs, and whether it covers the name there."""
        if self._leaves_label(spot):
            return self.place_of(spot), False
        place, is_covered = self.scene.editor_place(spot)
        return self.view.to_viewport(place), is_covered

    def _leaves_label(self, spot: Spot) -> bool:
        """Whether a gradient or a new value stands beside the number, which stays in sight."""
        view = self.scene.view
        if view is None or parameter_at(view.spec.network, spot) is None:
            return False
        step = step_at(view, spot)
        return step is not None and view.is_revealed(step)

    def _edit_next(self, forward: bool) -> None:
        """Go on from the number just taken to the next one, or the one before."""
        field, view = self._field, self.scene.view
        if field is None or view is None:
            return
        field.close_field(True)
        following = next_number(view.spec.network, field.spot, forward, view.spec.has_targets)
        if following is not None:
            self.view.ask(following)
            self.edit(following)

    def _report(self, spot: Spot, row: int, number: float) -> None:
        assert self.scene.view is not None
        parameter = parameter_at(self.scene.view.spec.network, spot)
        if parameter is not None:
            self.parameter_edited.emit(parameter, number)
        elif spot.kind == "target":
            self.target_edited.emit(row, spot.unit, number)
        else:
            self.input_edited.emit(row, spot.unit, number)

    def _close_field(self) -> None:
        if self._field is not None:
            self._field.close_field(False)

    def _drop_field(self) -> None:
        """Close the field without its number, which belongs to a network that is gone."""
        for field in self.view.viewport().findChildren(NameField):
            field.drop()
        if self._field is not None:
            self._field.drop()

    def _field_closed(self, by_key: bool) -> None:
        field, self._field = self._field, None
        if field is not None and by_key:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            self.view.select(field.spot)

    def _open_menu(self, spot: Spot | None, where: QPoint) -> None:
        view = self.scene.view
        if view is None:
            return
        is_folded = spot is not None and self.scene.is_folded(spot.layer)
        menu = CanvasMenu(view, spot, is_folded, self)
        menu.edit_chosen.connect(self.edit)
        menu.rename_chosen.connect(self.rename)
        menu.layer_opened.connect(self._open_layer)
        menu.layer_folded.connect(self._fold_layer)
        menu.fit_chosen.connect(self.fit)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def _open_layer(self, layer: int, unit: int) -> None:
        """Show a large layer unit by unit, close enough to a unit to read it."""
        self.view.forget()
        self.scene.set_opened(layer, True)
        self.view.show_unit(layer, unit)

    def _fold_layer(self, layer: int) -> None:
        """Draw a large layer as a summary again."""
        self.view.forget()
        self.scene.set_opened(layer, False)
        self.view.fit()

    # What follows the pointer

    def _follow_pointer(self) -> None:
        self._say_where()
        view = self.scene.view
        if view is not None and self.view.hovered != self._hovered:
            self._hovered = self.view.hovered
            spot = self._hovered
            self.spot_hovered.emit(None if spot is None else about_spot(view, spot))
        pointer = self.view.pointer
        is_on = self.view.viewport().rect().contains(pointer.toPoint())
        if view is not None and is_on and self._offers_units:
            for layer in range(view.spec.network.depth + 1):
                column = self.view.to_viewport(self.scene.column(layer))
                low, high = column.left() - _COLUMN_MARGIN, column.right() + _COLUMN_MARGIN
                if low <= pointer.x() <= high:
                    self._buttons.offer(view.spec.network, layer, column)
                    return
        self._buttons.withdraw()

    def _say_where(self) -> None:
        """Tell assistive technology what is selected."""
        view, spot = self.scene.view, self.view.selected
        words = "" if view is None or spot is None else describe(view, spot)
        if words != self.view.accessibleDescription():
            self.view.setAccessibleDescription(words)

    def _follow_view(self) -> None:
        self._buttons.withdraw()
        self._place_field()

    def _place_field(self) -> None:
        if self._field is not None:
            spot = self._field.spot
            self._field.move_to(self._editor_place(spot)[0], self._leaves_label(spot))


def _target_check(view: View) -> Check:
    """Refuse targets that the loss cannot take."""
    loss = LOSSES[view.spec.loss]
    (low, high), classes = loss.target_range, loss.classes

    def check(value: float) -> str | None:
        if classes is not None and value not in classes:
            both = " or ".join(format_number(each, None) for each in classes)
            return f"A target for {loss.title} is {both}."
        if low <= value <= high:
            return None
        limits = f"{format_number(low)} to {format_number(high)}"
        return f"A target for {loss.title} lies from {limits}."

    return check
