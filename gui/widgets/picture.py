"""Pictures: what a widget shows, painted anew as SVG or PNG, in the colours of any theme."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QMenu, QWidget

from gui import theme
from gui.widgets.typed_text import take_typed_text

_DENSITY = 3  # pixels of a PNG for one on screen, enough for print
_DOTS_PER_METRE = round(96 / 0.0254)
_NOTHING = rb'<path [^>]*d=""/>\n'  # as of a curve of one point
_GROUP = rb"(?s)<g (?:(?!<g ).)*?</g>"  # one that has no other inside
_STROKE = rb'stroke-width="([0-9.e+-]+)"'


class Picture(Struct, frozen=True, eq=False):
    """What can be saved as a picture: its name, its size on screen in pixels, and what paints it.
    `restyle` has it follow the colours of the theme in force."""

    name: str
    size: QSize
    paint: Callable[[QPainter], None]
    restyle: Callable[[], None]


def svg(picture: Picture, theme_name: str) -> bytes:
    """A picture as SVG, with texts that stay texts."""
    from PySide6.QtSvg import QSvgGenerator  # loaded when it is asked for

    generator, buffer = QSvgGenerator(), QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator.setOutputDevice(buffer)
    generator.setResolution(96)
    generator.setSize(picture.size)
    generator.setViewBox(QRect(0, 0, picture.size.width(), picture.size.height()))
    generator.setTitle(picture.name)
    _paint(picture, QPainter(generator), theme_name)
    return re.sub(_NOTHING, b"", bytes(buffer.data().data()))


def png(picture: Picture, theme_name: str) -> bytes:
    """A picture as PNG, fine enough for print."""
    from PySide6.QtSvg import QSvgRenderer

    drawing = QSvgRenderer(QByteArray(_with_wider_lines(svg(picture, theme_name))))
    image = QImage(picture.size * _DENSITY, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDotsPerMeterX(_DOTS_PER_METRE * _DENSITY)
    image.setDotsPerMeterY(_DOTS_PER_METRE * _DENSITY)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    drawing.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    return bytes(buffer.data().data())


def _with_wider_lines(data: bytes) -> bytes:
    """An SVG whose lines of a width in pixels of the screen have it in those of the PNG."""

    def widened(group: re.Match[bytes]) -> bytes:
        if b"non-scaling-stroke" not in group[0]:
            return group[0]
        return re.sub(
            _STROKE, lambda width: b'stroke-width="%g"' % (_DENSITY * float(width[1])), group[0]
        )

    return re.sub(_GROUP, widened, data)


def _paint(picture: Picture, painter: QPainter, theme_name: str) -> None:
    """Paint in the colours of a theme; what is on screen keeps its own."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font())
    try:
        with theme.worn(theme_name):
            picture.restyle()
            whole = QRect(0, 0, picture.size.width(), picture.size.height())
            painter.fillRect(whole, theme.current().colour("card"))
            picture.paint(painter)
    finally:
        painter.end()
        picture.restyle()


def add_picture_entries(menu: QMenu, wanted: Callable[[bool], None]) -> None:
    """Offer a picture in a menu; `wanted(True)` asks for one in light colours."""
    menu.addAction("Save picture…").triggered.connect(lambda: wanted(False))
    if theme.current().name != theme.LIGHT.name:
        light = menu.addAction("Save picture in light colours…")
        light.triggered.connect(lambda: wanted(True))


def open_picture_menu(parent: QWidget, where: QPoint, wanted: Callable[[bool], None]) -> None:
    """Open a context menu that offers a picture and nothing else."""
    take_typed_text()
    menu = QMenu(parent)
    menu.setObjectName("pictureMenu")
    add_picture_entries(menu, wanted)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(where)
