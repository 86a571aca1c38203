"""ReadOut: the numbers of a point of a plot, written beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui import theme

_INSET = 6
_AWAY = 10  # pixels from the point
_DOT = 3.5  # its radius
_ROOM_AROUND_DOT = 5


class ReadOut(QGraphicsItem):
    """A dot on the point and a label near it, in the scene of a plot. The label keeps within the
    plot and off what it is told to leave free."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(100)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._lines: tuple[str, ...] = ()
        self._point = QPointF()
        self._colour = "ink"
        self._label = QRectF()
        self.hide()

    @property
    def text(self) -> str:
        """What it says; nothing while it is hidden."""
        return "\n".join(self._lines) if self.isVisible() else ""

    @property
    def label(self) -> QRectF:
        """Where the words stand, in the scene."""
        return self._label

    @property
    def point(self) -> QPointF:
        """The point that they are about, in the scene."""
        return self._point

    def show_at(
        self, point: QPointF, place: str, name: str, value: str, colour: str, room: QRectF,
        free: Sequence[QRectF], words: Sequence[QRectF],
    ) -> None:
        """Write where a point is, what it is called and its value, on as few lines as fit into the
        room; a name that does not is shortened, a number never. `free` is what it is not to cover,
        `words` what it had better not."""
        metrics = QFontMetricsF(theme.font(theme.SMALL))
        most = room.width() - 2 * _INSET
        short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, most)
        ways = ([f"{place}   {name} {value}"], [place, f"{name} {value}"], [place, short, value])
        lines = next(
            (way for way in ways if max(map(metrics.horizontalAdvance, way)) <= most), ways[-1]
        )
        width = max(map(metrics.horizontalAdvance, lines)) + 2 * _INSET
        height = metrics.height() * len(lines) + _INSET
        self.prepareGeometryChange()
        self._lines, self._point, self._colour = tuple(lines), point, colour
        self._label = _label_beside(point, QRectF(0.0, 0.0, width, height), room, free, words)
        self.setVisible(True)
        self.update()

    def boundingRect(self) -> QRectF:
        dot = QRectF(-_DOT, -_DOT, 2 * _DOT, 2 * _DOT).translated(self._point)
        return self._label.united(dot).adjusted(-1, -1, 1, 1)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        colours = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours.colour("card"))
        painter.setBrush(colours.colour(self._colour))
        painter.drawEllipse(self._point, _DOT, _DOT)
        painter.setPen(QColor(colours.border))
        painter.setBrush(colours.colour("card"))
        painter.drawRoundedRect(self._label, 4, 4)
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(colours.colour("ink"))
        words = self._label.adjusted(_INSET, 0, 0, 0)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, flags | Qt.TextFlag.TextDontClip, "\n".join(self._lines))


def _label_beside(
    point: QPointF, size: QRectF, room: QRectF, free: Sequence[QRectF], words: Sequence[QRectF]
) -> QRectF:
    """Where a label of this size stands: beside the point, first above it, off the pointer, and in
    the room; of those that cover something the one that covers least."""
    dot = QRectF(point, point).adjusted(*(2 * [-_ROOM_AROUND_DOT] + 2 * [_ROOM_AROUND_DOT]))
    right, left = point.x() + _AWAY, point.x() - _AWAY - size.width()
    over, under = point.y() - _AWAY - size.height(), point.y() + _AWAY
    found: list[tuple[tuple[float, ...], QRectF]] = []
    for x, y in (
        (right, over), (left, over), (left, under), (right, under),
        (room.left(), room.top()), (room.right(), room.top()),
        (room.left(), room.bottom()), (room.right(), room.bottom()),
    ):
        x = max(room.left(), min(x, room.right() - size.width()))
        y = max(room.top(), min(y, room.bottom() - size.height()))
        label = size.translated(x, y)
        ends, point_itself, names = (
            sum(_area(label & each) for each in others) for others in (free, [dot], words)
        )
        is_far = len(found) >= 4
        found.append(((ends, point_itself, is_far, names, len(found)), label))
    return min(found, key=lambda each: each[0])[1]


def _area(room: QRectF) -> float:
    return max(0.0, room.width()) * max(0.0, room.height())
