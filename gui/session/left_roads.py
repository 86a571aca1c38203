"""Roads: the names of abandoned roads of a run, and which of them are shown in the loss plot."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from engine.text.wording import on_one_line
from engine.training.history import Branch, History
from gui.view import Ghost


class Roads(Struct, frozen=True):
    """Names that a person gave to branches, by number, and the branches whose curves they hid from
    the loss plot or removed."""

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

    def name_of(self, history: History, number: int) -> str:
        """What a branch is called: as the person named it, else what it began with."""
        return on_one_line(self.names.get(number, history.branches[number].name))

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
        return [(each, self.name_of(history, each.number)) for each in left if each not in road]

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
                self.name_of(history, branch.number),
                points,
                branch.parent is not None or branch in road,
                branch.number in self.hidden,
            )
            for branch, points in history.abandoned(leaf)
            if branch.number not in self.removed
        )
