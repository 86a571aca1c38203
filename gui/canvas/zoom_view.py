"""ZoomView: a look at the scene that can be zoomed around the pointer, panned and fitted.

Zooming in first gives the network a larger area, so that nodes move apart and take larger shapes;
once every node has its full shape, what is there is magnified. A tall layer of small dots thus
opens into a column of readable nodes.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView

from gui import theme
from gui.canvas.scene import NetworkScene

_SMALLEST_ZOOM = 0.4
_LARGEST_MAGNIFICATION = 3.0
_WHEEL_BASE = 1.0015  # to the power of eighths of a degree: a notch is some 20 %
KEY_ZOOM = 1.25
_CLOSE = 0.4  # of the full spread, where nodes are capsules with their numbers


class ZoomView(QGraphicsView):
    """Looks at a NetworkScene. `looked` is emitted whenever things move on the screen."""

    looked = Signal()

    def __init__(self, scene: NetworkScene) -> None:
        super().__init__(scene)
        self._scene = scene
        self.zoom = 1.0
        self.is_fitted = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.viewport().setAutoFillBackground(False)

    def fit(self) -> None:
        """Show the whole network, as large as the canvas allows."""
        self.zoom, self.is_fitted = 1.0, True
        self._spread()
        area = self._scene.sceneRect()
        self.centerOn(area.center())
        self.looked.emit()

    def zoom_by(self, factor: float, around: QPoint | None = None) -> None:
        """Zoom in (above 1) or out, keeping a point of the viewport in place, or the middle."""
        point = self.viewport().rect().center() if around is None else around
        here = self._plane_at(point)
        largest = _LARGEST_MAGNIFICATION * max(self._full_spread())
        self.zoom = min(max(self.zoom * factor, _SMALLEST_ZOOM), largest)
        self.is_fitted = False
        self._spread()
        self._bring(here, point)

    def pan_by(self, offset: QPoint) -> None:
        """Move the picture by pixels."""
        self.is_fitted = False
        for bar, distance in (
            (self.horizontalScrollBar(), offset.x()),
            (self.verticalScrollBar(), offset.y()),
        ):
            bar.setValue(bar.value() - distance)
        self.looked.emit()

    def show_unit(self, layer: int, unit: int) -> None:
        """Go so close to a unit that there is room for its numbers."""
        self.zoom = max(self.zoom, max(self._full_spread()) * _CLOSE)
        self.is_fitted = False
        self._spread()
        arrangement = self._scene.arrangement
        if arrangement is not None:
            self.centerOn(QPointF(*arrangement.centres[layer][unit].tolist()))
        self.looked.emit()

    def follow_network(self) -> None:
        """Adapt to another network: its full shapes may need another spread."""
        if self.is_fitted:
            self.fit()
        else:
            self._spread()
            self.looked.emit()

    @property
    def magnification(self) -> float:
        """Screen pixels per pixel of the scene."""
        return self.transform().m11()

    def to_viewport(self, place: QRectF) -> QRect:
        """A rectangle of the scene on the viewport."""
        return self.mapFromScene(place).boundingRect()

    def point_at(self, position: QPointF) -> QPointF:
        """A position on the viewport in the scene."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(position)

    def _room(self) -> tuple[float, float]:
        """Width and height of the viewport, in pixels at 100 % text size: what is drawn for those
        is magnified with the text."""
        size = self.viewport().size()
        return size.width() / theme.scale(), size.height() / theme.scale()

    def _full_spread(self) -> tuple[float, float]:
        return self._scene.full_spread(*self._room())

    def _spread(self) -> None:
        """Give the scene its area for the zoom, and magnify by what is left."""
        width, height = self._room()
        full = self._full_spread()
        spread_x, spread_y = (min(max(self.zoom, 1.0), most) for most in full)
        self._scene.set_area(width * spread_x, height * spread_y)
        scale = theme.scale() * self.zoom / max(1.0, min(self.zoom, max(full)))
        self.resetTransform()
        self.scale(scale, scale)
        # With half a view around it any point can be brought to the middle; whole pixels keep
        # text sharp.
        size = self.viewport().size()
        margin_x, margin_y = size.width() // 2 / scale, size.height() // 2 / scale
        self._scene.setSceneRect(
            -margin_x, -margin_y, width * spread_x + 2 * margin_x, height * spread_y + 2 * margin_y
        )

    def _plane_at(self, point: QPoint) -> tuple[float, float]:
        arrangement = self._scene.arrangement
        if arrangement is None:
            return 500.0, 500.0
        at = self.point_at(QPointF(point))
        return arrangement.to_plane(at.x(), at.y())

    def _bring(self, here: tuple[float, float], point: QPoint) -> None:
        """Move the picture so that a place of the plane is under a point of the viewport."""
        arrangement = self._scene.arrangement
        if arrangement is not None:
            wanted = QPointF(*arrangement.from_plane(*here))
            offset = QPointF(self.viewport().rect().center() - point) / self.magnification
            self.centerOn(wanted + offset)
        self.looked.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_fitted:
            self.fit()
            return
        here = self._plane_at(QPoint(event.oldSize().width() // 2, event.oldSize().height() // 2))
        self._spread()
        self._bring(here, self.viewport().rect().center())

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta:
            self.zoom_by(_WHEEL_BASE**delta, event.position().toPoint())
        event.accept()
