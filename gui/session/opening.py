"""Opening and saving: a document as a run with a place in it, and back."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from engine.documents.document import Document
from engine.run.spec import start_state
from engine.training.history import Branch, History, Place
from engine.training.kernels.choice import reproducible
from engine.training.kernels.kernel import Stretch
from gui.session.undo import Standing


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
    place = Place(root, t, revealed)
    return history, Standing(
        place, document.sample, document.layout, document.title, document.note,
        lock=document.lock, published=document.published,
    )


def saved(document: Document, standing: Standing, grain: str) -> Document:
    """What is there now, to be saved: the branch at the cursor, from its fork to its tip.

    `document` is what was opened; what the session knows nothing of is taken over from it.
    """
    place = standing.place
    branch = place.owner
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
    return branch.stretches if any(each.kernel != usual for each in branch.stretches) else ()
