"""Words: what is written of a unit and of a weight, line by line, with every digit chosen.

Where it is written, and in which size of type, is decided elsewhere; how much room it takes is
asked here, before anything is placed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from engine.text.numbers import format_distinct, format_number
from gui import theme
from gui.canvas.faces import NodeFace, ParameterFace
from gui.canvas.items.text import sign_colour, width

LOCK = 14.0  # the sign of a fixed parameter, with the room beside it
_ALL = 17  # digits that tell any two numbers apart
_LONGEST_NAME = 12  # characters; a longer one is cut, and told in full by its tooltip


class Word(NamedTuple):
    """Some text of one colour on a line; `locked` has the sign of a fixed parameter after it."""

    text: str
    colour: str = "ink"
    bold: bool = False
    locked: bool = False

    def width(self, pixels: int) -> float:
        """Pixels that it takes in a size of type."""
        return width(self.text, pixels, self.bold) + (LOCK if self.locked else 0.0)


Line = tuple[Word, ...]


def line_width(line: Line, pixels: int) -> float:
    """Pixels that a line takes in a size of type."""
    return sum(word.width(pixels) for word in line) + between(pixels) * (len(line) - 1)


def between(pixels: int) -> float:
    """Pixels between two words."""
    return 0.36 * pixels


def sizes_of_type() -> tuple[int, ...]:
    """The sizes in which numbers on the canvas are written, from the one wanted to the smallest."""
    return tuple(range(theme.CANVAS, theme.SMALL - 1, -1))


def parameter_lines(face: ParameterFace, is_bias: bool = False) -> dict[str, Line]:
    """The lines of a weight or bias: its name and value, then the sample's own gradient and that of
    the batch, then its new value; as far as they are known."""
    value, updated = format_number(face.value, face.digits), ""
    if face.updated is not None:
        value, updated = format_distinct(face.value, face.updated, face.digits)
    name = _short(face.name)
    lines: dict[str, Line]
    if is_bias:
        lines = {"value": (Word(f"{name} {value}", "secondary", locked=face.fixed),)}
    else:
        number = Word(value, sign_colour(face.value), locked=face.fixed)
        lines = {"value": (Word(name, "secondary"), number)}
    for sign, gradient in face.gradients:
        kind = "gradient" if sign == face.sign else "own"
        words = f"{sign} {format_number(gradient, face.digits)}"
        lines[kind] = (Word(words, sign_colour(gradient)),)
    if face.waits:
        lines["gradient"] = (Word("∂ …", "secondary"),)
    if updated:
        lines["update"] = (Word(f"→ {updated}"),)
    return lines


def unit_lines(face: NodeFace) -> dict[str, Line]:
    """The lines of a unit by kind of Spot, but those of its bias; as far as they are known."""
    lines: dict[str, Line] = {"name": _name_of(face)}

    def add(kind: str, letter: str, value: float | None, colour: str) -> None:
        if value is not None:
            words = f"{letter} {format_number(value, face.digits)}".strip()
            lines[kind] = (Word(words, colour),)

    notation = face.notation
    add("value", "", face.value, "ink")
    add("net_input", notation.net_input, face.net_input, "secondary")
    add("delta", "δ", face.delta, sign_colour(face.delta or 0.0))
    add("target", notation.target, face.target, "secondary")
    add("loss", notation.loss, face.loss, "ink")
    return lines


def usual(face: ParameterFace, signs: Sequence[str], is_bias: bool = False) -> dict[str, Line]:
    """The lines of a weight or bias with numbers of everyday length: what there is room for from
    the start, so that little has to move as they come. `signs` are those before its gradients."""
    digits = "0" * (_ALL if face.digits is None else face.digits)
    lines: dict[str, Line] = {"value": (Word(_short(face.name)), Word(f"−0.{digits}"))}
    if face.fixed:
        lines["value"] = parameter_lines(face, is_bias)["value"]
    for kind, sign in zip(("gradient", "own"), reversed(signs), strict=False):
        lines[kind] = (Word(f"{sign} −0.00{digits}"),)
    if not face.fixed:
        lines["update"] = (Word(f"→ −0.{digits}"),)
    return lines


def usual_of_unit(face: NodeFace, is_output: bool) -> dict[str, Line]:
    """The same of a unit."""
    digits = "0" * (_ALL if face.digits is None else face.digits)
    notation = face.notation
    lines: dict[str, Line] = {
        "name": _name_of(face),
        "value": (Word(f"0.{digits}"),),
        "net_input": (Word(f"{notation.net_input} 0.{digits}"),),
        "delta": (Word(f"δ −0.0{digits}"),),
    }
    if is_output:
        lines["target"] = (Word(f"{notation.target} 0.00"),)
        lines["loss"] = (Word(f"{notation.loss} 0.0{digits}"),)
    return lines


def _name_of(face: NodeFace) -> Line:
    """The name of a unit, and the class that it stands for if it does."""
    name = Word(_short(face.name), bold=True)
    return (name, Word(f"· {_short(face.of_class)}", "secondary")) if face.of_class else (name,)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
