"""What is written in and around a node, and where: the same for painting and for clicking."""

from __future__ import annotations

from msgspec import Struct, field
from PySide6.QtCore import QLineF, QPointF, QRectF

from gui import theme
from gui.canvas.faces import NodeFace
from gui.canvas.items.text import Text, centred, fitted, line_height, shortened, width
from gui.canvas.placing.shapes import NodeShape

_AROUND = ("delta", "bias", "target", "loss")


class NodeTexts(Struct):
    """Texts of a node with its middle at 0, 0, the places that can be clicked by kind of Spot,
    and what else is to be painted: the rule below the name, the picture, the lock, and the ground
    of words outside that are not such a place."""

    texts: list[Text] = field(default_factory=list)
    places: dict[str, QRectF] = field(default_factory=dict)
    rule: QLineF | None = None
    picture: QRectF | None = None
    lock: QPointF | None = None
    words_around: list[QRectF] = field(default_factory=list)
    value: QRectF | None = None  # where the value of an input stands on a line of its own

    @property
    def grounds(self) -> list[QRectF]:
        """Where something is written outside of the node."""
        return [*self.words_around, *(r for kind, r in self.places.items() if kind in _AROUND)]

    def bounds(self) -> QRectF:
        """A rectangle around everything."""
        bounds = QRectF()
        for place in self.places.values():
            bounds |= place
        for text in self.texts:
            half = line_height(text.pixels) / 2
            bounds |= QRectF(text.x, text.y - half, text.width, 2 * half)
        return bounds


def small_texts(face: NodeFace, shape: NodeShape, has_picture: bool) -> NodeTexts:
    """Lay out a face in the shape of one unit among many: in a capsule its name and its activation
    or, before it has one, its net input, with as many digits as there is room for."""
    node, w, h = NodeTexts(), shape.half_width, shape.half_height
    node.places["unit"] = QRectF(-w, -h, 2 * w, 2 * h)
    if shape.kind == "capsule":
        _write_capsule(node, face, shape, has_picture)
    return node


def _write_capsule(node: NodeTexts, face: NodeFace, shape: NodeShape, has_picture: bool) -> None:
    w, h = shape.half_width, shape.half_height
    pixels = theme.CANVAS if h >= 11 else theme.SMALL
    room, write = 2 * w - 16, node.texts.append
    if has_picture:
        side = 2 * h - 6
        node.picture = QRectF(w - side - 6, -side / 2, side, side)
        room -= side - 2
        if width(face.title, pixels, True) > room:
            pixels = theme.SMALL
        name = shortened(face.title, room, pixels, True)
        write(Text(name, -w + 7, 0, pixels, True))
        return
    value = face.value if face.value is not None else face.net_input
    before = "" if face.value is not None else f"{face.notation.net_input} "
    if value is None:
        name = shortened(face.title, room, pixels, True)
        write(centred(name, 0, 0, pixels, True, "ink"))
    elif shape.lines == 2:
        name = shortened(face.title, room, pixels, True)
        write(centred(name, 0, -h / 2 + 1, pixels, True, "ink"))
        words = fitted(value, room, pixels, before, face.digits)
        write(centred(words, 0, h / 2 - 1, pixels, False, "ink"))
    else:
        _write_one_line(node, face, value, before, shape)


def _write_one_line(
    node: NodeTexts, face: NodeFace, value: float, before: str, shape: NodeShape
) -> None:
    """Name and value side by side, in small type where there is no room for more; else the value
    alone, else the name."""
    w, write = shape.half_width, node.texts.append
    sizes = [(theme.CANVAS, 8)] * (shape.half_height >= 11) + [(theme.SMALL, 5)]
    for pixels, margin in sizes:
        for name in dict.fromkeys((face.title, face.name)):
            left = 2 * (w - margin) - width(name, pixels, True) - 6
            words = fitted(value, left, pixels, before, face.digits)
            if width(words, pixels) <= left:
                write(Text(name, margin - w, 0, pixels, True))
                write(Text(words, w - margin - width(words, pixels), 0, pixels))
                return
    for pixels, margin in sizes:
        room = 2 * (w - margin)
        words = fitted(value, room, pixels, before, face.digits)
        if width(words, pixels) <= room:
            write(centred(words, 0, 0, pixels, False, "ink"))
            return
    write(centred(shortened(face.name, room, pixels, True), 0, 0, pixels, True, "ink"))
