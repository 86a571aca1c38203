"""Runs and traces as plain dictionaries, ready to be printed as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from msgspec.structs import asdict, replace
from numpy.typing import NDArray

from engine.data.measures import as_json, report
from engine.derivations.derive import derive
from engine.documents.document import Document
from engine.learn.many_seeds.result import SeedsResult
from engine.maths.activations import Array
from engine.maths.network import FORWARD_ONLY, Network
from engine.run.gradient_check import STEP, TOLERANCE, GradientCheck, check_gradient
from engine.run.iteration import Iteration, TestEvaluation, dropped_units, evaluate, iterate
from engine.run.spec import BEGINNING, Spec, State, start_state
from engine.run.step_values import MAX_TRACED_SAMPLES, TracedStep, traced_steps
from engine.run.value_kinds import ALSO, extra_steps
from engine.training.divergence import Divergence
from engine.training.errand import Arrival, Errand
from engine.training.goal import Goal, GoalTrainer
from engine.training.patience import Patience, PatienceTrainer
from engine.training.trainer import Trainer

_SLICE_SECONDS = 0.2

OnProgress = Callable[[int], None]  # told how many iterations are done


class CannotTrain(Exception):
    """A network without a slope was to be trained."""

    def __init__(self) -> None:
        super().__init__(FORWARD_ONLY)


class NoGoal(Exception):
    """A run cannot be trained towards what was asked for."""


class Diverged(Exception):
    """A run left the finite numbers before it was done."""

    def __init__(self, divergence: Divergence) -> None:
        super().__init__(divergence.sentence)


def train(
    spec: Spec,
    state: State,
    iterations: int,
    on_progress: OnProgress | None = None,
    every_epoch: bool = True,
    goal: Goal | Patience | None = None,
) -> tuple[Trainer, Array]:
    """Train for some iterations, or until a goal is reached; the trainer, which stands where it
    came to, and the points of every whole epoch, shape (count, 2 + metrics), or else of some of
    them, the first and the last among them.

    `on_progress` is told now and then how many are done. Raises Diverged or CannotTrain.
    """
    points: list[Array] = []

    def keep(new: Array) -> None:
        if not every_epoch:
            del points[1:]
        points.append(new)

    trainer = _trained(spec, state, iterations, on_progress, keep, goal)
    state = trainer.state
    last = evaluate(spec, state.theta)
    epochs = spec.epoch_position(state.t)
    curve = np.concatenate([*points, np.empty((0, 2 + len(spec.metrics)))])
    if not len(curve) or curve[-1, 0] < epochs:
        curve = np.append(curve, [(epochs, last.loss, *last.metrics)], axis=0)
    return trainer, curve


def _trained(
    spec: Spec,
    state: State,
    iterations: int,
    on_progress: OnProgress | None,
    keep: Callable[[Array], None],
    wanted: Goal | Patience | None = None,
) -> Trainer:
    """The trainer after so many iterations, or where it reached what is wanted. Their
    points, which may be more than there is memory for, are handed to `keep`."""
    if iterations and not spec.can_train:
        raise CannotTrain
    trainer = _trainer(spec, state, iterations + 1, wanted)
    goal = state.t + iterations
    while trainer.state.t < goal and not trainer.reached:
        progress = trainer.advance(goal - trainer.state.t, _SLICE_SECONDS)
        keep(progress.points)
        if progress.divergence is not None:
            raise Diverged(progress.divergence)
        if on_progress is not None:
            on_progress(trainer.state.t - state.t)
    return trainer


def _trainer(
    spec: Spec, state: State, frame_every: int, wanted: Goal | Patience | None
) -> Trainer:
    if isinstance(wanted, Patience):
        return PatienceTrainer(spec, state, frame_every, (), wanted, at_speed=False)
    if wanted is not None:
        if reason := wanted.why_not(spec):
            raise NoGoal(reason)
        return GoalTrainer(spec, state, frame_every, (), wanted, at_speed=False)
    return Trainer(spec, state, frame_every)


def run_report(
    document: Document,
    name: str,
    epochs: int,
    on_progress: OnProgress | None = None,
    every_epoch: bool = True,
    goal: Goal | Patience | None = None,
) -> dict[str, Any]:
    """What a run over some epochs from the start values gives. Raises Diverged.

    Keys: example, mistakes, epochs, iterations, loss, history (epochs + 1 entries a column; without
    `every_epoch` some of them, the first and the last among them), outputs (a row per sample),
    weights (per layer, (n_out, n_in)), biases (per layer, n_out values or None); and with samples
    that are kept out of training, test and validation (their rows, and loss and metrics over them
    at the end). With a `goal` epochs and iterations are those that were done, and stopped says
    whether it was reached, and in words why it ended (with patience best too: epoch and loss).
    metrics has each set of samples with what engine.data.measures says of it.
    Where the data are scaled, scaling says how; outputs and losses are then of scaled numbers.
    Where a layer's activation has settings that are not as usual, activation_settings too, an
    object per layer; with dropout its share per layer.
    """
    spec = _from_the_start(document.spec)
    iterations = epochs * spec.iterations_per_epoch
    start = start_state(spec, document.start)
    trainer, points = train(spec, start, iterations, on_progress, every_epoch, goal)
    state = trainer.state
    evaluation = evaluate(spec, state.theta)
    done = epochs if goal is None else spec.epoch_of(state.t)[0]
    columns = points.T
    return {
        "example": name,
        "mistakes": list(spec.mistakes),
        "epochs": done,
        "iterations": state.t,
        "loss": evaluation.loss,
        **_stopped(spec, Errand(epochs, epochs, goal), trainer, done, evaluation.loss),
        "history": {
            key: column.tolist()
            for key, column in zip(("loss", *spec.metrics), columns[1:], strict=True)
        },
        "outputs": evaluation.outputs.tolist(),
        "metrics": as_json(report(spec, evaluation)),
        **({"scaling": spec.scaling.kind} if spec.scaling is not None else {}),
        **_kept_out("test", spec, spec.data.test, evaluation.test),
        **_kept_out("validation", spec, spec.data.validation, evaluation.validation),
        **_settings_report(spec.network),
        **parameters(spec.network, state),
    }


def _settings_report(network: Network) -> dict[str, Any]:
    """What is set of each layer's activation, by its key, where something is not as usual, and the
    share of each layer's units that are dropped, where some are."""
    changed = [layer.changed_settings for layer in network.layers]
    return {
        **({"activation_settings": changed} if any(changed) else {}),
        **({"dropout": [layer.dropout for layer in network.layers]} if network.has_dropout else {}),
    }


