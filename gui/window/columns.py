"""Columns: where every panel of the window stands."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gui import settings, theme
from gui.canvas.network_canvas import NetworkCanvas
from gui.learn.mistakes.strip import MistakeStrip
from gui.lenses.place import LensPlace
from gui.panels.controls import ControlsBar
from gui.panels.data.panel import DataPanel
from gui.panels.loss.panel import LossPanel
from gui.panels.network.panel import NetworkPanel
from gui.panels.result import ResultPanel
from gui.panels.ribbon.panel import StepRibbon
from gui.panels.weights.panel import WeightsPanel
from gui.widgets.card import Card
from gui.widgets.column import Column
from gui.widgets.edge_handle import EdgeHandle
from gui.widgets.layouts import NO_MARGINS, row
from gui.widgets.plain_text import set_tip
from gui.widgets.typed_text import take_typed_text
from gui.window.side import Side
from gui.window.why_card import WhyCard

SIDE_KEYS = {"left": "Ctrl+1", "right": "Ctrl+2", "lower": "Ctrl+3"}

_HEIGHTS = [608, 160]  # of the network and the loss below it, at first
# Around the columns; little below: the status bar keeps two lines free for a message.
_MARGINS = theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.GAP // 2
# Pixels of a window's width up to which both outer columns leave too little of it, whatever the
# size of text, and those at 100 % text from which one of them leaves half.
_TOO_NARROW_FOR_BOTH = 1280
_ROOM_FOR_ONE = 660
# The column at the right, the strip of the closed one and the gaps take no more than this part of a
# window, as long as the column has the width that its panels need.
_OUTER_PART = 1 / 3
_BESIDE_RIGHT = 70
_LEAST_RIGHT = 250
# A window's height at 100 % text, below which what stands above and below the network is lean.
_LOW = 450
_LEAN_MARGINS = theme.MARGIN, theme.GAP // 2, theme.MARGIN, 0
# What the explanation of a presented step takes: of the width on a wide screen, of less on one that
# is hardly so many times as wide as high, such as a projector of 4 : 3, else of the height.
_WIDE, _HARDLY_WIDE = 1.5, 1.1
_PART_BESIDE, _PART_OF_LITTLE, _PART_BELOW = 0.38, 0.33, 0.40
_UNBOUND = 16_777_215  # pixels: Qt's "no bound"


Shown = Literal["all", "network", "explained network"]


class Columns(QWidget):
    """All panels: the controls along the top, below them a column at the left, the network and the
    loss in the middle, and a column at the right.

    The columns and the loss give way to the network, each by its handle; in a narrow window the
    columns do by themselves, the one at the left first. `sides_changed` tells of that.
    """

    sides_changed = Signal()
    shows: Shown = "all"

    def __init__(self, window: QMainWindow, remember: bool) -> None:
        super().__init__(window)
        # From the outside in, see Column.
        window.setCentralWidget(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.controls = ControlsBar(self)
        layout.addWidget(self.controls)
        self._row = columns = QHBoxLayout()
        columns.setContentsMargins(*_MARGINS)
        columns.setSpacing(0)  # a handle is as wide as the gap
        layout.addLayout(columns, 1)
        self._build_left()
        self.above = QVBoxLayout()  # what stands above the network
        self.above.setSpacing(theme.MARGIN)
        self._build_centre(remember)
        self._build_right()
        self._build_sides(remember)
        columns.addWidget(self._left)
        columns.addWidget(self._left_handle)
        columns.addLayout(self.above, 1)
        columns.addWidget(self._right_handle)
        columns.addWidget(self.right)
        self._status_bar = window.statusBar()

    def _build_left(self) -> None:
        self._left = Column(needs=640, parent=self)
        self.network = NetworkPanel(self._left.place)
        self._left.add("Network", self.network, 47)
        self.weights = WeightsPanel(self._left.place)
        self._left.add("Weights", self.weights, 30)
        self.data = DataPanel(self._left.place)
        self._left.add("Data", self.data, 23)

    def _build_centre(self, remember: bool) -> None:
        self._centre = QSplitter(Qt.Orientation.Vertical, self)
        self._centre.setHandleWidth(theme.MARGIN)
        self._centre.setChildrenCollapsible(False)
        self.above.addWidget(self._centre, 1)
        self._canvas_card = canvas_card = Card("", self._centre)
        canvas_card.title.hide()
        self.mistake_strip = MistakeStrip(canvas_card)
        self.canvas = NetworkCanvas(canvas_card)
        self.ribbon = StepRibbon(canvas_card)
        self.sample_back = _link("‹", "previous sample")
        self.sample_on = _link("›", "next sample")
        self.canvas.corner.insertWidget(0, self.sample_back)
        self.canvas.corner.addWidget(self.sample_on)
        canvas_card.body.addWidget(self.mistake_strip)
        canvas_card.body.addWidget(self.canvas, 1)
        canvas_card.body.addWidget(self.ribbon)
        self.loss = LossPanel(self._centre, remember=remember)
        self._centre.setStretchFactor(0, 19)
        self._centre.setStretchFactor(1, 5)
        self._centre.setSizes(_HEIGHTS)

    def _build_right(self) -> None:
        self.right = Column(needs=560, parent=self)
        self.why = WhyCard(self.right.place)
        self.right.add("Why?", self.why, 54)
        self.lens_place = LensPlace(self.right.place)
        self.result = ResultPanel(self.lens_place.pages)
        self.lens_place.add("Result", self.result, "Result")
        self.right.add("Result", self.lens_place, 46)
        self.right.tabbed_changed.connect(self._make_room)

    def _build_sides(self, remember: bool) -> None:
        edge = Qt.Edge
        left = EdgeHandle(
            edge.LeftEdge, "leftHandle", "Network · weights · data", SIDE_KEYS["left"], self
        )
        right = EdgeHandle(edge.RightEdge, "rightHandle", "Why? · result", SIDE_KEYS["right"], self)
        lower = EdgeHandle(edge.BottomEdge, "lowerHandle", "Loss", SIDE_KEYS["lower"], self)
        self._left_handle, self._right_handle, self._lower_handle = left, right, lower
        kept = settings.SIDES
        self.left_side = Side(self._left, left, self.canvas, kept["left"], remember)
        self.right_side = Side(self.right, right, self.canvas, kept["right"], remember)
        self._lower_side = Side(self.loss, lower, self.canvas, kept["lower"], remember)
        self.right.guest_came.connect(self.right_side.open)
        self._seat_lower_handle()
        self._lower_side.changed.connect(self._seat_lower_handle)
        for side in (self.left_side, self.right_side, self._lower_side):
            side.changed.connect(self.sides_changed)

    def _seat_lower_handle(self) -> None:
        """Put the handle of the loss between it and the network, below that if it is closed."""
        handle = self._lower_handle
        between = self._centre.handle(1) if self._centre.count() > 1 else None
        if between is None or not self._lower_side.is_open:
            self.above.addWidget(handle)
        else:
            layout = between.layout()
            if not isinstance(layout, QHBoxLayout):
                between.setLayout(layout := row(margins=NO_MARGINS))
            layout.addWidget(handle, 0, Qt.AlignmentFlag.AlignCenter)
        handle.setVisible(not self._lower_side.is_away)

    def show_data(self) -> None:
        """Bring the data to the front of the other tabs, where they have one; a closed side stays
        closed."""
        self._left.show_card(self.data)

    def bring_forward(self, inside: QWidget) -> None:
        """Bring what something is in to the front: open its side, and choose its tab."""
        for side, part in ((self.left_side, self._left), (self.right_side, self.right)):
            if part.isAncestorOf(inside):
                side.open()
                part.show_card_with(inside)
                self.lens_place.show_card_with(inside)
                return
        if self.loss is inside or self.loss.isAncestorOf(inside):
            self._lower_side.open()

    @property
    def is_loss_shown(self) -> bool:
        """Whether the loss is to be seen: below the network, or in front of the other tabs."""
        return self._lower_side.is_open if not self.right.tabbed else self.loss.isVisible()

    def toggle_loss(self) -> None:
        """Show the loss, or hide it; behind a tab, go to it or back."""
        if not self.right.tabbed:
            self._lower_side.toggle()
        elif self.loss.isVisible():
            self.right.show_card(self.why)
        else:
            self.right_side.open()
            self.right.show_card(self.loss)

    def _make_room(self, low: bool) -> None:
        """Leave the height of a low window to the network: the loss goes behind a tab, the
        mistakes into the status bar."""
        strip, idle = self.mistake_strip, self.mistake_strip.isHidden()
        strip.keep_to_a_line(low)
        if low:
            self._status_bar.insertPermanentWidget(1, strip)  # before the hint
            self._lower_side.send_away(True)
            self.above.addWidget(self._lower_handle)  # what it stands in goes with the loss
            self.right.add_page("Loss", self.loss)
        else:
            self._status_bar.removeWidget(strip)
            self._canvas_card.body.insertWidget(0, strip)
            self._centre.addWidget(self.loss)
            self._centre.setSizes(_HEIGHTS)
            self.loss.hide()  # as a page it was seen whether it is closed or not
            self.right.drop_last_tab()
            self._lower_side.send_away(self.shows != "all")
            self._seat_lower_handle()
        strip.setHidden(idle)

    def show_only(self, shows: Shown) -> None:
        """Show all panels; the network with its ribbon and nothing else; or these and, as large as
        may be, the card that explains a step, or the tool that is open in its place."""
        self.shows = shows
        is_all, is_explained = shows == "all", shows == "explained network"
        self.controls.setVisible(is_all)
        self.canvas.offer_units(not is_explained)
        self.canvas.view.passes_escape_on = not is_all  # it brings all back
        self._row.setContentsMargins(*(_MARGINS if is_all else [theme.MARGIN] * 4))
        self._row.setSpacing(theme.MARGIN if is_explained else 0)
        for side in (self.left_side, self.right_side):
            side.send_away(not is_all)
        self._lower_side.send_away(not is_all or self.right.tabbed)
        self.right.show_one(is_explained)
        self.why.fill_room(is_explained)
        self.right.setVisible(is_explained or (is_all and self.right_side.is_open))
        self.share_out(self.width())

    def _share_with_explanation(self) -> None:
        """Give the explanation its part: beside the network on a wide screen, else below it."""
        width, height = self.width(), self.height()
        is_wide = width > _HARDLY_WIDE * height
        directions = QBoxLayout.Direction
        self._row.setDirection(directions.LeftToRight if is_wide else directions.TopToBottom)
        self.right.setMinimumSize(0, 0)
        self.right.setMaximumSize(_UNBOUND, _UNBOUND)
        if is_wide:
            part = _PART_BESIDE if width > _WIDE * height else _PART_OF_LITTLE
            self.right.setFixedWidth(round(part * width))
        else:
            self.right.setFixedHeight(round(_PART_BELOW * height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.shows == "all" and not self.right_side.is_open:
            # Qt gives a closed side no size, and it has to know how low it would be: the loss goes
            # behind one of its tabs then.
            _, above, _, below = _MARGINS
            height = self.height() - self.controls.height() - above - below
            self.right.resize(self.right.width(), height)
            self.right.restyle()

    def _make_lean(self) -> None:
        """Leave the height of a window that is low for its text to the network: what stands above
        and below it takes no more than it must. In a presentation text is as large as it is for
        those at the back, and all is in sight."""
        is_low = self.shows != "explained network" and self.window().height() < theme.px(_LOW)
        self.controls.keep_low(is_low)
        self.ribbon.keep_low(is_low)
        self._canvas_card.keep_low(is_low)
        if self.shows == "all":
            self._row.setContentsMargins(*(_LEAN_MARGINS if is_low else _MARGINS))

    def share_out(self, width: int) -> None:
        """Give the outer columns their parts of a window of this width: more than half of it is the
        network's, whatever the width."""
        self._make_lean()
        if self.shows == "explained network":
            self._share_with_explanation()
            return
        self._row.setDirection(QBoxLayout.Direction.LeftToRight)
        self.right.setMinimumHeight(0)
        self.right.setMaximumHeight(_UNBOUND)
        at_usual = round(width / theme.scale())
        self._left.setFixedWidth(theme.px(_share(at_usual, 230, 285, 300)))
        part = max(_LEAST_RIGHT, round(_OUTER_PART * at_usual) - _BESIDE_RIGHT)
        self.right.setFixedWidth(theme.px(min(part, _share(at_usual, 290, 360, 420))))
        self.left_side.say_room(min(width, at_usual) > _TOO_NARROW_FOR_BOTH)
        self.right_side.say_room(at_usual >= _ROOM_FOR_ONE)

    def restyle(self) -> None:
        """Follow a change of the size of text."""
        self.share_out(self.width())
        for column in (self._left, self.right):
            column.restyle()
        for handle in (self._left_handle, self._right_handle, self._lower_handle):
            handle.restyle()


def _share(width: int, least: int, usual: int, most: int) -> int:
    """Pixels of a column: the least up to a window of 1280, the usual ones at 1440."""
    return min(most, max(least, usual + round((width - 1440) / 160 * (usual - least))))


def _link(text: str, meaning: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("link", True)
    button.setAccessibleName(meaning)
    set_tip(button, meaning)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.pressed.connect(take_typed_text)
    return button
