"""Standing: where a person stands in a document, and how that goes into a file and comes back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from engine.document import Document, Lock, Published
from engine.history import Branch, History, Place
from engine.kernels.choice import reproducible
from engine.kernels.kernel import Stretch
from engine.spec import start_state
from gui.roads import Roads


class Standing(Struct, frozen=True):
    """Everything an undo brings back: the place (and with its branch Spec, parameters and start
    values), the sample shown, where nodes were moved, the document's own words, what became of
    the roads that were left, what a teacher locked, and the figures that its source prints."""

    place: Place
    sample: int = 0
    layout: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    title: str = ""
    note: str = ""
    roads: Roads = Roads()
    lock: Lock | None = None
    published: tuple[Published, ...] = ()


def opened(document: Document) -> tuple[History, Standing]:
    """The run that a document holds, and where it was left."""
    spec = document.spec
    first = document.origin or start_state(spec, document.start)
    tip = document.state or first
    history = History(spec, document.start, first)
    root = history.branches[0]
    if tip.t > first.t:
        root.reach(tip, document.stretches)
    if document.curve is not None:
        root.curve.extend(document.curve)
    revealed = 0
    if document.revealed is not None:
        revealed = spec.steps.index_of(document.revealed) + 1
    t = tip.t if document.updates is None else document.updates
    place = Place(0, t, revealed)
    return history, Standing(
        place, document.sample, document.layout, document.title, document.note,
        lock=document.lock, published=document.published,
    )


def saved(document: Document, history: History, standing: Standing, grain: str) -> Document:
    """What is there now, to be saved: the branch at the cursor, from its fork to its tip.

    `document` is what was opened; what the session knows nothing of is taken over from it.
    """
    place = standing.place
    branch = history.owner(place.branch, place.t)
    first = branch.frames[branch.fork_t]
    steps = branch.spec.steps
    return replace(
        document,
        title=standing.title,
        note=standing.note,
        spec=branch.spec,
        start=branch.start,
        state=branch.tip if branch.tip.t else None,
        origin=first if first.t else None,
        stretches=_told(branch),
        curve=np.array(branch.curve.points),
        updates=place.t,
        revealed=steps.id_at(place.revealed - 1) if place.revealed else None,
        sample=standing.sample,
        grain=grain,
        layout=dict(standing.layout),
        lock=standing.lock,
        published=standing.published,
    )


def _told(branch: Branch) -> tuple[Stretch, ...]:
    """The kernels that took a road, where they are not what a file without them means anyway."""
    usual = reproducible(branch.spec)
    return branch.stretches if any(kernel != usual for kernel, _ in branch.stretches) else ()
