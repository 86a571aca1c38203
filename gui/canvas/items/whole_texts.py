"""The texts of a node that has room for all of them: every number with all its digits, each line
where the plan of the picture keeps room for it."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF

from engine.text.numbers import format_distinct
from gui import theme
from gui.canvas.faces import NodeFace
from gui.canvas.items.node_texts import NodeTexts
from gui.canvas.items.text import Text, line_height, width
from gui.canvas.items.words import LOCK, Line, between, line_width, parameter_lines, unit_lines
from gui.canvas.marks import Marks
from gui.canvas.placing.plan import BESIDE, INSIDE, PITCH, net_input_pixels
from gui.canvas.placing.shapes import NodeShape

_ROOM_FOR_FIVE = 44.0  # a radius


def whole_texts(
    face: NodeFace, shape: NodeShape, marks: Marks, spare: float, has_picture: bool
) -> NodeTexts:
    """Lay out a face in a shape with room for it; `spare` is what is free above its lines."""
    node, lines = NodeTexts(), unit_lines(face)
    w, h = shape.half_width, shape.half_height
    node.places["unit"] = QRectF(-w, -h, 2 * w, 2 * h)
    writer = _Writer(node, shape, marks)
    if has_picture:
        writer.write_picture(lines["name"])
    elif face.old is None or not writer.write_changed(face, face.old, lines):
        writer.write_body(face, lines)
    writer.write_above(face, lines, spare)
    writer.write_below(face, lines)
    writer.write_side(face, lines)
    return node


class _Writer:
    """Puts lines where they belong in and around one node."""

    def __init__(self, node: NodeTexts, shape: NodeShape, marks: Marks) -> None:
        self._node, self._shape, self._marks = node, shape, marks
        self._pixels, self._line = shape.pixels, line_height(shape.pixels)

    def write_picture(self, name: Line) -> None:
        """The name above the body, and a picture in it."""
        h, r = self._shape.half_height, self._shape.half_width
        self._centred(name, -h - self._line / 2 - 1)
        side = 0.62 * r if self._shape.kind == "circle" else h - 4
        self._node.picture = QRectF(-side, -side, 2 * side, 2 * side)

    def write_body(self, face: NodeFace, lines: dict[str, Line]) -> None:
        """Name, activation and net input, as far as they are known."""
        pitch = PITCH * self._line if self._shape.kind == "circle" else self._line
        if "value" not in lines and "net_input" not in lines:
            self._centred(lines["name"], 0.0)
        elif "net_input" not in lines:
            # An input has one value, the unit's own.
            self._centred(lines["name"], -0.55 * self._line)
            y = 0.55 * self._line
            self._strike_old_value(face)
            self._centred(lines["value"], y)
            self._node.value = self._place(self._node.texts[-1])
        else:
            self._centred(lines["name"], -pitch)
            self._rule(-0.55 * pitch)
            if "value" in lines:
                self._centred(lines["value"], 0.05 * pitch)
            self._centred(lines["net_input"], pitch, "net_input", net_input_pixels(self._pixels))

    def write_changed(self, face: NodeFace, old: NodeFace, lines: dict[str, Line]) -> bool:
        """The same with what an edit changed, struck through: above the one and below the other.
        False if neither changed, or there is no room for five lines."""
        if "net_input" not in lines:
            return False
        activation = _changed(old.value, face.value, face.digits)
        net_input = _changed(old.net_input, face.net_input, face.digits)
        if not (activation or net_input):
            return False
        is_circle = self._shape.kind == "circle"
        if is_circle and self._shape.half_width < _ROOM_FOR_FIVE:
            return False
        if not is_circle:
            return self._write_changed_beside(lines, activation, net_input)
        r, small = self._shape.half_width, net_input_pixels(self._pixels)
        self._centred(lines["name"], -0.64 * r)
        self._rule(-0.45 * r)
        for words, y in ((activation, -0.27 * r), (net_input, 0.7 * r)):
            if words:
                self._struck(words, -width(words, theme.SMALL) / 2, y)
        if "value" in lines:
            self._centred(lines["value"], 0.05 * r)
        self._centred(lines["net_input"], 0.4 * r, "net_input", small)
        return True

    def _write_changed_beside(
        self, lines: dict[str, Line], activation: str, net_input: str
    ) -> bool:
        """In a capsule: old and new side by side, where there is room for both."""
        room, small = 2 * self._shape.half_width - 8, net_input_pixels(self._pixels)
        rows = []
        for kind, old, pixels in (
            ("value", activation, self._pixels), ("net_input", net_input, small),
        ):
            if kind not in lines:
                continue
            left = width(old, theme.SMALL) + between(theme.SMALL) if old else 0.0
            if left + line_width(lines[kind], pixels) > room:
                return False
            rows.append((kind, old, left, pixels))
        self._centred(lines["name"], -self._line)
        self._rule(-0.55 * self._line)
        for kind, old, left, pixels in rows:
            y = 0.05 * self._line if kind == "value" else self._line
            x = -(left + line_width(lines[kind], pixels)) / 2
            if old:
                self._struck(old, x, y)
            self._write(lines[kind], x + left, y, kind if kind == "net_input" else "", pixels)
        return True

    def write_above(self, face: NodeFace, lines: dict[str, Line], spare: float) -> None:
        """The delta."""
        y = -self._shape.half_height - self._line / 2 - 1
        if "delta" not in lines:
            return
        self._centred(lines["delta"], y, "delta")
        old = "" if face.old is None else _changed(face.old.delta, face.delta, face.digits)
        if old and spare >= self._line:
            self._struck(old, -width(old, theme.SMALL) / 2, y - self._line)

    def write_below(self, face: NodeFace, lines: dict[str, Line]) -> None:
        """Target and loss, where they stand below, and the bias."""
        y = self._shape.half_height + self._line / 2 + 1
        if self._shape.side == "below":
            for kind in ("target", "loss"):
                if kind in lines:
                    self._centred(lines[kind], y, kind)
                y += self._line
        if face.bias is None:
            return
        top, widest = y - self._line / 2, 0.0
        for kind, line in parameter_lines(face.bias, True).items():
            here = kind == "value" and self._marks.current == "bias"
            line = tuple(word._replace(colour="accent") for word in line) if here else line
            total = line_width(line, self._pixels)
            x = -total / 2
            self._write(line, x, y)
            if line[-1].locked:
                self._node.lock = QPointF(x + total - LOCK + 4, y)
            widest = max(widest, total)
            y += self._line
        self._node.places["bias"] = QRectF(
            -widest / 2 - 4, top, widest + 8, y - self._line / 2 - top
        )

    def write_side(self, face: NodeFace, lines: dict[str, Line]) -> None:
        """Target and loss to the right."""
        if self._shape.side != "right":
            return
        x, old = self._shape.half_width + BESIDE, face.old
        for kind, y, then, now in (
            ("target", -0.6 * self._line, old.target if old else None, face.target),
            ("loss", 0.6 * self._line, old.loss if old else None, face.loss),
        ):
            if kind in lines:
                self._write(lines[kind], x, y, kind)
                if words := _changed(then, now, face.digits):
                    self._struck(words, x, 2.7 * y)

    def _strike_old_value(self, face: NodeFace) -> None:
        """Write the value of an input before an edit below the present one, struck through."""
        old = "" if face.old is None else _changed(face.old.value, face.value, face.digits)
        if old:
            self._struck(old, -width(old, theme.SMALL) / 2, 1.5 * self._line)

    def _rule(self, y: float) -> None:
        """The line below the name."""
        half = self._shape.half_width - 1.5
        if self._shape.kind == "circle":
            half = max(1.0, half**2 - y**2) ** 0.5 - 1.5
        self._node.rule = QLineF(-half, y, half, y)

    def _centred(self, line: Line, y: float, kind: str = "", pixels: int = 0) -> None:
        self._write(line, -line_width(line, pixels or self._pixels) / 2, y, kind, pixels)

    def _write(self, line: Line, x: float, y: float, kind: str = "", pixels: int = 0) -> None:
        """A line from x on; one of a kind can be clicked where it stands."""
        pixels = pixels or self._pixels
        here, start = bool(kind) and kind in (self._marks.current, self._marks.used), x
        for word in line:
            colour = "accent" if here and kind != "delta" else word.colour
            text = Text(word.text, x, y, pixels, word.bold, colour)
            self._node.texts.append(text)
            x += word.width(pixels) + between(pixels)
        if kind:
            half = line_height(pixels) / 2
            total = x - between(pixels) - start
            self._node.places[kind] = QRectF(start - 4, y - half, total + 8, 2 * half)
        elif abs(y) > self._shape.half_height:
            self._node.words_around.append(self._place(text))

    def _struck(self, words: str, x: float, y: float) -> None:
        text = Text(words, x, y, theme.SMALL, False, "secondary", True)
        self._node.texts.append(text)
        if abs(y) > self._shape.half_height or x > self._shape.half_width:
            self._node.words_around.append(self._place(text))

    def _place(self, text: Text) -> QRectF:
        half = line_height(text.pixels) / 2
        return QRectF(text.x - 4, text.y - half, text.width + 8, 2 * half)


def _changed(then: float | None, now: float | None, digits: int | None) -> str:
    """The old one of two values, with digits that tell them apart; "" where nothing changed."""
    if then is None or now is None or then == now:
        return ""
    return format_distinct(then, now, digits)[0]


def called_out(face: NodeFace) -> NodeShape:
    """The shape that a unit takes which is to be read among many that are too small for that."""
    pixels = theme.SMALL
    line, lines = line_height(pixels), unit_lines(face)
    widest = max(line_width(lines[kind], pixels) for kind in INSIDE if kind in lines)
    of_bias = 0 if face.bias is None else len(parameter_lines(face.bias, True))
    half_width = max(40.0, widest / 2 + 8)
    rows = 3 if "net_input" in lines else 2
    above, below = line + 1, of_bias * line + 1
    half_height = rows * line / 2 + 5
    return NodeShape("capsule", half_width, half_height, rows, above, below, "right", pixels)
