"""RoadWalk: some moments of a whole road, from its beginning to its tip, one after the other.

What is looked at over a run (its gradients, its path through the parameters) is worked out from
these, and nothing of it is recorded: so it is a function of the run, whatever road it took. Which
moments they are depends on the length of the road alone, and a longer one has those of a shorter
one among them, as far as it has not grown to more than twice as long.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from time import perf_counter

from msgspec import Struct

from engine.run.iteration import Check, never
from engine.run.spec import Spec, State
from engine.training.history import History, replayed
from engine.training.kernels.kernel import Stretch

MOST_MOMENTS = 64
_REPLAY_SECONDS = 10.0  # after which a walk gives up moments that no state was kept of


class Part(Struct, frozen=True, eq=False):
    """What a road takes of one branch: its number, by what it is run, and the states that were kept
    of it, by rising t."""

    number: int
    spec: Spec
    stretches: tuple[Stretch, ...]
    kept: tuple[State, ...]


class Moment(Struct, frozen=True):
    """A moment of a road: the number of the branch that it is on, and the updates done."""

    branch: int
    t: int


def moments_between(first: int, last: int, most: int = MOST_MOMENTS) -> list[int]:
    """Numbers of updates between two, both among them: multiples of a power of two, from half of
    `most` to all of it, and before the first of these the smaller powers of two."""
    stride = 1
    while (last - first) // stride > most:
        stride *= 2
    powers = [first + 2**k for k in range(stride.bit_length()) if 2**k < stride]
    multiples = range(first - first % stride + stride, last + 1, stride)
    return sorted({first, *(t for t in powers if t <= last), *multiples, last})


class RoadWalk:
    """The moments of the road to the tip of a branch, and the state at each.

    It takes what it needs of a History when it is made, and may be used by another thread then.
    States between those that were kept are replayed, for some seconds in all, and left out after.
    """

    def __init__(self, history: History, leaf: int, most: int = MOST_MOMENTS) -> None:
        road = history.road(leaf)
        self._parts = {}
        ends = [(branch, later.fork_t - 1) for branch, later in pairwise(road)]
        for branch, end in (*ends, (road[-1], road[-1].tip.t)):
            kept = {t: state for t, state in branch.frames.items() if t <= end}
            if branch.tip.t <= end:
                kept[branch.tip.t] = branch.tip
            states = tuple(kept[t] for t in sorted(kept))
            part = Part(branch.number, branch.spec, branch.stretches, states)
            self._parts[branch.number] = part
        tip = history.branches[leaf]
        between = moments_between(tip.first_t, tip.tip.t, most)
        self.moments = tuple(Moment(tip.owner(t).number, t) for t in between)
        self._replaying = 0.0  # seconds spent on it
        self._last: tuple[int, State] | None = None

    def spec(self, moment: Moment) -> Spec:
        """What the road is run by at a moment."""
        return self._parts[moment.branch].spec

    def epochs(self, moment: Moment) -> float:
        """The epochs done at a moment."""
        return self.spec(moment).epoch_position(moment.t)

    def state(self, moment: Moment, check: Check = never) -> State | None:
        """The state at a moment; quickest one moment after the other. None where no state was kept
        and too long was spent on replays. `check` may raise Interrupted."""
        part = self._parts[moment.branch]
        place = bisect_right(part.kept, moment.t, key=lambda state: state.t)
        state = part.kept[place - 1]
        if self._last is not None and self._last[0] == part.number:
            known = self._last[1]
            state = known if state.t < known.t <= moment.t else state
        if state.t < moment.t:
            if self._replaying > _REPLAY_SECONDS:
                return None
            began = perf_counter()
            state = replayed(part.spec, part.stretches, state, moment.t, check)
            self._replaying += perf_counter() - began
        self._last = part.number, state
        return state
