"""Everything a run has been through: the way back to any moment of it, and what was left behind.

A Branch is one road that the run took: its Spec, key frames of State, and its loss curve. Anything
between two key frames is replayed from the nearest earlier one, with the branch's own Spec and by
the kernels that took it then, so an old road always replays bit for bit. An edit starts a new
Branch at the moment it was made.

One memory bound holds for the key frames, tips and loss curves of all branches together, the left
ones too. While it is exceeded, the branch that holds most gives up every other key frame, or every
other point of its curve (the peaks stay), whichever takes more. Beyond the bound go only the first
state and the tip of each branch, which nothing could bring back, and up to four states replayed
last, a sixteenth of the bound or one. So each edit made at a moment of its own costs a state.

Measured with benchmarks/rewind.py under the default of 256 MiB:
- Bundled examples keep at most 1,024 key frames a branch. After 1,000,000 epochs mazur-2-2-2 has
  977 of them and holds 16 MiB, nearly all of it the curve (8 bytes a number, up to twice while it
  grows; xor-2-3-1, with a metric, 24 MiB). Any moment is back within 0.2 s: at most 1,023 updates.
- With 8 hidden layers of 512 units and 512 inputs a State takes 16 MiB (48 MiB with Adam): 8 to
  14 key frames (3 or 4) and the tip are held, so a replay takes up to a seventh (a half) of the
  time that training took, in the background. The process grew by 273 (386) MiB at its peak, with
  the gradients of the moment and the states replayed last.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from math import inf

import numpy as np
from msgspec import Struct

from engine.maths.activations import Array
from engine.run.iteration import Check, Evaluation, never
from engine.run.spec import Spec, State, drawn_start
from engine.training.kernels.choice import at_hand, reproducible
from engine.training.kernels.kernel import Stretch
from engine.training.loss_curve import LossCurve
from engine.training.trainer import Progress, Trainer

DEFAULT_MEMORY = 256 * 1024 * 1024
MAX_FRAMES = 1024
_MIN_FRAMES = 2
_OBJECTS = 600  # bytes of the Python objects around the arrays of a State
_NEIGHBOURS = 4


class Branch:
    """One road of a run, from its first state (at its fork) to its tip.

    `name` says in words what it began with (empty: nothing but its settings), `start` are the start
    values that Reset goes back to, and `curve` is the whole road's: it begins with the parent's
    points up to the fork. So does `test_curve`, of the samples kept out of training: it has fewer
    points, and none where there are no such samples.
    """

    def __init__(
        self, number: int, name: str, parent: Branch | None, spec: Spec, start: Array, first: State
    ) -> None:
        self.number = number
        self.name = name
        self.parent = parent
        self.spec = self._made_with = spec
        self.start = start
        self.fork_t = first.t
        self.tip = first
        self.frame_every = 1
        self._stretches: tuple[Stretch, ...] = ()
        self.frames: dict[int, State] = {first.t: first}
        self.curve, self.test_curve = (LossCurve(2 + len(spec.metrics)) for _ in range(2))
        if parent is not None and parent.spec.metrics == spec.metrics:
            for mine, curve in (
                (self.curve, parent.curve), (self.test_curve, parent.test_curve)
            ):
                mine.replace_all(curve.points[curve.points[:, 0] < spec.epoch_position(first.t)])

    def reach(self, tip: State, stretches: tuple[Stretch, ...]) -> None:
        """Take the road to be known up to a tip beyond its first state, as out of a file."""
        self.frames[tip.t] = self.tip = tip
        self._stretches = stretches

    def note(self, state: State, evaluation: Evaluation) -> None:
        """Add the tip's own point to the curve, known only once somebody evaluated it."""
        spec = self.spec
        if state.t == self.tip.t and spec.epoch_of(state.t)[1] == 0:
            epochs = spec.epoch_position(state.t)
            self.curve.append((epochs, evaluation.loss, *evaluation.metrics))
            if (test := evaluation.test) is not None:
                self.test_curve.append((epochs, test.loss, *test.metrics))

    def record(self, progress: Progress, max_frames: int) -> None:
        """Take in what a slice of training on this branch did."""
        self.curve.append_all(progress.points)
        if progress.test_points is not None:
            self.test_curve.append_all(progress.test_points)
        for frame in progress.frames:
            if frame.t % self.frame_every == 0:
                self.frames.setdefault(frame.t, frame)
        for stretch in progress.stretches:
            self._note(stretch)
        if progress.state.t > self.tip.t:
            self.tip = progress.state
        self.thin(max_frames)

    @cached_property
    def is_drawn(self) -> bool:
        """Whether the start values are what the seed draws, and nobody else's."""
        drawn = drawn_start(self.spec, self.start, self.spec.seed)
        return bool(np.array_equal(drawn, self.start))

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Which kernels took the road, up to its tip: they replay it to the bit.

        Where a file does not say it, the kernel that does the same everywhere is taken to have.
        """
        end = self._stretches[-1].until if self._stretches else self.fork_t
        if end == self.tip.t:
            return self._stretches
        return (*self._stretches, Stretch(reproducible(self.spec), self.tip.t))

    def _note(self, stretch: Stretch) -> None:
        """Remember which kernel took the road beyond its tip."""
        if stretch.until > self.tip.t:
            kept = self.stretches
            if kept and kept[-1].kernel == stretch.kernel:
                kept = kept[:-1]
            self._stretches = (*kept, stretch)

    def thin(self, max_frames: int) -> None:
        """Drop every other key frame until at most `max_frames` are left; the first stays."""
        while len(self.frames) > max_frames:
            self.frame_every *= 2
            kept = {t: f for t, f in self.frames.items() if t % self.frame_every == 0}
            kept[self.fork_t] = self.frames[self.fork_t]
            if len(kept) == len(self.frames):
                break
            self.frames = kept

    @property
    def frame_bytes(self) -> int:
        """Memory held by the key frames and the tip, in bytes."""
        return (len(self.frames) + 1) * (self.tip.nbytes + _OBJECTS)

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        return self.frame_bytes + self.curve.nbytes + self.test_curve.nbytes

    def shrink(self) -> bool:
        """Halve the key frames or the curve, whichever holds more; whether that was possible."""
        if self.curve.nbytes > self.frame_bytes and self._thin_curves():
            return True
        before = len(self.frames)
        if before > _MIN_FRAMES:
            self.thin(before - 1)
        return len(self.frames) < before or self._thin_curves()

    def _thin_curves(self) -> bool:
        """Leave out half of the points of each curve; whether one had enough to do so."""
        return any([self.curve.thin(), self.test_curve.thin()])

    def nearest(self, t: int) -> State:
        """The latest state kept at or before t updates."""
        if t >= self.tip.t:
            return self.tip
        return self.frames[max(kept for kept in self.frames if kept <= t)]

    def call(self, spec: Spec | None) -> None:
        """Be run by a Spec that differs in names alone; None: by the one that it began with."""
        self.spec = self._made_with if spec is None else spec

    # The road that leads to its tip

    def owner(self, t: int) -> Branch:
        """The branch that the road to this one runs on after t updates."""
        branch = self
        while branch.fork_t > t and branch.parent is not None:
            branch = branch.parent
        return branch

    def spec_at(self, t: int) -> Spec:
        """What the road is run by after t updates: before a fork that is another Spec."""
        return self.owner(t).spec

    @property
    def first_t(self) -> int:
        """How far back the road can be followed."""
        branch = self
        while branch.parent is not None:
            branch = branch.parent
        return branch.fork_t


class Place(Struct, frozen=True):
    """The cursor: on the road that leads to the tip of `leaf`, after t updates, with `revealed`
    steps of the iteration that follows already shown.

    Before a fork the road has another Spec, often with another number of steps. So every place is
    checked against the Spec that holds there; one that the road does not have raises ValueError.
    """

    leaf: Branch
    t: int
    revealed: int = 0

    def __post_init__(self) -> None:
        first, last = self.leaf.first_t, self.leaf.tip.t
        if not first <= self.t <= last:
            raise ValueError(f"the road runs from {first} to {last} updates, not to {self.t}")
        steps = len(self.spec.steps)
        if not 0 <= self.revealed <= steps:
            raise ValueError(f"{self.revealed} of {steps} steps after {self.t} updates")

    @property
    def branch(self) -> int:
        """The number of the branch whose tip the road leads to."""
        return self.leaf.number

    @property
    def owner(self) -> Branch:
        """The branch that the road runs on here."""
        return self.leaf.owner(self.t)

    @property
    def spec(self) -> Spec:
        """The Spec of the road here."""
        return self.owner.spec

    @property
    def moment(self) -> tuple[int, int]:
        """(t, revealed), as in engine.run.moves."""
        return self.t, self.revealed


class History:
    """All branches of one document since it was opened."""

    def __init__(self, spec: Spec, start: Array, first: State) -> None:
        self._memory = DEFAULT_MEMORY
        self.branches: list[Branch] = [Branch(0, "first run", None, spec, start, first)]
        self._replayed: dict[tuple[int, int, bool], State] = {}
        self._renamed: Mapping[int, Spec] = {}

    @property
    def memory(self) -> int:
        """The bound, in bytes; a smaller one is kept to at once."""
        return self._memory

    @memory.setter
    def memory(self, memory: int) -> None:
        self._memory = memory
        self._replayed.clear()
        self._keep_within()

    @property
    def nbytes(self) -> int:
        """Memory held by key frames, tips and curves of all branches, in bytes."""
        return sum(branch.nbytes for branch in self.branches)

    def fork(self, place: Place, name: str, spec: Spec, start: Array, state: State) -> Branch:
        """Start a branch at a place, with an edited Spec, State (whose t is the place's) or start.

        A branch that was forked at the same moment and never left it adds nothing to the road,
        so the new one grows from where that one did.
        """
        parent: Branch | None = place.owner
        while parent is not None and parent.fork_t == place.t:
            parent = parent.parent
        return self.add(name, parent, spec, start, state)

    def restart(self, name: str, spec: Spec, start: Array, first: State) -> Branch:
        """Start a road of its own, as a reset or new start values do; `start` are the values that
        its first state came from."""
        return self.add(name, None, spec, start, first)

    def add(
        self, name: str, parent: Branch | None, spec: Spec, start: Array, first: State
    ) -> Branch:
        """Add a branch that begins with a state, and forks from a parent or is of its own."""
        branch = Branch(len(self.branches), name, parent, spec, start, first)
        self.branches.append(branch)
        return branch

    def rename(self, specs: Mapping[int, Spec]) -> bool:
        """Have branches, by number, be run by these Specs, which differ from those that they began
        with in the names of units and targets alone, and all others by those; whether that is
        anything new. The run is the same: no number depends on a name."""
        if specs == self._renamed:
            return False
        self._renamed = specs
        for branch in self.branches:
            branch.call(specs.get(branch.number))
        return True

    def road(self, leaf: int) -> list[Branch]:
        """The branches that lead to one, the root first."""
        road = [self.branches[leaf]]
        while (parent := road[-1].parent) is not None:
            road.append(parent)
        return road[::-1]

    def abandoned(self, leaf: int) -> list[tuple[Branch, Array]]:
        """What has been run beside the road to `leaf`: branches, and their points from where they
        left it (or, for roads of their own, began)."""
        road = self.road(leaf)
        ends = {branch.number: following.fork_t for branch, following in pairwise(road)}
        left = []
        for branch in self.branches:
            since = ends.get(branch.number, branch.fork_t)
            if branch.number == leaf or branch.tip.t <= since:
                continue
            points = branch.curve.points
            begin = np.searchsorted(points[:, 0], branch.spec.epoch_position(since))
            left.append((branch, points[begin:]))
        return left

    def t_at_epoch(self, leaf: int, epoch: float) -> int:
        """The number of updates done at a place on the road's loss curve, within the road."""
        last = self.branches[leaf].tip.t
        for branch in reversed(self.road(leaf)):
            since = branch.spec.batching.since
            done = round((epoch - since.epoch) * branch.spec.iterations_per_epoch)
            t = since.iteration + done
            if t >= branch.fork_t or branch.parent is None:
                # An epoch that a fork cut short is on no branch beyond the fork.
                return min(max(t, branch.fork_t), last)
            last = branch.fork_t
        raise AssertionError("a road has at least one branch")

    def replay_length(self, leaf: int, t: int) -> int:
        """How many updates `state_at` would have to work out anew."""
        branch = self.branches[leaf].owner(t)
        if self._moment(branch, t) in self._replayed:
            return 0
        return t - branch.nearest(t).t

    def state_at(self, leaf: int, t: int, check: Check = never) -> State:
        """The state after t updates on the road to `leaf`, replayed if it was not kept.

        Beyond the tip it is worked out too but not recorded. `check` may raise Interrupted.
        """
        branch = self.branches[leaf].owner(t)
        moment = self._moment(branch, t)
        known = self._replayed.get(moment)
        if known is not None:
            return known
        state, spec = branch.nearest(t), branch.spec
        if state.t < t:
            state = replayed(spec, branch.stretches, state, t, check)
        # A few neighbours, so that stepping back and forth does not replay each time.
        self._replayed[moment] = state
        room = max(1, min(_NEIGHBOURS, self._memory // (16 * (state.nbytes + _OBJECTS))))
        while len(self._replayed) > room:
            del self._replayed[next(iter(self._replayed))]
        return state

    def _moment(self, branch: Branch, t: int) -> tuple[int, int, bool]:
        """What a replay is remembered by. It is of no more use once a kernel that was missing for
        it has been loaded."""
        return branch.number, t, at_hand(branch.stretches, branch.spec) == branch.stretches

    def record(self, branch: Branch, progress: Progress) -> None:
        """Take in a slice of training, within the memory bound."""
        branch.record(progress, MAX_FRAMES)
        self._keep_within()

    def give_up(self, number: int) -> None:
        """Drop the key frames of a road that was removed, but for its first and those that lead
        to the forks of others: should it come back, its moments are replayed."""
        branch = self.branches[number]
        forks = [other.fork_t for other in self.branches if other.parent is branch]
        last = max(forks, default=branch.fork_t)
        branch.frames = {t: frame for t, frame in branch.frames.items() if t <= last}

    def _keep_within(self) -> None:
        """Thin the branch that holds most, again and again, until the bound is kept."""
        while self.nbytes > self._memory:
            by_size = sorted(self.branches, key=lambda branch: branch.nbytes, reverse=True)
            if not any(branch.shrink() for branch in by_size):
                return  # what is left are the first states and tips


def replayed(
    spec: Spec, stretches: tuple[Stretch, ...], state: State, t: int, check: Check = never
) -> State:
    """The state after t updates of a road, worked out anew from an earlier one on it, by the
    kernels that took it. `check` may raise Interrupted."""
    stretches = (*stretches, Stretch(reproducible(spec), t))
    trainer = Trainer(spec, state, frame_every=t + 1, recorded=inf, stretches=stretches)
    return trainer.advance(t - state.t, check=check).state


def moments_within(memory: int, state: State) -> int:
    """How many states of this size a bound in bytes holds, of one road at most MAX_FRAMES."""
    return min(MAX_FRAMES, max(_MIN_FRAMES, memory // (state.nbytes + _OBJECTS)))
