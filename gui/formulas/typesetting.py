"""LaTeX to boxes: formulas set by ziamath as SVG, kept by text, size and colour.

A piece of a formula takes a millisecond or two, so a Typesetter works through what it is asked for
a few pieces a turn of the event loop, and what has been set once is there at once.

Every step has new numbers, so what is kept would grow for hours. A derivation has some 20 pieces,
at most 40, as long sums and matrices are cut short; the SVG of a piece has some 5 kB and is kept
for long, what Qt makes of it to paint it takes eleven times that and is kept for what is on screen.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from threading import Thread
from time import perf_counter
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QObject, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgRenderer

from engine.formulas.formula import BESIDE, BY_ENTRY, OVER_ENTRIES
from engine.formulas.writers import LatexWriter, latex_number
from gui.formulas.boxes import Box

_KEPT = 500  # pieces, of the last hundred derivations or so: 3 MB
_ON_SCREEN = 96  # pieces that are ready to be painted: 6 MB
_TURN = 0.008  # seconds of setting, after which a turn of the event loop ends
_LOADED = "gui.formulas.formula_svg"  # and ziamath with it
_MARGIN = 1.0  # pixels around the ink, so that smooth edges are not cut
_SIGNS = {
    "·": r"\cdot",
    "−": "-",
    "≈": r"\approx",
    "←": r"\leftarrow",
    BESIDE: "",
    BY_ENTRY: r"\circ",
    OVER_ENTRIES: r"\oslash",
}


class Wanted(NamedTuple):
    """A piece of LaTeX at a size in pixels and in a colour (#rrggbb)."""

    latex: str
    pixels: int
    colour: str


class TypesetWriter(LatexWriter):
    """LaTeX as ziamath reads it best."""

    def __init__(self, digits: int | None = 6) -> None:
        super().__init__(latex_number(digits))

    @staticmethod
    def sign(lead: str) -> str:
        """LaTeX of the sign that leads a piece; empty where none is written."""
        return _SIGNS.get(lead, lead)


class Typesetter(QObject):
    """Sets pieces of LaTeX, a few a turn; `ready` once all that was asked for is there."""

    ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: deque[Wanted] = deque()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._set_some)

    def ask(self, pieces: Iterable[Wanted]) -> None:
        """Set these pieces, and nothing that was asked for before."""
        self._queue = deque(pieces)
        self._timer.start()

    def cancel(self) -> None:
        """Set nothing more."""
        self._queue.clear()
        self._timer.stop()

    @staticmethod
    def get_ready() -> None:
        """Load what setting needs in a thread of its own, so that neither the first formula waits
        for it nor the window."""
        if _LOADED not in sys.modules:
            Thread(target=import_module, args=(_LOADED,), name="typesetting").start()

    def _set_some(self) -> None:
        end = perf_counter() + _TURN
        while self._queue:
            typeset(self._queue.popleft())
            if perf_counter() > end:
                return
        self._timer.stop()
        self.ready.emit()


@lru_cache(maxsize=_KEPT)
def typeset(wanted: Wanted) -> Box | None:
    """A piece set by ziamath; None if it cannot read it, as may be with strange unit names."""
    from gui.formulas.formula_svg import formula_svg  # see Typesetter.get_ready

    try:
        svg = formula_svg(wanted.latex, wanted.pixels, wanted.colour, _MARGIN).encode()
    except Exception:  # it raises whatever its parsers happen to raise
        return None
    if not _renderer(svg).isValid():
        return None
    place = _renderer(svg).viewBoxF()

    def paint(painter: QPainter, x: float, y: float) -> None:
        _renderer(svg).render(painter, place.translated(x, y))

    return Box(
        place.right() - _MARGIN,
        max(-place.top() - _MARGIN, 0.7 * wanted.pixels),
        max(place.bottom() - _MARGIN, 0.2 * wanted.pixels),
        paint,
    )


@lru_cache(maxsize=_ON_SCREEN)
def _renderer(svg: bytes) -> QSvgRenderer:
    """A piece ready to be painted; to read its SVG takes some 0.15 ms."""
    return QSvgRenderer(QByteArray(svg))
