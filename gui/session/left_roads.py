"""Roads: the names of abandoned roads of a run, and which of them are shown in the loss plot."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from engine.documents.road import FIRST_RUN
from engine.run.limits import ROAD_NAME
from engine.text.wording import on_one_line
from engine.training.history import Branch, History
from gui.session.road_names import called_by_settings
from gui.view import Ghost

_TELLS_NOTHING = ("", FIRST_RUN)  # what a road began with, where that is its settings alone


class Roads(Struct, frozen=True):
    """Names that a person or a file gave to branches, by number, and the branches whose curves the
    person hid from the loss plot or removed."""

    names: Mapping[int, str] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()

    def named(self, number: int, name: str) -> Roads:
        """With another name for a branch."""
        return replace(self, names={**self.names, number: name})

    def with_hidden(self, number: int, hidden: bool) -> Roads:
        """With a branch's curve hidden, or shown again."""
        kept = self.hidden - {number}
        return replace(self, hidden=kept | {number} if hidden else kept)

    def without(self, *numbers: int) -> Roads:
        """With the curves of branches removed."""
        return replace(self, removed=self.removed | {*numbers})

    def name_of(self, history: History, number: int, leaf: int) -> str:
        """What a branch is called beside the road to `leaf`: as it was named; else a fork by what
        it began with, and a run of its own by its settings."""
        given, branch = self.names.get(number), history.branches[number]
        if given is not None or branch.parent is not None:
            return on_one_line(branch.name if given is None else given)
        name = called_by_settings(branch.spec, branch.is_drawn, history.branches[leaf].spec)
        began = "" if branch.name in _TELLS_NOTHING else f", {branch.name}"
        return on_one_line(name + began)[: ROAD_NAME.most]

    def name_in_file(self, history: History, number: int, leaf: int) -> str:
        """What a file calls a branch: the first run is called that until it is left."""
        is_first = history.branches[number].name == FIRST_RUN and number not in self.names
        return FIRST_RUN if is_first and number == leaf else self.name_of(history, number, leaf)

    def kept(self, history: History, leaf: int) -> list[Branch]:
        """The branches that a person can still come to without undoing anything, the oldest first:
        the road to `leaf`, those with a ghost, and what these forked from."""
        kept: set[int] = set()
        for number in (leaf, *self._left(history, leaf)):
            kept.update(branch.number for branch in history.road(number))
        return [history.branches[number] for number in sorted(kept)]

    def beside(self, history: History, leaf: int) -> list[tuple[Branch, str]]:
        """The abandoned roads that the one to `leaf` does without, with their names."""
        road = history.road(leaf)
        left = (history.branches[number] for number in self._left(history, leaf))
        beside = [branch for branch in left if branch not in road]
        return [(branch, self.name_of(history, branch.number, leaf)) for branch in beside]

    def _left(self, history: History, leaf: int) -> list[int]:
        return [
            branch.number
            for branch, _ in history.abandoned(leaf)
            if branch.number not in self.removed
        ]

    def ghosts(self, history: History, leaf: int) -> tuple[Ghost, ...]:
        """The curves of the abandoned roads beside the one to `leaf`, the oldest first."""
        road = history.road(leaf)
        return tuple(
            Ghost(
                branch.number,
                self.name_of(history, branch.number, leaf),
                points,
                branch.parent is not None or branch in road,
                branch.number in self.hidden,
            )
            for branch, points in history.abandoned(leaf)
            if branch.number not in self.removed
        )
