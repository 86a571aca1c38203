"""Presenting: the network alone in the window, and the presentation that a whole class can read."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QSplitter

from gui import theme
from gui.widgets.typed_text import take_typed_text
from gui.window.banner import Banner
from gui.window.columns import Columns, Shown

if TYPE_CHECKING:
    from gui.window.blackout import Blackout
    from gui.window.pointer_ring import PointerRing

_LEAST_TYPE = 0.02  # of the screen's height, in a presentation
_GROWS = (100, 110, 125, 150, 175, 200)  # percent of that, to which text may grow there
_SETTLING_MILLISECONDS = 1000  # within which a window manager gives a window its size again

UseTextSize = Callable[[int, bool], None]


class Presenting(QObject):
    """Takes out of the window what is not to be seen for a while, and puts all back as it was.

    The network alone takes the whole window; the presentation the whole screen, with the
    explanation of the step, text that grows with the screen, a ring around the pointer, and a key
    that blacks the screen. A message is seen nevertheless: the status bar comes and goes with it.
    `changed` tells of each coming and going.
    """

    changed = Signal()

    def __init__(
        self,
        window: QMainWindow,
        columns: Columns,
        banner: Banner,
        use_text_size: UseTextSize,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._columns = columns
        self._banner = banner
        self._use_text_size = use_text_size
        self._percent = 100  # the size of text outside
        self._least = 100  # that of a presentation, in percent too
        self._geometry: QByteArray | None = None  # of the window outside, while presenting
        self._splits: dict[QSplitter, list[int]] = {}
        self._ring: PointerRing | None = None
        self._blackout: Blackout | None = None
        self._settling = QTimer(self, singleShot=True, interval=_SETTLING_MILLISECONDS)
        self._black = QShortcut(window)
        self._black.setKeys([QKeySequence("B"), QKeySequence(".")])
        self._black.setAutoRepeat(False)
        self._black.setEnabled(False)
        self._black.activated.connect(self._go_black)
        banner.installEventFilter(self)
        window.statusBar().messageChanged.connect(self._fit_status_bar)
        window.installEventFilter(self)

    @property
    def shows_all(self) -> bool:
        """Whether everything is in the window."""
        return self._columns.shows == "all"

    @property
    def is_alone(self) -> bool:
        """Whether the network has the window for itself."""
        return self._columns.shows == "network"

    @property
    def is_presenting(self) -> bool:
        """Whether this is a presentation."""
        return self._columns.shows == "explained network"

    @property
    def geometry(self) -> QByteArray:
        """Size and place of the window when nothing is presented, for the next start."""
        return self._window.saveGeometry() if self._geometry is None else self._geometry

    @property
    def text_sizes(self) -> tuple[int, ...]:
        """The sizes that text may have now, in percent: in a presentation none is too small."""
        if not self.is_presenting:
            return theme.TEXT_SIZES
        return tuple(round(self._least * grows / 100) for grows in _GROWS)

    @property
    def usual_text_size(self) -> int:
        """The size that text has now unless somebody changes it."""
        return max(self._percent, self._least) if self.is_presenting else 100

    def toggle_alone(self) -> None:
        """Give the network the whole window, or have the rest back."""
        if self.is_alone:
            self.leave()
        else:
            self.leave()
            self._enter("network")

    def toggle_presentation(self) -> None:
        """Begin the presentation, or end it."""
        if self.is_presenting:
            self.leave()
        else:
            self.leave()
            self._enter("explained network")

    def leave(self) -> None:
        """Have everything back, as it was."""
        if self.shows_all:
            return
        take_typed_text()
        self._window.statusBar().clearMessage()  # else Qt writes it over what it has come back to
        if self.is_presenting:
            self._end_presentation()
        self._window.menuBar().show()
        self._window.statusBar().show()
        self._columns.show_only("all")
        self._settling.start()
        self._divide()
        self.changed.emit()

    def _enter(self, shows: Shown) -> None:
        window, columns = self._window, self._columns
        take_typed_text()
        self._splits = {each: each.sizes() for each in columns.findChildren(QSplitter)}
        columns.canvas.setFocus()  # before Qt passes it on from what is hidden
        # Keys of a menu that is hidden do nothing unless the window has them too.
        actions = window.menuBar().findChildren(QAction)
        window.addActions([each for each in actions if each.shortcuts()])
        window.menuBar().hide()
        window.statusBar().clearMessage()
        if shows == "explained network":
            self._geometry = window.saveGeometry()
        columns.show_only(shows)
        self._fit_status_bar()
        if self.is_presenting:
            self._begin_presentation()
        self.changed.emit()

    def _begin_presentation(self) -> None:
        from gui.window.pointer_ring import PointerRing  # no start needs it

        window = self._window
        self._percent = theme.percent()
        least = ceil(_LEAST_TYPE * window.screen().size().height())
        self._least = ceil(100 * least / theme.SMALL)
        self._use_text_size(self.usual_text_size, False)
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)
        self._ring = PointerRing(window)
        self._black.setEnabled(True)

    def _end_presentation(self) -> None:
        window = self._window
        self._black.setEnabled(False)
        if self._ring is not None:
            self._ring.end()
            self._ring = None
        if self._blackout is not None:
            self._blackout.end()
        self._geometry = None
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowFullScreen)
        self._use_text_size(self._percent, False)

    def _go_black(self) -> None:
        from gui.window.blackout import Blackout

        if self._blackout is None:
            self._blackout = Blackout(self._window)
        self._blackout.begin()

    def make_room_for_tool(self) -> None:
        """Hear that a tool was asked for: it has no place beside the network alone."""
        if self.is_alone:
            self.leave()

    def make_room_for_notice(self) -> None:
        """Hear that the status bar is about to say something: Qt has what stands in it give way
        to a message only where that can be seen."""
        self._window.statusBar().show()

    def _fit_status_bar(self) -> None:
        """Show the status bar if there is something to be read in it."""
        if not self.shows_all:
            bar = self._window.statusBar()
            bar.setVisible(bool(bar.currentMessage()) or self._banner.isVisibleTo(bar))

    def _divide(self) -> None:
        """Divide the columns as they were. What came or went meanwhile divides anew."""
        for splitter, sizes in self._splits.items():
            if splitter.count() == len(sizes):
                splitter.setSizes(sizes)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._banner:
            if kind in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
                self._fit_status_bar()
        elif watched is self._window and kind == QEvent.Type.Resize and self._settling.isActive():
            QTimer.singleShot(0, self, self._divide)  # once the columns have their new size
        return False