def _rate_report(iteration: Iteration) -> dict[str, Any]:
    """The learning rate that the schedule gives the update of an iteration, where there is one."""
    spec = iteration.spec
    if spec.schedule.is_constant:
        return {}
    return {"learning_rate": spec.rate_at(iteration.next_state.t)}


def _dropped_report(iteration: Iteration) -> dict[str, Any]:
    """The units that an iteration drops, sample by sample of its batch, where there is dropout."""
    if not iteration.spec.network.has_dropout:
        return {}
    rows = iteration.rows[:MAX_TRACED_SAMPLES].tolist()
    return {
        "dropped": [{"sample": row, "units": dropped_units(iteration, row)} for row in rows]
    }


def _stopped(
    spec: Spec, errand: Errand, trainer: Trainer, epoch: int, loss: float
) -> dict[str, Any]:
    """How training ended that had an end of its own."""
    if errand.goal is None:
        return {}
    best = trainer.watch.best if isinstance(trainer, PatienceTrainer) else None
    arrival = Arrival(errand, trainer.reached, epoch, loss, best)
    words = arrival.sentence(spec, 6).replace("\N{MINUS SIGN}", "-")
    stopped: dict[str, Any] = {"reached": trainer.reached, "why": words}
    if best is not None:
        stopped["best"] = {"epoch": best.epoch, "loss": best.loss}
    return {"stopped": stopped}


def _kept_out(
    name: str, spec: Spec, rows: NDArray[np.intp], found: TestEvaluation | None
) -> dict[str, Any]:
    """What samples that are kept out of training say at the end, where there are any."""
    if found is None:
        return {}
    metrics = dict(zip(spec.metrics, found.metrics, strict=True))
    return {name: {"rows": rows.tolist(), "loss": found.loss, **metrics}}


def _from_the_start(spec: Spec) -> Spec:
    """The spec with its epochs counted from the first update, wherever the saved run cut them."""
    return replace(spec, batching=replace(spec.batching, since=BEGINNING))


def parameters(network: Network, state: State) -> dict[str, Any]:
    """Weights and biases of a state as nested lists, shared biases repeated."""
    layers = range(1, network.depth + 1)
    biases = [network.biases_per_unit(state.theta, layer) for layer in layers]
    thresholds = [layer.has_thresholds for layer in network.layers]
    return {
        "weights": [network.weights(state.theta, layer).tolist() for layer in layers],
        "biases": [None if b is None else b.tolist() for b in biases],
        **({"thresholds": thresholds} if any(thresholds) else {}),
    }


def numbered_iteration(
    document: Document, number: int, on_progress: OnProgress | None = None
) -> Iteration:
    """Iteration number ≥ 1 of the run from the start values, worked out. Raises Diverged."""
    return iterate(*_before_iteration(document, number, on_progress))


