"""What is written in and around a node, and where: the same for painting and for clicking."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from msgspec import Struct, field
from PySide6.QtCore import QLineF, QPointF, QRectF

from engine.text.numbers import at_most, fewer_digits, format_distinct, format_number
from gui import theme
from gui.canvas.faces import NodeFace, ParameterFace
from gui.canvas.items.text import Text, centred, fitted, replaced, shortened, sign_colour, width
from gui.canvas.marks import Marks
from gui.canvas.placing.layout import SIDE
from gui.canvas.placing.shapes import LINE, NodeShape

_SMALL = theme.SMALL
_BIG = theme.CANVAS
_AROUND = ("delta", "bias", "target", "loss")
_GAP = 7.0  # between words on one line
_LOCK = 17.0
_ROOM_FOR_FIVE = 40.0  # a radius


class Limits(NamedTuple):
    """Pixels for the lines above and below a node: their width, how far they may reach to the
    left and right of its middle, and what is left free between them and those of the next node."""

    room: float = 150.0
    left: float = -200.0
    right: float = 200.0
    spare: float = 0.0

    def start(self, total: float) -> float:
        """Where a line of some width begins: centred, unless that reaches beyond a limit."""
        return max(min(-total / 2, self.right - total), self.left)


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

    def write(self, text: Text, kind: str = "") -> None:
        """Add a text; one of a `kind` can be clicked where it stands."""
        self.texts.append(text)
        if kind:
            self.places[kind] = _around(text)

    def write_around(self, text: Text) -> None:
        """Add a text outside of the node that cannot be clicked."""
        self.texts.append(text)
        self.words_around.append(_around(text))

    def bounds(self) -> QRectF:
        """A rectangle around everything."""
        bounds = QRectF()
        for place in self.places.values():
            bounds |= place
        for text in self.texts:
            bounds |= QRectF(text.x, text.y - text.pixels, text.width, 2 * text.pixels)
        return bounds


def node_texts(
    face: NodeFace, shape: NodeShape, marks: Marks, limits: Limits, has_picture: bool
) -> NodeTexts:
    """Lay out a face in the shape that a node has, within limits for the lines around it."""
    node = NodeTexts()
    w, h = shape.half_width, shape.half_height
    node.places["unit"] = QRectF(-w, -h, 2 * w, 2 * h)
    if shape.kind == "circle":
        _write_circle(node, face, shape, marks, has_picture)
    elif shape.kind == "capsule":
        _write_capsule(node, face, shape, has_picture)
    elif shape.lines:
        _write_around_dot(node, face, shape, limits)
    if shape.kind != "dot":
        _write_above(node, face, shape, limits)
        _write_below(node, face, shape, marks, limits)
        _write_side(node, face, shape, marks)
        if face.old is not None:
            _strike_around(node, face, face.old, shape, limits)
    return node


def _strike_around(
    node: NodeTexts, face: NodeFace, old: NodeFace, shape: NodeShape, limits: Limits
) -> None:
    """Write what an edit changed around a node, struck through, beyond what it is now."""
    if shape.above and (words := replaced(old.delta, face.delta, face.digits, limits.room)):
        x, y = limits.start(width(words, _SMALL)), -shape.half_height - 1.5 * LINE
        node.write_around(Text(words, x, y, _SMALL, False, "secondary", True))
    if shape.side == "right" and (shape.kind == "circle" or shape.lines == 2):
        x = shape.half_width + 9
        for y, then, now in ((-27, old.target, face.target), (27, old.loss, face.loss)):
            if words := replaced(then, now, face.digits, SIDE - 10):
                node.write_around(Text(words, x, y, _SMALL, False, "secondary", True))


def _write_circle(
    node: NodeTexts, face: NodeFace, shape: NodeShape, marks: Marks, has_picture: bool
) -> None:
    r = shape.half_width
    if has_picture:
        node.write(centred(face.name, 0, -r - LINE / 2 - 1, _BIG, True, "ink"))
        node.picture = QRectF(-0.62 * r, -0.62 * r, 1.24 * r, 1.24 * r)
        return
    name = shortened(face.name, 1.5 * r, _BIG, True)
    if face.value is None and face.net_input is None:
        node.write(centred(name, 0, 0, _BIG + 1, True, "ink"))
        return
    if face.net_input is None:  # an input has one value, the unit's own
        away = max(9.0, 0.23 * r)
        node.write(centred(name, 0, -away, _BIG, True, "ink"))
        words = fitted(face.value or 0.0, _chord(r, away), _BIG, digits=face.digits)
        node.write(centred(words, 0, away, _BIG, False, "ink"))
        node.value = _around(node.texts[-1])
        old = None if face.old is None else face.old.value
        if words := replaced(old, face.value, face.digits, r):
            node.write(centred(words, 0, away + LINE, _SMALL, False, "secondary", True))
        return
    if face.old is not None and _write_changed(node, face, face.old, shape, name):
        return
    node.write(centred(name, 0, -0.5 * r, _BIG, True, "ink"))
    half = _chord(r, 0.27 * r) / 2
    node.rule = QLineF(-half, -0.27 * r, half, -0.27 * r)
    if face.value is not None:
        pixels = _BIG + (r >= 44)
        words = fitted(face.value, _chord(r, 0.02 * r), pixels, digits=face.digits)
        node.write(centred(words, 0, 0.01 * r, pixels, False, "ink"))
    # "net" takes the room of two digits.
    pixels = _BIG if r >= 46 and len(face.notation.net_input) == 1 else _SMALL
    room = _chord(r, 0.47 * r, pixels)
    words = fitted(face.net_input, room, pixels, f"{face.notation.net_input} ", face.digits)
    here = marks.current == "net_input"
    text = centred(words, 0, 0.47 * r, pixels, here, "accent" if here else "secondary")
    node.write(text, "net_input")


def _write_changed(
    node: NodeTexts, face: NodeFace, old: NodeFace, shape: NodeShape, name: str
) -> bool:
    """Write activation and net input with the old ones struck through: above the one, below the
    other. False if neither changed, or there is no room for five lines."""
    r = shape.half_width
    activation = replaced(old.value, face.value, face.digits, _chord(r, 0.27 * r, _SMALL))
    net_input = replaced(old.net_input, face.net_input, face.digits, _chord(r, 0.7 * r, _SMALL))
    if r < _ROOM_FOR_FIVE or not (activation or net_input) or face.net_input is None:
        return False
    node.write(centred(name, 0, -0.64 * r, _BIG, True, "ink"))
    half = _chord(r, 0.45 * r) / 2
    node.rule = QLineF(-half, -0.45 * r, half, -0.45 * r)
    for words, y in ((activation, -0.27 * r), (net_input, 0.7 * r)):
        if words:
            node.write(centred(words, 0, y, _SMALL, False, "secondary", True))
    if face.value is not None:
        words = fitted(face.value, _chord(r, 0.05 * r), _BIG, digits=face.digits)
        node.write(centred(words, 0, 0.05 * r, _BIG, False, "ink"))
    room = _chord(r, 0.4 * r, _SMALL)
    words = fitted(face.net_input, room, _SMALL, f"{face.notation.net_input} ", face.digits)
    node.write(centred(words, 0, 0.4 * r, _SMALL, False, "secondary"), "net_input")
    return True


def _chord(r: float, y: float, pixels: int = _BIG) -> float:
    """Width inside a circle for a line of text whose middle is y from the circle's."""
    return 2 * sqrt(max(1.0, r**2 - (abs(y) + 0.4 * pixels) ** 2)) - 4


