"""The plain kernel: engine.run.iteration itself, for every run that no other kernel can take."""

from __future__ import annotations

import numpy as np

from engine.maths.activations import Array
from engine.run.iteration import Check, batch_gradient, evaluate, evaluation_of, updated
from engine.run.spec import Spec, State
from engine.training.divergence import are_below, are_finite
from engine.training.kernels.kernel import Advanced, iterations_at_once, no_points, point_of


class PlainKernel:
    """See engine.training.kernels.kernel.Kernel."""

    name = "plain"
    is_parallel = False
    frame_distance = 1

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self.at_once = iterations_at_once(spec, 200_000)

    def advance(self, state: State, count: int, frame_every: int, check: Check) -> Advanced:
        """One iteration after the other, each as `iterate` shows it."""
        spec, points, frames, lost = self._spec, [], [], False
        for _ in range(count):
            loss, gradient, outputs = batch_gradient(spec, state, spec.batch_rows(state.t), check)
            following = updated(spec, state, gradient)
            theta = following.theta
            lost = not (
                are_below(theta) and np.isfinite(loss) and all(map(are_finite, following.slots))
            )
            if lost:
                break
            evaluation = None
            if spec.takes_all_in_order:
                epochs, evaluation = spec.epoch_of(state.t)[0], evaluation_of(spec, outputs, loss)
                if spec.network.has_dropout:  # the curve is of the network with all of its units
                    evaluation = evaluate(spec, state.theta, check)
            elif spec.epoch_of(following.t)[1] == 0:
                epochs, evaluation = spec.epoch_of(following.t)[0], evaluate(spec, theta, check)
            if evaluation is not None:
                points.append((float(epochs), evaluation.loss, *evaluation.metrics))
            state = following
            if state.t % frame_every == 0:
                frames.append(state)
        curve = np.array(points) if points else no_points(spec)
        return Advanced(state, tuple(frames), curve, lost)

    def point(self, state: State, check: Check) -> Array:
        """See Kernel."""
        return point_of(self._spec, state, check)
