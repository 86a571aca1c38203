"""Results: what follows from (spec, state, sample), kept for the moments looked at last.

What takes longer than a person notices is left to the background; until it is there it is None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from engine.maths.activations import Array
from engine.run.iteration import (
    Check,
    Evaluation,
    Iteration,
    SamplePass,
    evaluate,
    iterate,
    sample_gradient,
    sample_pass,
)
from engine.run.spec import Spec, State
from engine.training.history import Branch

if TYPE_CHECKING:
    from engine.run.gradient_check import GradientCheck
    from engine.run.paper import PaperIteration

# Beyond this a press of a key feels late.
PATIENCE_SECONDS = 0.05
_ITERATION_SECONDS = 1e-4
_MULTIPLY_ADDS_PER_SECOND = 2e9
_KEPT = 12  # the moment, the one before an edit of it, and their neighbours

Result = TypeVar("Result")
Background = Callable[[Callable[[Check], Any], Callable[[Any], None]], None]


def iteration_seconds(spec: Spec) -> float:
    """About how long one iteration takes."""
    work = spec.batch_size * spec.network.work_per_sample
    return _ITERATION_SECONDS + work / _MULTIPLY_ADDS_PER_SECOND


class Results:
    """Evaluations, iterations and sample passes of the latest moments.

    `background(function, when_done)` begins work that is called off when something else is asked
    for; when it is done, `announce()` is called.
    """

    def __init__(self, background: Background, announce: Callable[[], None]) -> None:
        self._background = background
        self._announce = announce
        self._known: dict[tuple[object, ...], Any] = {}

    def forget(self) -> None:
        """Drop everything: another document is open."""
        self._known.clear()

    def evaluation(self, branch: Branch, state: State) -> Evaluation | None:
        """The whole training set with the state's parameters."""
        spec = branch.spec
        work = len(spec.data) * spec.network.work_per_sample / 3
        seconds = _ITERATION_SECONDS + work / _MULTIPLY_ADDS_PER_SECOND
        return self._get(
            ("evaluation", branch.number, state.t),
            lambda check: evaluate(spec, state.theta, check),
            seconds,
        )

    def iteration(self, branch: Branch, state: State) -> Iteration | None:
        """The iteration that follows the state."""
        spec = branch.spec
        return self._get(
            ("iteration", branch.number, state.t),
            lambda check: iterate(spec, state, check),
            2.0 * iteration_seconds(spec),
        )

    def paper(self, branch: Branch, iteration: Iteration, decimals: int) -> PaperIteration | None:
        """The iteration by hand."""
        from engine.run.paper import paper_iteration

        return self._get(
            ("paper", branch.number, iteration.state.t, decimals),
            lambda check: paper_iteration(iteration, decimals),
            20.0 * iteration_seconds(branch.spec),
        )

    def check(self, branch: Branch, state: State) -> GradientCheck | None:
        """The gradient of the iteration that follows the state, checked."""
        from engine.run.gradient_check import check_gradient, check_work

        spec = branch.spec
        return self._get(
            ("check", branch.number, state.t),
            lambda check: check_gradient(spec, state, check),
            check_work(spec) / _MULTIPLY_ADDS_PER_SECOND,
        )

    def sample_pass(self, branch: Branch, state: State, row: int) -> SamplePass:
        """One sample under the state's parameters; always quick."""
        # What a mistake sends the deltas back through is known with the iteration, and needed no
        # sooner.
        iteration = self._known.get(("iteration", branch.number, state.t))
        back = None if iteration is None else iteration.theta_back
        key = ("sample", branch.number, state.t, row, back is None)
        if key not in self._known:
            self._keep(key, sample_pass(branch.spec, state.theta, row, back, state.t))
        found: SamplePass = self._known[key]
        return found

    def sample_gradient(
        self, branch: Branch, iteration: Iteration, values: SamplePass, row: int
    ) -> Array:
        """The gradient of one sample's own loss, in an iteration in full precision or on paper;
        `values` are the sample's in it."""
        # Neither an iteration nor what follows from it changes, so the same one has the same.
        key = ("sample gradient", branch.number, iteration.state.t)
        known = self._known.get(key)
        if known is None or known[0] is not iteration or known[1] != row:
            found = sample_gradient(iteration.spec, values)
            known = self._keep(key, (iteration, row, found))
        gradient: Array = known[2]
        return gradient

    def _get(
        self, key: tuple[object, ...], work: Callable[[Check], Result], seconds: float
    ) -> Result | None:
        if key in self._known:
            found: Result = self._known[key]
            return found
        if seconds <= PATIENCE_SECONDS:
            return self._keep(key, work(_carry_on))

        def arrive(result: Result) -> None:
            self._keep(key, result)
            self._announce()

        self._background(work, arrive)
        return None

    def _keep(self, key: tuple[object, ...], result: Result) -> Result:
        self._known[key] = result
        while len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]
        return result


def _carry_on() -> None:
    """The check of work that is done at once."""
