"""History: the roads a run has taken, and the way back to any moment of them.

A Branch is one road: its Spec, key frames of State, and its loss curve. Anything between two key
frames is replayed from the nearest earlier one, with the branch's own Spec, so an old road always
replays bit for bit. An edit starts a new Branch at the moment it was made.

Key frames are thinned to stay within a memory bound shared by all branches: whenever a branch
holds more than its share, every other frame goes. The bundled examples keep about a thousand
frames each, so that after a million updates a replay runs over at most about a thousand of them.
With 8 hidden layers of 512 units a State takes 17 MB (51 MB with Adam), so 256 MiB hold some 15
(5) moments and a replay between them takes as long as training did.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.activations import Array
from engine.iteration import Check, Evaluation, batch_gradient, never, updated
from engine.spec import Spec, State
from engine.trainer import Point, Progress

DEFAULT_MEMORY = 256 * 1024 * 1024
MAX_FRAMES = 1024
_MIN_FRAMES = 2


@dataclass(frozen=True)
class Place:
    """The cursor: on the road that ends in `branch` (its number), after t updates, with
    `revealed` steps of the iteration that follows already shown."""

    branch: int
    t: int
    revealed: int = 0


class LossCurve:
    """Points (epochs done, loss, metrics…) in growing order of epochs, in one growing array."""

    def __init__(self, columns: int) -> None:
        self._points = np.empty((64, columns))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, point: Point) -> None:
        """Add a point; one that is not beyond the last is known already and is left out."""
        if self._count and point[0] <= self._points[self._count - 1, 0]:
            return
        if self._count == len(self._points):
            grown = np.empty((2 * self._count, self._points.shape[1]))
            grown[: self._count] = self._points
            self._points = grown
        self._points[self._count] = point
        self._count += 1

    def extend(self, points: Array) -> None:
        """Add points known to be in order, shape (count, columns), to an empty curve."""
        self._points = np.concatenate([points, np.empty((64, self._points.shape[1]))])
        self._count = len(points)

    @property
    def last_epoch(self) -> float | None:
        """Epochs of the last point, None while there is none."""
        return float(self._points[self._count - 1, 0]) if self._count else None

    @property
    def points(self) -> Array:
        """All points, shape (count, 2 + metrics), as a view that must not be written to."""
        view = self._points[: self._count]
        view.flags.writeable = False
        return view


class Branch:
    """One road of a run, from its first state (at its fork) to its tip.

    `name` says in words what it began with, `start` are the start values that Reset goes back to,
    and `curve` is the whole road's: it begins with the parent's points up to the fork.
    """

    def __init__(
        self, number: int, name: str, parent: Branch | None, spec: Spec, start: Array, first: State
    ) -> None:
        self.number = number
        self.name = name
        self.parent = parent
        self.spec = spec
        self.start = start
        self.fork_t = first.t
        self.tip = first
        self.frame_every = 1
        self.frames: dict[int, State] = {first.t: first}
        self.curve = LossCurve(2 + len(spec.metrics))
        if parent is not None and parent.spec.metrics == spec.metrics:
            points = parent.curve.points
            self.curve.extend(points[points[:, 0] < spec.epoch_position(first.t)])

    def note(self, state: State, evaluation: Evaluation) -> None:
        """Add the tip's own point to the curve, known only once somebody evaluated it."""
        spec = self.spec
        if state.t == self.tip.t and spec.epoch_of(state.t)[1] == 0:
            self.curve.append((spec.epoch_position(state.t), evaluation.loss, *evaluation.metrics))

    def record(self, progress: Progress, max_frames: int) -> None:
        """Take in what a slice of training on this branch did."""
        for point in progress.points:
            self.curve.append(point)
        for frame in progress.frames:
            if frame.t % self.frame_every == 0:
                self.frames.setdefault(frame.t, frame)
        if progress.state.t > self.tip.t:
            self.tip = progress.state
        self.thin(max_frames)

    def thin(self, max_frames: int) -> None:
        """Drop every other key frame until at most `max_frames` are left; the first stays."""
        while len(self.frames) > max_frames:
            self.frame_every *= 2
            kept = {t: f for t, f in self.frames.items() if t % self.frame_every == 0}
            kept[self.fork_t] = self.frames[self.fork_t]
            if len(kept) == len(self.frames):
                break
            self.frames = kept

    def nearest(self, t: int) -> State:
        """The latest state kept at or before t updates."""
        if t >= self.tip.t:
            return self.tip
        return self.frames[max(kept for kept in self.frames if kept <= t)]


