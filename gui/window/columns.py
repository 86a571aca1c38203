"""Columns: where every panel of the window stands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QPushButton, QSplitter, QVBoxLayout, QWidget

from gui import theme
from gui.canvas.network_canvas import NetworkCanvas
from gui.learn.mistakes.strip import MistakeStrip
from gui.panels.controls import ControlsBar
from gui.panels.data.panel import DataPanel
from gui.panels.loss.panel import LossPanel
from gui.panels.network.panel import NetworkPanel
from gui.panels.result import ResultPanel
from gui.panels.ribbon.panel import StepRibbon
from gui.panels.weights.panel import WeightsPanel
from gui.widgets.card import Card
from gui.widgets.column import Column
from gui.widgets.plain_text import set_tip
from gui.widgets.typed_text import take_typed_text
from gui.window.why_card import WhyCard

_HEIGHTS = [600, 170]  # of the network and the loss below it, at first


class Columns(QWidget):
    """All panels: the controls along the top, below them a column at the left, the network and the
    loss in the middle, and a column at the right."""

    def __init__(self, window: QMainWindow, remember: bool) -> None:
        super().__init__(window)
        # From the outside in, see Column.
        window.setCentralWidget(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.controls = ControlsBar(self)
        layout.addWidget(self.controls)
        columns = QHBoxLayout()
        # Little below: the status bar keeps two lines free for a message.
        columns.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.GAP // 2)
        columns.setSpacing(theme.MARGIN)
        layout.addLayout(columns, 1)
        self._build_left()
        columns.addWidget(self._left)
        self.above = QVBoxLayout()  # what stands above the network
        self.above.setSpacing(theme.MARGIN)
        columns.addLayout(self.above, 1)
        self._build_centre(remember)
        self._build_right()
        columns.addWidget(self.right)
        self._status_bar = window.statusBar()

    def _build_left(self) -> None:
        self._left = Column(needs=640, parent=self)
        self.network = NetworkPanel(self._left.place)
        self._left.add("Network", self.network, 45)
        self.weights = WeightsPanel(self._left.place)
        self._left.add("Weights", self.weights, 33)
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
        self._centre.setStretchFactor(0, 7)
        self._centre.setStretchFactor(1, 2)
        self._centre.setSizes(_HEIGHTS)

    def _build_right(self) -> None:
        self.right = Column(needs=560, parent=self)
        self.why = WhyCard(self.right.place)
        self.right.add("Why?", self.why, 54)
        self.result = ResultPanel(self.right.place)
        self.right.add("Result", self.result, 46)
        self.right.tabbed_changed.connect(self._make_room)

    def _make_room(self, low: bool) -> None:
        """Leave the height of a low window to the network: the loss goes behind a tab, the
        mistakes into the status bar."""
        strip, idle = self.mistake_strip, self.mistake_strip.isHidden()
        strip.keep_to_a_line(low)
        if low:
            self._status_bar.insertPermanentWidget(1, strip)  # before the hint
            self.right.add_page("Loss", self.loss)
        else:
            self._status_bar.removeWidget(strip)
            self._canvas_card.body.insertWidget(0, strip)
            self._centre.addWidget(self.loss)
            self._centre.setSizes(_HEIGHTS)
            self.loss.show()
            self.right.drop_last_tab()
        strip.setHidden(idle)

    def share_out(self, width: int) -> None:
        """Give the outer columns their parts of a window of this width."""
        px = theme.px
        self._left.setFixedWidth(min(px(300), max(px(230), round(width * 0.198))))
        self.right.setFixedWidth(min(px(420), max(px(280), round(width * 0.25))))

    def restyle(self) -> None:
        """Follow a change of the size of text."""
        self.share_out(self.width())
        for column in (self._left, self.right):
            column.restyle()


def _link(text: str, meaning: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("link", True)
    button.setAccessibleName(meaning)
    set_tip(button, meaning)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.pressed.connect(take_typed_text)
    return button
