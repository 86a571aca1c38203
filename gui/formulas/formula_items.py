"""A formula as the items of a flow: plain boxes, or typeset ones."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from engine.formulas.writer import Piece, T, Writer
from gui import theme
from gui.formulas.box_writer import BoxWriter
from gui.formulas.boxes import Box
from gui.formulas.flow import Flowed, FlowItem, flow, flow_in_place, items_of
from gui.formulas.typesetting import TypesetWriter, Wanted, typeset


class Formula(Protocol):
    """Something that is written in pieces: a Line, or the result of a derivation."""

    def pieces(self, writer: Writer[T]) -> list[Piece[T]]:
        """Its pieces as a writer writes them, each with the sign that leads it."""


class Look(Struct, frozen=True):
    """How a formula is shown: its sizes in pixels, plain and typeset (whose letters are smaller
    for the same number), digits, and whether it is typeset."""

    plain: int
    set: int
    digits: int | None
    typeset: bool


def flow_formula(formula: Formula, look: Look, width: float) -> Flowed:
    """The formula on lines of at most this width; it stays plain if a piece cannot be set."""
    plain = plain_items(formula, BoxWriter(look.plain, look.digits))
    items = _typeset_items(formula, look) if look.typeset else plain
    return flow(plain, width) if items is None else flow_in_place(items, plain, width)


def plain_items(formula: Formula, writer: BoxWriter) -> list[FlowItem]:
    """The formula's pieces in the program's own font."""
    pieces = formula.pieces(writer)
    return items_of(pieces, [writer.sign(piece.lead) for piece in pieces])


def _typeset_items(formula: Formula, look: Look) -> list[FlowItem] | None:
    writer = TypesetWriter(look.digits)
    pieces: list[Piece[Box]] = []
    signs: list[Box | None] = []
    for piece in formula.pieces(writer):
        body, sign = typeset(_wanted(piece.body, look)), writer.sign(piece.lead)
        if body is None:
            return None
        pieces.append(Piece(piece.lead, body))
        signs.append(typeset(_wanted(sign, look)) if sign else None)
    return items_of(pieces, signs)


def wanted_pieces(formula: Formula, look: Look) -> list[Wanted]:
    """What has to be set before the formula can be shown typeset."""
    writer = TypesetWriter(look.digits)
    wanted = []
    for piece in formula.pieces(writer):
        wanted += [_wanted(text, look) for text in (writer.sign(piece.lead), piece.body) if text]
    return wanted


def _wanted(latex: str, look: Look) -> Wanted:
    return Wanted(latex, look.set, theme.current().ink)
