"""Gradient check: what backward says of each parameter against what the loss itself does.

A parameter is moved a little both ways and the loss of the batch worked out each time, by the
forward pass that the run really makes:

    ĝ = (E(θ + h) − E(θ − h)) / 2h          central difference
    |g − ĝ| / max(|g|, |ĝ|, 1e-3 ‖g‖∞, 1e-8)     relative error

The difference is off by a share of h² since the loss is no parabola, and by about ε E / h since
doubles are rounded; h = 1e-5 lies where the sum of the two is about least, and leaves some ten
digits. A wrong formula is off by a share of the gradient itself. The two lower bounds keep a
gradient that is next to nothing beside the others from being judged by its rounding.

Source: I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, MIT Press 2016, section 11.5 (compare
back-propagated derivatives to numerical derivatives); the relative error and kinks after the notes
of Stanford's CS231n, "Gradient checks".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.maths.activations import Array
from engine.maths.backprop import ForwardPass, Masks, forward
from engine.maths.network import Parameter
from engine.run.iteration import Check, iterate, never
from engine.run.mistakes import MISTAKES
from engine.run.spec import Spec, State

STEP = 1e-5
TOLERANCE = 1e-6
_FINER_STEP = 1e-7  # where the loss bends so much within STEP that this decides
_SMALL_SHARE = 1e-3  # of the largest gradient
_LEAST = 1e-8
_ROUNDING = 4 * float(np.finfo(np.float64).eps)  # of each loss term, at most a few ε


# Multiply-adds: what a check may take (some seconds), what each forward pass costs apart from
# its arithmetic, and what happens between two looks at whether it is still wanted.
_MOST_WORK = 4_000_000_000
_CALL_WORK = 200_000
_CHUNK_VALUES = 1_000_000
_SEED = 0


class ParameterCheck(Struct, frozen=True):
    """One parameter: backward's gradient g, the central difference ĝ, and their relative error.

    `verdict` is "right", "wrong", or "kink": where a step moves a net input of a unit that bends
    at 0 across it, or off it, or an output across where the loss itself bends, the loss has no one
    slope there, and a difference tells nothing.
    Right is also what is off by no more than the rounding of the loss can do, and what a finer
    step agrees with, where the loss bends very much.
    """

    parameter: Parameter
    gradient: float
    numeric: float
    relative_error: float
    verdict: str


class GradientCheck(Struct, frozen=True, eq=False):
    """The parameters that were checked, in the order of θ; `size` is how many there are."""

    checked: tuple[ParameterCheck, ...]
    size: int

    @property
    def is_sample(self) -> bool:
        """Whether some parameters were left out, since there are so many."""
        return len(self.checked) < self.size

    @property
    def worst(self) -> ParameterCheck | None:
        """The one that is off most; None where every parameter is at a kink."""
        judged = [each for each in self.checked if each.verdict != "kink"]
        # A wrong one goes before any that only looks off by rounding.
        return max(judged, key=lambda e: (e.verdict == "wrong", e.relative_error), default=None)

    @property
    def max_relative_error(self) -> float:
        """The largest relative error of all that are not at a kink."""
        errors = (each.relative_error for each in self.checked if each.verdict != "kink")
        return max(errors, default=0.0)

    @property
    def agrees(self) -> bool:
        """Whether no parameter is wrong."""
        return all(each.verdict != "wrong" for each in self.checked)

    def count(self, verdict: str) -> int:
        """How many parameters have a verdict."""
        return sum(each.verdict == verdict for each in self.checked)


def unseen_mistakes(spec: Spec, check: GradientCheck) -> list[str]:
    """A sentence for each mistake of a Spec that its check cannot show, or does not here."""
    sentences = []
    for key in spec.mistakes:
        mistake = MISTAKES[key]
        if not mistake.in_gradient:
            sentences.append(f"“{mistake.title}” cannot be seen here. {mistake.exempt}")
        elif check.agrees:
            sentences.append(f"“{mistake.title}” makes no difference in this iteration.")
    return sentences


def check_gradient(spec: Spec, state: State, check: Check = never) -> GradientCheck:
    """Check the gradient of the iteration that follows a state, fixed parameters too.

    Where there are too many parameters, as many of each layer as there is time for are taken,
    always the same ones. `check` may raise Interrupted.
    """
    gradient = iterate(spec, state, check).gradient
    chosen = chosen_parameters(spec)
    with np.errstate(all="ignore"):
        differences = _differences(spec, state, chosen, STEP, check)
        errors = _relative_errors(gradient, chosen, differences.slopes)
        wrong = ~_agree(gradient, chosen, differences) & ~differences.kinks
        again = _differences(spec, state, chosen[wrong], _FINER_STEP, check)
        settled = np.flatnonzero(wrong)[_agree(gradient, chosen[wrong], again)]
    wrong[settled] = False
    verdicts = np.where(differences.kinks, "kink", np.where(wrong, "wrong", "right"))
    rows = zip(
        chosen.tolist(), differences.slopes.tolist(), errors.tolist(), verdicts.tolist(),
        strict=True,
    )
    return GradientCheck(
        tuple(
            ParameterCheck(
                spec.network.parameter_at(index), float(gradient[index]), slope, error, verdict
            )
            for index, slope, error, verdict in rows
        ),
        int((spec.network.cut == 0.0).sum()),
    )


def check_work(spec: Spec) -> int:
    """About how many multiply-adds a check of this Spec's gradient takes."""
    return 2 * len(chosen_parameters(spec)) * _forward_work(spec)