def _write_capsule(node: NodeTexts, face: NodeFace, shape: NodeShape, has_picture: bool) -> None:
    w, h = shape.half_width, shape.half_height
    pixels = _BIG if h >= 11 else _SMALL
    room = 2 * w - 16
    if has_picture:
        side = 2 * h - 6
        node.picture = QRectF(w - side - 6, -side / 2, side, side)
        room -= side - 2
        if width(face.name, pixels, True) > room:
            pixels = _SMALL
        name = shortened(face.name, room, pixels, True)
        node.write(Text(name, -w + 7, 0, pixels, True))
        return
    value = face.value if face.value is not None else face.net_input
    before = "" if face.value is not None else f"{face.notation.net_input} "
    if value is None:
        name = shortened(face.name, room, pixels, True)
        node.write(centred(name, 0, 0, pixels, True, "ink"))
    elif shape.lines == 2:
        name = shortened(face.name, room, pixels, True)
        node.write(centred(name, 0, -h / 2 + 1, pixels, True, "ink"))
        words = fitted(value, room, pixels, before, face.digits)
        node.write(centred(words, 0, h / 2 - 1, pixels, False, "ink"))
        node.value = _around(node.texts[-1])
    else:
        name_width = width(face.name, pixels, True)
        left = room - name_width - 6
        if left >= width("−0.00", pixels):
            node.write(Text(face.name, -w + 8, 0, pixels, True))
            words = fitted(value, left, pixels, before, face.digits)
            node.write(Text(words, w - 8 - width(words, pixels), 0, pixels))
        else:
            words = fitted(value, room, pixels, before, face.digits)
            node.write(centred(words, 0, 0, pixels, False, "ink"))


def _write_around_dot(node: NodeTexts, face: NodeFace, shape: NodeShape, limits: Limits) -> None:
    away, room = shape.half_height + LINE / 2, 0.8 * limits.room
    lines = [(shortened(face.name, room, _SMALL, True), -away, True)]
    if face.value is not None:
        digits = at_most(face.digits, 4)
        lines.append((fitted(face.value, room, _SMALL, digits=digits), away, False))
    for words, y, bold in lines:
        x = limits.start(width(words, _SMALL, bold))
        node.write_around(Text(words, x, y, _SMALL, bold, "ink"))


