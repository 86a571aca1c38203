"""The welcome: three ways in and the lessons, at the very first start and when asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QDialog, QGridLayout, QPushButton, QWidget

from engine.learn.lessons.bundled import lesson_names, lesson_title
from gui import theme
from gui.documents.documents import Documents
from gui.learn.lessons.menu import Lessons
from gui.widgets.buttons import Button
from gui.widgets.labels import PlainLabel, SecondaryLabel
from gui.widgets.layouts import column, row
from gui.widgets.plain_text import menu_text
from gui.widgets.vertical_scroll import VerticalScroll
from gui.window.help.way_in import WayIn, draw_neuron, draw_table, draw_xor

_STEPPING, _TRAINING = "one-neuron", "xor-2-3-1"  # examples
_LESSONS_BELOW = 3  # each other
_SIDE_BY_SIDE = 700  # pixels of width, at 100 % text, in which three ways stand side by side
_EDGE = 40  # pixels that stay free around it on a small window


class Welcome(QDialog):
    """Names the ways in; whichever is taken closes it."""

    def __init__(self, documents: Documents, lessons: Lessons, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Welcome to Backpass")
        self.setObjectName("welcome")
        heading = PlainLabel("See backpropagation happen")
        heading.setFont(theme.font(20, bold=True))
        about = SecondaryLabel(
            "One number at a time, or thousands of epochs a second; and any number can be asked "
            "where it came from."
        )
        about.setWordWrap(True)
        self._ways = row(
            *(
                self._way(*way)
                for way in (
                    (draw_neuron, "One number at a time", "A single neuron, step by step: Space "
                     "works out the next number.", "wayStepping",
                     lambda: documents.open_example(_STEPPING)),
                    (draw_xor, "A network that learns", "XOR with three hidden units: press Train "
                     "and watch.", "wayTraining", lambda: documents.open_example(_TRAINING)),
                    (draw_table, "Your own", "Choose the layers and the data, type them in or "
                     "bring a table.", "wayOwn", documents.new),
                )
            ),
            gap=theme.MARGIN,
        )  # fmt: skip
        ground = QWidget()
        inside = column(
            heading, about, self._ways, PlainLabel("Or be led by a lesson"), self._lessons(lessons),
            None, gap=theme.MARGIN, margins=(theme.MARGIN,) * 4,
        )  # fmt: skip
        ground.setLayout(inside)
        close = Button("Close", "closeWelcome", "Stay with what is open", self.close)
        again = SecondaryLabel("Help ▸ Welcome brings this back.")
        foot = row(again, None, close, margins=(theme.MARGIN, 0, theme.MARGIN, theme.MARGIN))
        self.setLayout(column((VerticalScroll(ground), 1), foot, gap=theme.GAP, margins=(0,) * 4))
        room = parent.window().size() - QSize(_EDGE, _EDGE)
        width = min(theme.px(760), room.width())
        high = inside.totalHeightForWidth(width) + foot.sizeHint().height() + 3 * theme.GAP
        self.resize(QSize(width, high).boundedTo(room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the ways below each other where they are not wide enough side by side."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= theme.px(_SIDE_BY_SIDE)
        ways = QBoxLayout.Direction
        self._ways.setDirection(ways.LeftToRight if is_wide else ways.TopToBottom)

    def _way(
        self,
        drawing: Callable[..., None],
        title: str,
        sentence: str,
        name: str,
        job: Callable[[], object],
    ) -> WayIn:
        way = WayIn(drawing, title, sentence, name)
        way.clicked.connect(lambda: self._take(job))
        return way

    def _lessons(self, lessons: Lessons) -> QGridLayout:
        """The lessons in their order, down and then across."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme.MARGIN)
        names = lesson_names()
        for place, name in enumerate(names):
            link = QPushButton(menu_text(lesson_title(name)))
            link.setObjectName(f"welcome/{name}")
            link.setProperty("link", True)
            link.setCursor(Qt.CursorShape.PointingHandCursor)
            link.clicked.connect(
                lambda _=False, name=name: self._take(lambda: lessons.open_bundled(name))
            )
            across, down = divmod(place, _LESSONS_BELOW)
            grid.addWidget(link, down, across, Qt.AlignmentFlag.AlignLeft)
        return grid

    def _take(self, job: Callable[[], object]) -> None:
        self.close()
        job()