def _forward_work(spec: Spec) -> int:
    network, rows = spec.network, spec.batch_size
    # To fetch the weights from memory takes as long as to use them for a number of samples.
    return _CALL_WORK + (rows + 16) * network.size + 40 * rows * sum(network.sizes)


def chosen_parameters(spec: Spec) -> NDArray[np.intp]:
    """Places in θ of the parameters that a check takes: all that are there, or as many of each
    layer."""
    network = spec.network
    count = max(2 * network.depth, _MOST_WORK // (2 * _forward_work(spec)))
    places = np.arange(network.size)
    there: NDArray[np.bool_] = network.cut == 0.0
    if count >= network.size:
        return np.flatnonzero(there)
    generator = np.random.default_rng(_SEED)
    share = max(1, count // network.depth)
    spans = (network.span(number) for number in range(1, network.depth + 1))
    layers = [layer for span in spans if len(layer := places[span][there[span]])]
    taken = [
        layer[generator.choice(len(layer), min(share, len(layer)), replace=False)]
        for layer in layers
    ]
    return np.sort(np.concatenate(taken))


class _Differences(Struct, frozen=True, eq=False):
    """Of some parameters: central differences, which of them meet a kink, and how far rounding
    can have moved each difference."""

    slopes: Array
    kinks: NDArray[np.bool_]
    rounding: Array


def _differences(
    spec: Spec, state: State, chosen: NDArray[np.intp], step: float, check: Check
) -> _Differences:
    """Move each of some parameters (places in θ) a step both ways."""
    theta, rows = np.array(state.theta), spec.batch_rows(state.t)
    change, size = np.zeros(len(chosen)), np.zeros(len(chosen))
    kinks = np.zeros(len(chosen), dtype=np.bool_)
    # What is represented of the step, which for a large parameter is not quite the step.
    steps = (theta[chosen] + step) - (theta[chosen] - step)
    for part in _chunks(spec, rows):
        masks = spec.masks(state.t, part)  # one draw is one function, which has a slope
        here, _ = _losses(spec, theta, part, masks)
        for k, index in enumerate(chosen.tolist()):
            check()
            value = theta[index]
            theta[index] = value + step
            above, terms_above = _losses(spec, theta, part, masks)
            theta[index] = value - step
            below, terms_below = _losses(spec, theta, part, masks)
            theta[index] = value
            # Term by term, before they are added up: less is lost to rounding.
            change[k] += (terms_above - terms_below).sum()
            size[k] += np.abs(terms_above).sum() + np.abs(terms_below).sum()
            kinks[k] = kinks[k] or _crosses(spec, part, here, above, below)
    slopes, rounding = change / steps, _ROUNDING * size / steps
    if spec.reduction == "mean":
        slopes, rounding = slopes / len(rows), rounding / len(rows)
    if spec.penalised is not None:
        of_penalty, at_kink = _penalty_differences(spec, theta[chosen], chosen, step)
        slopes, kinks = slopes + of_penalty, kinks | at_kink
    return _Differences(slopes, kinks, rounding)


def _penalty_differences(
    spec: Spec, values: Array, chosen: NDArray[np.intp], step: float
) -> tuple[Array, NDArray[np.bool_]]:
    """The central differences of what some parameters cost, and which are at the kink of |w|."""
    counted = spec.penalty.counted(spec.network)[chosen]
    above, below = values + step, values - step
    costs = [spec.penalty.cost((w * counted)[:, np.newaxis]) for w in (above, below)]
    at_kink = (counted > 0.0) & (spec.penalty.l1 > 0.0) & (np.abs(values) <= step)
    return (costs[0] - costs[1]) / (above - below), at_kink


def _chunks(spec: Spec, rows: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    size = max(1, _CHUNK_VALUES // sum(spec.network.sizes))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _losses(
    spec: Spec, theta: Array, rows: NDArray[np.intp], masks: Masks | None
) -> tuple[ForwardPass, Array]:
    """The forward pass of some samples and their loss terms, (samples, outputs)."""
    inputs, targets = spec.scaled.inputs[rows], spec.scaled.targets[rows]
    values = forward(spec.network, theta, inputs, spec.rules, masks)
    return values, spec.loss_function.terms(values.z[-1], values.a[-1], targets)


def _crosses(
    spec: Spec, rows: NDArray[np.intp], here: ForwardPass, above: ForwardPass, below: ForwardPass
) -> bool:
    """Whether a net input, or an output beside its target, that matters to a kink does not keep to
    its side of it."""
    bend, targets = spec.loss_function.bend, spec.scaled.targets[rows]
    if bend is not None:
        side = np.sign(bend(here.a[-1], targets))
        for moved in (above, below):
            if not np.array_equal(np.sign(bend(moved.a[-1], targets)), side):
                return True
    for number, layer in enumerate(spec.network.layers, start=1):
        for kink in layer.function.kinks:
            side = np.sign(here.z[number] - kink)
            for moved in (above, below):
                if not np.array_equal(np.sign(moved.z[number] - kink), side):
                    return True
    return False


def _relative_errors(gradient: Array, chosen: NDArray[np.intp], slopes: Array) -> Array:
    """|g − ĝ| / max(|g|, |ĝ|, 1e-3 ‖g‖∞, 1e-8); infinite where either is no finite number."""
    errors = np.abs(gradient[chosen] - slopes) / _scale(gradient, chosen, slopes)
    return np.where(np.isfinite(errors), errors, np.inf)


def _scale(gradient: Array, chosen: NDArray[np.intp], slopes: Array) -> Array:
    least = max(_SMALL_SHARE * float(np.abs(gradient).max()), _LEAST)
    return np.maximum(np.maximum(np.abs(gradient[chosen]), np.abs(slopes)), least)


def _agree(
    gradient: Array, chosen: NDArray[np.intp], differences: _Differences
) -> NDArray[np.bool_]:
    """Which differences are what backward says, within the tolerance or what rounding can do."""
    slopes = differences.slopes
    off = np.abs(gradient[chosen] - slopes)
    allowed = TOLERANCE * _scale(gradient, chosen, slopes) + differences.rounding
    return np.asarray(np.isfinite(gradient[chosen]) & (off <= allowed))