def _before_iteration(
    document: Document, number: int, on_progress: OnProgress | None
) -> tuple[Spec, State]:
    spec = _from_the_start(document.spec)
    start = start_state(spec, document.start)
    trainer = _trained(spec, start, number - 1, on_progress, lambda points: None)
    return spec, trainer.state


def gradient_check(
    document: Document, number: int, on_progress: OnProgress | None = None
) -> GradientCheck:
    """Iteration number ≥ 1 of the run from the start values, its gradient checked. Raises
    Diverged or CannotTrain."""
    if not document.spec.can_train:
        raise CannotTrain
    return check_gradient(*_before_iteration(document, number, on_progress))


def check_report(
    document: Document, name: str, number: int, found: GradientCheck
) -> dict[str, Any]:
    """A check of the gradient of iteration `number`.

    Keys: example, iteration, mistakes, agrees, max_relative_error, step, tolerance, size (how many
    parameters there are), parameters; each of those checked with name, layer, unit, source,
    gradient (backward's), numeric (the central difference), relative_error, verdict; and
    activation_settings and dropout as in run_report.
    """
    network = document.spec.network
    return {
        "example": name,
        "iteration": number,
        "mistakes": list(document.spec.mistakes),
        "agrees": found.agrees,
        "max_relative_error": found.max_relative_error,
        "step": STEP,
        "tolerance": TOLERANCE,
        "size": found.size,
        **_settings_report(network),
        "parameters": [
            {
                "name": network.parameter_name(each.parameter),
                **each.parameter._asdict(),
                "gradient": each.gradient,
                "numeric": each.numeric,
                "relative_error": each.relative_error,
                "verdict": each.verdict,
            }
            for each in found.checked
        ],
    }


def seeds_report(result: SeedsResult, name: str) -> dict[str, Any]:
    """What runs from many seeds came to.

    Keys: example, epochs, tolerance, learnt (how many), stuck (groups of those that did not, each
    with words and seeds), runs; each of those with seed, loss, outputs (a row per sample), learnt,
    and diverged (the iteration, from 1, or None).
    """
    return {
        "example": name,
        "epochs": result.epochs,
        "tolerance": result.tolerance,
        "learnt": result.learnt,
        "stuck": [{"words": group.words, "seeds": list(group.seeds)} for group in result.stuck],
        "runs": [
            {
                "seed": run.seed,
                "loss": run.loss,
                "outputs": run.outputs.tolist(),
                "learnt": run.learnt,
                "diverged": run.diverged,
            }
            for run in result.runs
        ],
    }


class NothingToShow(Exception):
    """A network has none of the quantities that were asked for."""


def showing(document: Document, also: tuple[str, ...]) -> Document:
    """A document whose iterations have some more quantities as steps, keys of ALSO, beside those
    that it shows already. Raises NothingToShow."""
    spec = document.spec
    if not also:
        return document
    if not spec.can_train:
        raise NothingToShow(FORWARD_ONLY)
    every = tuple(key for key in ALSO if key in (*spec.also, *also))
    shown = replace(spec, also=every)
    kinds = {step.kind for step in map(shown.steps.id_at, range(len(shown.steps)))}
    for key in also:
        if not kinds.intersection(extra_steps((key,))):
            raise NothingToShow(f"There are no {ALSO[key].title} in this network.")
    return replace(document, spec=shown)


def trace_report(
    document: Document, name: str, number: int, on_progress: OnProgress | None = None
) -> dict[str, Any]:
    """All steps of one iteration (from 1). Raises Diverged.

    Keys: example, iteration, mistakes, steps; each step with index (its place in this list, from
    0), phase, kind, layer, unit, source, sample, name, symbol, value, and its derivation in one
    line with its numbers, as latex and as text; activation_settings and dropout as in run_report,
    where there is dropout, dropped: of each sample the names of the units that are left out; and
    with a schedule learning_rate: that of this update, for a layer without a factor.
    """
    iteration = numbered_iteration(document, number, on_progress)
    lines = enumerate(traced_steps(iteration))
    return {
        "example": name,
        "iteration": number,
        "mistakes": list(document.spec.mistakes),
        **_settings_report(document.spec.network),
        **_rate_report(iteration),
        **_dropped_report(iteration),
        "steps": [{"index": index, **_step(iteration, line)} for index, line in lines],
    }


def _step(iteration: Iteration, line: TracedStep) -> dict[str, Any]:
    row = int(iteration.rows[0]) if line.sample is None else line.sample
    derivation = derive(iteration, line.step, row)
    return {
        **asdict(line.step),
        "sample": line.sample,
        "name": line.name,
        "symbol": line.symbol,
        "value": line.value,
        "latex": derivation.latex,
        "text": derivation.text,
    }
