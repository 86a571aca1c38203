"""Goals of training: what is to hold at the end of an epoch, and a trainer that stops there."""

from __future__ import annotations

from bisect import bisect_left
from math import inf

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.maths.activations import Array
from engine.maths.losses import LOSSES
from engine.run.iteration import Check, Evaluation, evaluate, never
from engine.run.spec import Spec, State
from engine.training.kernels.kernel import Stretch
from engine.training.trainer import Progress, Trainer

# A kernel may give other last digits than the evaluation that decides: so far off it is asked.
_NEAR = 1e-9
_SHARE = "accuracy"  # the metric that says how many samples are right


class Goal(Struct, frozen=True):
    """What training is to come to, over the whole training set: a loss below `loss`, or where that
    is None every sample right."""

    loss: float | None = None

    def why_not(self, spec: Spec) -> str:
        """Why a run cannot be trained towards it, as a sentence; nothing where it can."""
        if self.loss is not None or spec.has_classes:
            return ""
        if not LOSSES[spec.loss].has_targets:
            return f"{LOSSES[spec.loss].title.capitalize()} has no target to be right about."
        return "The targets are no classes, so no output is right or wrong."

    def is_reached(self, spec: Spec, evaluation: Evaluation) -> bool:
        """Whether an evaluation of the whole training set is what is wanted."""
        if self.loss is not None:
            return evaluation.loss < self.loss
        right = spec.are_right(evaluation.outputs)
        return spec.has_classes and bool(right[spec.data.training_rows].all())


class GoalTrainer(Trainer):
    """A trainer that stands still at the end of the first epoch at which a goal is reached.

    Whatever the slices are, that is the same epoch: the curve says where to look, and what decides
    is the evaluation of the parameters there. `reached` says that it stands there.
    """

    def __init__(
        self,
        spec: Spec,
        state: State,
        frame_every: int,
        stretches: tuple[Stretch, ...],
        goal: Goal,
        tested: float = inf,
        at_speed: bool = True,
    ) -> None:
        done, within = spec.epoch_of(state.t)
        self._run, self._goal = spec.training, goal
        if goal.loss is None and _SHARE not in spec.metrics:
            spec = replace(spec, metrics=(*spec.metrics, _SHARE))
        # Points that are known are wanted too, the present one among them, at whole epochs.
        recorded = float(done) if within else None
        super().__init__(spec, state, frame_every, recorded, stretches, at_speed, tested)

    def advance(
        self,
        iterations: int | None = None,
        seconds: float | None = None,
        check: Check = never,
        ahead: float | None = None,
    ) -> Progress:
        before = self.state
        progress = super().advance(iterations, seconds, check, ahead)
        for epoch in progress.points[self._may_reach(progress.points), 0]:
            state = self._state_at(int(epoch), before, progress, check)
            if self._goal.is_reached(self._run, evaluate(self._run, state.theta, check)):
                self.state, self.reached = state, True
                progress = _up_to(progress, state, int(epoch))
                break
        columns, tested = 2 + len(self._run.metrics), progress.test_points
        return replace(
            progress,
            points=progress.points[:, :columns],
            test_points=None if tested is None else tested[:, :columns],
        )

    def _may_reach(self, points: Array) -> NDArray[np.bool_]:
        """Which points of the curve are near enough to the goal to be looked at."""
        if self._goal.loss is not None:
            return np.asarray(points[:, 1] < self._goal.loss + abs(self._goal.loss) * _NEAR)
        column = 2 + self.spec.metrics.index(_SHARE)
        return np.asarray(points[:, column] > 1.0 - _NEAR)

    def _state_at(self, epoch: int, before: State, progress: Progress, check: Check) -> State:
        """The state at the end of an epoch within a slice: the slice is taken once more, up to
        there, by the kernels that took it."""
        done, within = self._run.epoch_of(before.t)
        t = before.t - within + (epoch - done) * self._run.iterations_per_epoch
        if t == progress.state.t:
            return progress.state
        again = Trainer(self._run, before, t + 1, float(epoch), progress.stretches)
        return again.advance(t - before.t, check=check).state


def _up_to(progress: Progress, state: State, epoch: int) -> Progress:
    """What a slice of training had done when it reached a state at the end of an epoch."""
    stretches = progress.stretches
    ends = [stretch.until for stretch in stretches]
    last, tested = bisect_left(ends, state.t), progress.test_points
    return Progress(
        state,
        progress.points[progress.points[:, 0] <= epoch],
        tuple(frame for frame in progress.frames if frame.t <= state.t),
        None,
        (*stretches[:last], replace(stretches[last], until=state.t)) if stretches else (),
        None if tested is None else tested[tested[:, 0] <= epoch],
    )