class History:
    """All branches of one document since it was opened."""

    def __init__(
        self, spec: Spec, start: Array, first: State, memory: int = DEFAULT_MEMORY
    ) -> None:
        self.memory = memory
        self.branches: list[Branch] = [Branch(0, "first run", None, spec, start, first)]
        self._replayed: dict[tuple[int, int], State] = {}

    def fork(self, place: Place, name: str, spec: Spec, start: Array, state: State) -> Branch:
        """Start a branch at a place, with an edited Spec, State (whose t is the place's) or start.

        A branch that was forked at the same moment and never left it adds nothing to the road,
        so the new one grows from where that one did.
        """
        parent: Branch | None = self.owner(place.branch, place.t)
        while parent is not None and parent.fork_t == place.t:
            parent = parent.parent
        return self._added(name, parent, spec, start, state)

    def restart(self, name: str, spec: Spec, start: State) -> Branch:
        """Start a road of its own, as a reset or new start values do."""
        return self._added(name, None, spec, start.theta, start)

    def _added(
        self, name: str, parent: Branch | None, spec: Spec, start: Array, first: State
    ) -> Branch:
        branch = Branch(len(self.branches), name, parent, spec, start, first)
        self.branches.append(branch)
        return branch

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

    def owner(self, leaf: int, t: int) -> Branch:
        """The branch that the road to `leaf` runs on after t updates."""
        branch = self.branches[leaf]
        while branch.fork_t > t and branch.parent is not None:
            branch = branch.parent
        return branch

    def t_at_epoch(self, leaf: int, epoch: float) -> int:
        """The number of updates done at a place on the road's loss curve, within the road."""
        for branch in reversed(self.road(leaf)):
            since, done = branch.spec.batching.since
            t = since + round((epoch - done) * branch.spec.iterations_per_epoch)
            if t >= branch.fork_t or branch.parent is None:
                return min(max(t, branch.fork_t), self.branches[leaf].tip.t)
        raise AssertionError("a road has at least one branch")

    def first_t(self, leaf: int) -> int:
        """How far back the road to `leaf` can be followed."""
        return self.road(leaf)[0].fork_t

    def replay_length(self, leaf: int, t: int) -> int:
        """How many updates `state_at` would have to work out anew."""
        branch = self.owner(leaf, t)
        if (branch.number, t) in self._replayed:
            return 0
        return t - branch.nearest(t).t

    def state_at(self, leaf: int, t: int, check: Check = never) -> State:
        """The state after t updates on the road to `leaf`, replayed if it was not kept.

        Beyond the tip it is worked out too but not recorded. `check` may raise Interrupted.
        """
        branch = self.owner(leaf, t)
        known = self._replayed.get((branch.number, t))
        if known is not None:
            return known
        state, spec = branch.nearest(t), branch.spec
        with np.errstate(all="ignore"):
            while state.t < t:
                _, gradient, _ = batch_gradient(spec, state.theta, spec.batch_rows(state.t), check)
                state = updated(spec, state, gradient)
        # A few neighbours, so that stepping back and forth does not replay each time.
        self._replayed[(branch.number, t)] = state
        while len(self._replayed) > 4:
            del self._replayed[next(iter(self._replayed))]
        return state

    def record(self, branch: Branch, progress: Progress) -> None:
        """Take in a slice of training, within the memory bound."""
        branch.record(progress, MAX_FRAMES)
        held = sum(len(b.frames) * b.tip.nbytes for b in self.branches)
        while held > self.memory:
            largest = max(self.branches, key=lambda b: len(b.frames) * b.tip.nbytes)
            before = len(largest.frames)
            if before <= _MIN_FRAMES:
                break
            largest.thin(max(_MIN_FRAMES, before // 2))
            if len(largest.frames) == before:
                break
            held = sum(len(b.frames) * b.tip.nbytes for b in self.branches)
