"""Glossary: the words of the field, each with a link to where it is on screen."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from engine.formulas.notation import Notation
from gui import theme
from gui.canvas.spots import Spot
from gui.widgets.ring import Ring
from gui.window.columns import Columns
from gui.window.help.glossary_terms import TERMS
from gui.window.help.reader import Reader

_LAID_OUT_MILLISECONDS = 30  # after which a side that was opened has its place

Place = tuple[QWidget, QRect | None]  # a widget, and the part of it that is meant


def _on_canvas(kind: str, layer: int, source: int | None = None) -> Callable[[Columns], Place]:
    """A value of the first unit of a layer, 0 the inputs and −1 the outputs."""

    def find(columns: Columns) -> Place:
        canvas = columns.canvas
        assert canvas.scene.view is not None
        depth = canvas.scene.view.spec.network.depth
        spot = Spot(kind, layer if layer >= 0 else depth, 0, source)
        return canvas.view.viewport(), canvas.view.to_viewport(canvas.scene.place_of(spot))

    return find


def _named(card: Callable[[Columns], QWidget], name: str) -> Callable[[Columns], Place]:
    """A part of a card by its object name."""

    def find(columns: Columns) -> Place:
        found = card(columns).findChild(QWidget, name)
        assert isinstance(found, QWidget), name
        return found, None

    return find


PLACES: dict[str, Callable[[Columns], Place]] = {
    "input": _on_canvas("unit", 0),
    "unit": _on_canvas("unit", 1),
    "weight": _on_canvas("weight", 1, 0),
    "bias": _on_canvas("bias", 1),
    "net_input": _on_canvas("net_input", 1),
    "activation": _on_canvas("unit", 1),
    "delta": _on_canvas("delta", 1),
    "target": _on_canvas("target", -1),
    "loss": _named(lambda columns: columns.controls, "lossValue"),
    "where": _named(lambda columns: columns.controls, "where"),
    "sample": lambda columns: (columns.canvas.caption, None),
    "ribbon": lambda columns: (columns.ribbon, None),
    "why": lambda columns: (columns.why, None),
    "result": lambda columns: (columns.result, None),
    "loss_curve": lambda columns: (columns.loss, None),
    "data": lambda columns: (columns.data, None),
    "weights": lambda columns: (columns.weights, None),
    "layers": lambda columns: (columns.network, None),
    "learning_rate": _named(lambda columns: columns.network, "learning_rate"),
    "optimizer": _named(lambda columns: columns.network, "optimizer"),
    "initializer": _named(lambda columns: columns.network, "initializer"),
    "seed": _named(lambda columns: columns.network, "seed"),
}


class Glossary(Reader):
    """The words in the order in which one meets them. A link brings its place to the front and puts
    a ring around it, and the glossary goes aside where it would cover that."""

    def __init__(self, columns: Columns, notation: Notation, parent: QWidget) -> None:
        super().__init__("Glossary", "glossary", parent)
        self.setModal(False)
        self._columns = columns
        self.link_asked.connect(self.point_at)
        self.show_text(_html(notation))

    def point_at(self, place: str) -> None:
        """Show where on screen something is."""
        self._columns.bring_forward(PLACES[place](self._columns)[0])
        QTimer.singleShot(_LAID_OUT_MILLISECONDS, self, lambda: self._ring(place))

    def _ring(self, place: str) -> None:
        widget, part = PLACES[place](self._columns)
        ancestor = widget.parentWidget()
        while ancestor is not None:
            if isinstance(ancestor, QScrollArea):
                ancestor.ensureWidgetVisible(widget)
            ancestor = ancestor.parentWidget()
        ring = Ring(widget, part)
        self._go_aside(QRect(ring.mapToGlobal(QPoint(0, 0)), ring.size()))

    def _go_aside(self, seen: QRect) -> None:
        """Leave a part of the screen free: in the corner of the program's window that covers least
        of it, and the nearest of such, at most half as wide as the window."""
        if not self.frameGeometry().intersects(seen):
            return
        frame = self.frameGeometry().size() - self.size()
        room = self._columns.canvas.window().frameGeometry()
        size = (self.size() + frame).boundedTo(room.size())
        size.setWidth(min(size.width(), room.width() // 2))
        self.resize(size - frame)
        corner = QRect(QPoint(0, 0), size)
        corners = []
        for edge in (room.topLeft(), room.topRight(), room.bottomLeft(), room.bottomRight()):
            corner.moveTo(edge)
            corner.moveRight(min(corner.right(), room.right()))
            corner.moveBottom(min(corner.bottom(), room.bottom()))
            corners.append(corner.topLeft())

        def costs(place: QPoint) -> tuple[int, int]:
            covered = QRect(place, size) & seen
            area = covered.width() * covered.height() if covered.isValid() else 0
            return area, (place - self.pos()).manhattanLength()

        self.move(min(corners, key=costs))


def _html(notation: Notation) -> str:
    rows = []
    for term in TERMS:
        sign = escape(term.sign(notation))
        rows.append(
            f"<tr><td align='right'><b>{sign}</b></td>"
            f"<td><b>{term.word}</b><br>{escape(term.meaning)} "
            f"<a href='{term.place}'>show&nbsp;it</a></td></tr>"
        )
    accent = theme.current().accent
    return (
        f"<style>a {{ color: {accent}; }} td {{ padding: 4px 10px; vertical-align: top; }}</style>"
        f"<table>{''.join(rows)}</table>"
    )
