"""Roads: the names of abandoned roads of a run, and which of them are shown in the loss plot."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from engine.documents.road import FIRST_RUN
from engine.run.limits import ROAD_NAME
from engine.run.spec import Spec
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

    def called(self, history: History, leaf: int) -> dict[int, str]:
        """What each branch is called beside the road to `leaf`, by number: as it was named; else a
        fork by what it began with, and a run of its own by its settings. Of those that run no two
        are called the same: a later one is numbered, as in "η 0.5 (2)", and keeps its number
        whatever the others are named."""
        found: dict[int, str] = {}
        taken: set[str] = set()
        other = history.branches[leaf].spec
        given: dict[int, str] = {}  # two that a file calls the same are told apart too
        for number, name in sorted(self.names.items()):
            if number == leaf and name == FIRST_RUN:
                continue  # as a file calls a run that was not left, see called_in_file
            given[number] = _unlike(on_one_line(name), {*given.values()})
        for branch in history.branches:
            number = branch.number
            runs = branch.tip.t > branch.fork_t or number == leaf
            name = _by_itself(branch, other)
            if runs:
                name = _unlike(name, taken)
                taken.add(name)
            if number in given:
                name = given[number]
            elif runs:
                name = _unlike(name, {*given.values()})
            found[number] = name
        return found

    def called_in_file(self, history: History, leaf: int) -> dict[int, str]:
        """What a file calls each branch: the first run is called that until it is left."""
        found = self.called(history, leaf)
        if history.branches[leaf].name == self.names.get(leaf, FIRST_RUN) == FIRST_RUN:
            found[leaf] = FIRST_RUN
        return found

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
        names = self.called(history, leaf)
        return [(branch, names[branch.number]) for branch in left if branch not in road]

    def _left(self, history: History, leaf: int) -> list[int]:
        return [
            branch.number
            for branch, _ in history.abandoned(leaf)
            if branch.number not in self.removed
        ]

    def ghosts(self, history: History, leaf: int) -> tuple[Ghost, ...]:
        """The curves of the abandoned roads beside the one to `leaf`, the oldest first."""
        abandoned = [
            each for each in history.abandoned(leaf) if each[0].number not in self.removed
        ]
        if not abandoned:
            return ()
        road, names = history.road(leaf), self.called(history, leaf)
        return tuple(
            Ghost(
                branch.number,
                names[branch.number],
                points,
                branch.parent is not None or branch in road,
                branch.number in self.hidden,
            )
            for branch, points in abandoned
        )


def _by_itself(branch: Branch, other: Spec) -> str:
    """What a branch is called where nobody named it, beside a run by another Spec."""
    if branch.parent is not None:
        return on_one_line(branch.name)
    name = called_by_settings(branch.spec, branch.is_drawn, other)
    began = "" if branch.name in _TELLS_NOTHING else f", {branch.name}"
    return on_one_line(name + began)[: ROAD_NAME.most]


def _unlike(name: str, taken: set[str]) -> str:
    """A name, or the same with the first number that makes it another than those taken."""
    found, number = name, 1
    while found in taken:
        number += 1
        end = f" ({number})"
        found = name[: ROAD_NAME.most - len(end)] + end
    return found