def _write_above(node: NodeTexts, face: NodeFace, shape: NodeShape, limits: Limits) -> None:
    if face.delta is None or not shape.above:
        return
    words = fitted(face.delta, max(limits.room, 100.0), _BIG, "δ ", face.digits, True)
    x, y = limits.start(width(words, _BIG, True)), -shape.half_height - LINE / 2 - 2
    text = Text(words, x, y, _BIG, True, sign_colour(face.delta))
    node.write(text, "delta")


def _write_below(
    node: NodeTexts, face: NodeFace, shape: NodeShape, marks: Marks, limits: Limits
) -> None:
    y = shape.half_height + LINE / 2 + 2
    if face.bias is not None and shape.below:
        has_delta = face.delta is not None and not shape.above
        parts = _bias_words(face.bias, face.delta if has_delta else None, limits.room)
        here = marks.current == "bias"
        total = _line_width(parts, here) + (_LOCK if face.bias.fixed else 0.0)
        x = left = limits.start(total)
        for k, (part, colour) in enumerate(parts):
            bold = here and k == 0
            node.write(Text(part, x, y, _BIG, bold, "accent" if bold else colour))
            x += width(part, _BIG, bold) + _GAP
            if k == 0 and face.bias.fixed:
                node.lock = QPointF(x, y)
                x += _LOCK
        node.places["bias"] = QRectF(left - 6, y - LINE / 2 - 1, x - _GAP - left + 12, LINE + 2)
        y += LINE
    if shape.side == "below" and face.target is not None:
        number = format_number(face.target, at_most(face.digits, 4))
        words = f"{face.notation.target} {number}"
        target = Text(words, 0, y, _BIG, False, "secondary")
        values = [("target", target)]
        if face.loss is not None:
            bold = marks.current == "loss"
            left = limits.room - target.width - _GAP
            words = fitted(face.loss, left, _BIG, f"{face.notation.loss} ", face.digits, bold)
            values.append(("loss", Text(words, 0, y, _BIG, bold, "ink")))
        x = limits.start(sum(text.width for _, text in values) + _GAP * (len(values) - 1))
        for kind, text in values:
            _write_value(node, marks, kind, text._replace(x=x))
            x += text.width + _GAP


def _bias_words(
    bias: ParameterFace, delta: float | None, room: float
) -> list[tuple[str, str]]:
    """The line of a bias as parts with their colours, with as many digits as fit."""
    room -= _LOCK if bias.fixed else 0.0
    for digits in fewer_digits(bias.digits, 3):
        value = format_number(bias.value, digits)
        parts = [(f"{bias.name} {value}", "secondary")]
        if bias.updated is not None:
            value, updated = format_distinct(bias.value, bias.updated, digits)
            parts = [(f"{bias.name} {value}", "secondary"), (f"→ {updated}", "ink")]
        elif bias.gradient is not None:
            for sign, gradient in bias.gradients:
                parts.append((f"{sign} {format_number(gradient, digits)}", sign_colour(gradient)))
        elif bias.waits:
            parts.append(("∂ …", "secondary"))
        elif delta is not None:
            parts.append((f"δ {format_number(delta, digits)}", sign_colour(delta)))
        if _line_width(parts) <= room:
            return parts
    return [(bias.name, "secondary"), parts[-1]]  # the latest has to do


def _line_width(parts: list[tuple[str, str]], bold: bool = False) -> float:
    """Width of words on one line, the first of them bold or not."""
    widths = [width(part, _BIG, bold and k == 0) for k, (part, _) in enumerate(parts)]
    return sum(widths) + _GAP * (len(parts) - 1)


def _write_side(node: NodeTexts, face: NodeFace, shape: NodeShape, marks: Marks) -> None:
    """Target and loss to the right of an output node, on two lines or, on one, the target."""
    if shape.side != "right" or face.target is None:
        return
    x = shape.half_width + 9
    if shape.kind == "circle" or shape.lines == 2:
        words = fitted(face.target, SIDE - 10, _BIG, f"{face.notation.target} ", face.digits)
        target = Text(words, x, -10, _BIG, False, "secondary")
        _write_value(node, marks, "target", target)
        if face.loss is not None:
            bold = marks.current == "loss"
            letter = f"{face.notation.loss} "
            words = fitted(face.loss, SIDE - 10, _BIG, letter, face.digits, bold)
            loss = Text(words, x, 10, _BIG, bold, "ink")
            _write_value(node, marks, "loss", loss)
    else:
        digits = at_most(face.digits, 4)
        words = fitted(face.target, 56, _SMALL, f"{face.notation.target} ", digits)
        _write_value(node, marks, "target", Text(words, x, 0, _SMALL, False, "secondary"))


def _write_value(node: NodeTexts, marks: Marks, kind: str, text: Text) -> None:
    if marks.current == kind:
        text = text._replace(colour="accent", bold=True)
    elif marks.used == kind:
        text = text._replace(colour="accent")
    node.write(text, kind)


def _around(text: Text) -> QRectF:
    half = LINE / 2
    return QRectF(text.x - 4, text.y - half, text.width + 8, 2 * half)
