"""The labels that the current step is about, and how all others make way for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF

from gui import theme
from gui.canvas.faces import ParameterFace
from gui.canvas.items.edges import Edge
from gui.canvas.items.pills import SIZES, USED, Pill, Size
from gui.canvas.placing.labels import (
    Floats,
    SinglePlaces,
    fractions_of,
    has_room,
    most_hidden,
    place_labels,
    rows,
)

CLEAR = 0.5  # of another edge hidden by a label at most, where there is a choice
_MOST_USED = 16  # labels of a step, or they would hide the picture
_MANY = 4  # labels of a step, that are small from the start
_BETTER = 0.1  # of another edge less hidden, for which a smaller label is taken
_FEW = 6  # edges of a layer, among which smaller labels keep clear of the crossings
_SWEEPS = 2  # of the search for places: there is no time for more at every step
# For a label that has to move, if its own size finds no place.
_SMALLER = (Size(100.0, 2, True, theme.SMALL), *(s for s in SIZES if s.pixels == theme.SMALL))


class Surroundings(Struct, frozen=True, eq=False):
    """What the labels of a layer stand among: all its edges, a row (x1, y1, x2, y2) each, in the
    order of weights from `n_in` sources; rows (left, top, right, bottom) of what no label may
    cover; and the size of the canvas in pixels."""

    ends: Floats
    n_in: int
    obstacles: Floats
    area: tuple[float, float]
    longest_name: str

    def lines(self, edges: Iterable[Edge]) -> Floats:
        """Some of the edges, a row each."""
        return self.ends[[unit * self.n_in + source for unit, source in edges]]


def current_pill(
    around: Surroundings, edge: Edge, face: ParameterFace, middle: QPointF, size: Size
) -> Pill:
    """The label of the weight that the step is about, with all that it has to say: on its edge,
    near a middle if possible, or else a little aside."""
    line = around.lines([edge])
    preferred = float(fractions_of(line, np.array([middle.toTuple()]))[0])
    pill = Pill(QPointF(), face, size, is_current=True)
    for area in (None, around.area):
        places = SinglePlaces(line[0], around.obstacles, around.ends, preferred, area)
        if pill.move_into(places):
            return pill
    # Better over edges and labels than without a digit.
    pill.move(*line.reshape(2, 2).mean(axis=0).tolist())
    return pill


def used_pills(
    around: Surroundings, faces: Mapping[Edge, ParameterFace], middles: Sequence[QPointF]
) -> dict[Edge, Pill]:
    """The labels of the weights that the step works with, each near a middle if possible and as
    telling as all of them find a place. There are none where there are too many, and of the
    smallest size only those that find a place."""
    if not faces or len(faces) > _MOST_USED:
        return {}
    lines = around.lines(faces)
    preferred = fractions_of(lines, np.array([middle.toTuple() for middle in middles]))
    best: tuple[list[Pill], Floats, list[bool]] | None = None
    least_hidden = np.inf
    for size in USED[-2 if len(faces) > _MANY else 0 :]:
        is_last = size is USED[-1]
        if not is_last and not size.suits(around.longest_name):
            continue
        of_size = [Pill(QPointF(), face, size) for face in faces.values()]
        sizes = np.array([pill.place.size().toTuple() for pill in of_size])
        if not is_last and not has_room(lines, around.obstacles, sizes):
            continue
        found, free = place_labels(
            lines, around.obstacles, sizes, around.ends, preferred, _SWEEPS
        )
        if not free.all() and not (is_last and best is None):
            continue
        hidden = most_hidden(around.ends, found, sizes)
        if best is None or hidden < least_hidden - _BETTER:
            best, least_hidden = (of_size, found, free.tolist()), hidden
            # Where there is much that crosses, what a label says comes first.
            if hidden < CLEAR or len(around.ends) > _FEW:
                break
    assert best is not None
    pills = {}
    for edge, pill, (x, y), is_free in zip(faces, best[0], best[1].tolist(), best[2], strict=True):
        if is_free:
            pill.move(x, y)
            pills[edge] = pill
    return pills


def make_way(
    around: Surroundings,
    pills: dict[Edge, Pill],
    of_step: Mapping[Edge, Pill],
    unplaced: Iterable[Edge],
) -> dict[Edge, Pill]:
    """The pills of a layer as they stand beside those of the step: those that would cover one of
    them or an obstacle are moved, and so are those that have no place yet (`unplaced`). Left out
    are those that find none, and those whose edge the step has a label for."""
    if not pills:
        return {}
    firm = _spaced(of_step)
    left, top, right, bottom = rows([pill.place for pill in pills.values()]).T[:, :, None]
    taken = np.vstack([around.obstacles, rows(firm)]).T
    covers = (left < taken[2]) & (right > taken[0]) & (top < taken[3]) & (bottom > taken[1])
    is_clear = dict(zip(pills, (~covers.any(axis=1)).tolist(), strict=True))
    is_clear.update(dict.fromkeys(unplaced, False))
    others = {edge: pill for edge, pill in pills.items() if edge not in of_step}
    kept = {edge: pill for edge, pill in others.items() if is_clear[edge]}
    waiting = {edge: pill for edge, pill in others.items() if not is_clear[edge]}
    for smaller in (None, *_SMALLER):
        if not waiting:
            break
        if smaller is not None and smaller.lines > next(iter(waiting.values())).size.lines:
            continue
        tried = {
            edge: Pill(pill.middle, pill.face, smaller or pill.size)
            for edge, pill in waiting.items()
        }
        found = _replaced(around, tried, [*firm, *_spaced(kept)])
        kept.update(found)
        waiting = {edge: pill for edge, pill in waiting.items() if edge not in found}
    return kept


def _replaced(
    around: Surroundings, pills: dict[Edge, Pill], firm: Sequence[QRectF]
) -> dict[Edge, Pill]:
    """Some pills, each as near as can be to where it is, clear of all that is firm; without those
    that find no place."""
    lines = around.lines(pills)
    middles = np.array([pill.middle.toTuple() for pill in pills.values()])
    sizes = np.array([pill.place.size().toTuple() for pill in pills.values()])
    obstacles = np.vstack([around.obstacles, rows(firm)])
    preferred = fractions_of(lines, middles)
    middles, free = place_labels(lines, obstacles, sizes, around.ends, preferred, _SWEEPS)
    return {
        edge: Pill(QPointF(x, y), pill.face, pill.size)
        for (edge, pill), (x, y), is_free in zip(
            pills.items(), middles.tolist(), free.tolist(), strict=True
        )
        if is_free
    }


def _spaced(pills: Mapping[Edge, Pill]) -> list[QRectF]:
    """The places of pills with a little room around each."""
    return [pill.place.adjusted(-2, -2, 2, 2) for pill in pills.values()]
