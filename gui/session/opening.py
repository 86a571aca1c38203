"""Opening and saving: a document as a run with a place in it, and back."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from engine.documents.document import Document
from engine.documents.own_keys import OwnKey
from engine.documents.road import FIRST_RUN, Road
from engine.training.history import Branch, History, Place
from engine.training.kernels.choice import reproducible
from engine.training.kernels.kernel import Stretch
from gui.session.left_roads import Roads
from gui.session.undo import Standing


def opened(document: Document) -> tuple[History, Standing]:
    """The run that a document holds, and where it was left."""
    roads = document.roads
    history = History(roads[0].spec, roads[0].start, roads[0].first)
    history.branches[0].name = roads[0].name
    for road in roads[1:]:
        parent = None if road.parent is None else history.branches[road.parent]
        history.add(road.name, parent, road.spec, road.start, road.first)
    for branch, road in zip(history.branches, roads, strict=True):
        if road.last_t > branch.fork_t:
            branch.reach(road.tip, road.stretches)
        if road.curve is not None:
            branch.curve.replace_all(road.curve)
        if road.test_curve is not None:
            branch.test_curve.replace_all(road.test_curve)
    revealed = 0
    if document.revealed is not None:
        revealed = document.spec.steps.index_of(document.revealed) + 1
    t = document.last_t if document.updates is None else document.updates
    leaf = document.number if document.leaf is None else document.leaf
    return history, Standing(
        Place(history.branches[leaf], t, revealed),
        document.sample, document.layout, document.title, document.note,
        Roads(
            # A run that was not left yet is called by what it was once it is.
            {n: road.name for n, road in enumerate(roads) if road.name != FIRST_RUN or n != leaf},
            hidden=frozenset(number for number, road in enumerate(roads) if road.hidden),
            removed=frozenset(number for number, road in enumerate(roads) if road.removed),
        ),
        document.lock, document.published,
    )


def saved(document: Document, history: History, standing: Standing, grain: str) -> Document:
    """What is there now, to be saved: the branch at the cursor and all others that are kept.

    `document` is what was opened; what the session knows nothing of is taken over from it.
    """
    place = standing.place
    here, steps = place.owner, place.spec.steps
    kept = standing.roads.kept(history, place.branch)
    numbers = {branch.number: number for number, branch in enumerate(kept)}
    names = standing.roads.called_in_file(history, place.branch)

    def road(branch: Branch) -> dict[str, Any]:
        parent = branch.parent
        first = branch.frames[branch.fork_t]
        return {
            "spec": branch.spec,
            "start": branch.start,
            "state": branch.tip if branch.tip.t else None,
            "origin": first if first.t else None,
            "stretches": _told(branch),
            "curve": branch.curve.points,  # what is added to it stands elsewhere
            "test_curve": branch.test_curve.points,
            "name": names[branch.number],
            "parent": None if parent is None else numbers[parent.number],
            "hidden": branch.number in standing.roads.hidden,
            "removed": branch.number in standing.roads.removed,
        }

    return replace(
        document,
        **road(here),
        title=standing.title,
        note=standing.note,
        updates=place.t,
        revealed=steps.id_at(place.revealed - 1) if place.revealed else None,
        sample=standing.sample,
        grain=grain,
        layout=dict(standing.layout),
        lock=standing.lock,
        published=standing.published,
        own_keys=_following(document.own_keys, numbers),
        others=tuple(Road(**road(branch)) for branch in kept if branch is not here),
        number=numbers[here.number],
        leaf=numbers[place.branch],
    )


def _told(branch: Branch) -> tuple[Stretch, ...]:
    """The kernels that took a road, where they are not what a file without them means anyway."""
    usual = reproducible(branch.spec)
    return branch.stretches if any(each.kernel != usual for each in branch.stretches) else ()


def _following(own: tuple[OwnKey, ...], numbers: dict[int, int]) -> tuple[OwnKey, ...]:
    """The x- keys of a document, those of its roads at the roads' present numbers."""
    found = []
    for key in own:
        match key.path:
            case ("roads", int(number), *rest):
                if number in numbers:
                    found.append(replace(key, path=("roads", numbers[number], *rest)))
            case _:
                found.append(key)
    return tuple(found)
