"""Paper mode: an iteration as it comes out by hand, every step rounded and carried rounded.

What is given (inputs, targets, parameters) is rounded first. Then every step is worked out by the
formula that backpropagation uses, from values that are rounded already, and rounded once itself;
what stands inside a step's formula is not. Rounding goes to a number of digits after the point,
as worked examples in textbooks do it, a half upwards in size. Learning rate and other settings of
the optimizer, and its running means, are taken as they are.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec.structs import asdict, replace
from numpy.typing import ArrayLike

from engine.maths.activations import Array
from engine.run.iteration import Iteration, iterate
from engine.run.spec import Spec, State
from engine.run.step_values import step_value
from engine.run.steps import StepId

# Beyond 14 digits in all a double has none to round.
_LARGEST_WHOLE = 1e14


def rounded(values: ArrayLike, decimals: int) -> Array:
    """Values rounded to so many digits after the point, of the same shape."""
    exact = np.asarray(values, dtype=np.float64)
    with np.errstate(all="ignore"):
        scaled = np.abs(exact) * 10.0**decimals
        # A half that binary arithmetic missed by its last bits is still a half.
        whole = np.floor(scaled + 0.5 + 2.0 * np.spacing(scaled))
        near = np.copysign(whole / 10.0**decimals, exact) + 0.0  # no minus before zero
        return np.where(scaled < _LARGEST_WHOLE, near, exact)


class PaperIteration(Iteration, frozen=True, eq=False):
    """An iteration on paper: all its values have `decimals` digits after the point at most.

    `exact` is the iteration that it follows, in full precision.
    """

    decimals: int
    exact: Iteration

    def drift(self, step: StepId, row: int) -> float:
        """How far a step's value, of a sample or the batch, is from the one in full precision."""
        return self._drifts([step], row)[0]

    def largest_drift(self, row: int) -> tuple[StepId, float]:
        """The step of the iteration, seen from one sample, that drifts furthest, and how far."""
        steps = self.spec.steps
        drifts = self._drifts(map(steps.id_at, range(len(steps))), row)
        furthest = int(np.argmax(drifts))
        return steps.id_at(furthest), drifts[furthest]

    def _drifts(self, steps: Iterable[StepId], row: int) -> list[float]:
        on_paper, exact = self.sample(row), self.exact.sample(row)
        return [
            abs(step_value(self, step, on_paper) - step_value(self.exact, step, exact))
            for step in steps
        ]


def on_paper(spec: Spec, state: State, decimals: int) -> tuple[Spec, State]:
    """A Spec and a State with what is given rounded to so many digits after the point (0 to 15),
    and whose iterations round what they work out."""

    def carried(kind: str, layer: int | None, values: Array) -> Array:
        return rounded(values, decimals)

    inputs, targets = rounded(spec.scaled.inputs, decimals), rounded(spec.scaled.targets, decimals)
    data = replace(spec.scaled, inputs=inputs, targets=targets)
    theta = rounded(state.theta, decimals)
    return replace(spec, data=data, scaling=None, carried=carried), replace(state, theta=theta)


def paper_iteration(iteration: Iteration, decimals: int) -> PaperIteration:
    """The same iteration by hand, with so many digits after the point (0 to 15)."""
    by_hand = iterate(*on_paper(iteration.spec, iteration.state, decimals))
    return PaperIteration(**asdict(by_hand), decimals=decimals, exact=iteration)
