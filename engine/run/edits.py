"""Edits of values, settings and data; changes of the network's shape are in reshaping.py.

An edit makes a new Spec and State from the old ones and leaves those as they are. It keeps t, the
parameters and the optimizer's slots. Every function may raise SpecError with a sentence if the
result could not be trained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.maths.activations import Array
from engine.maths.losses import LOSSES, LossSettings, usual_loss
from engine.maths.network import Parameter, with_layer
from engine.maths.optimizers import Optimizer, Slots
from engine.run.check_spec import SpecError, check_spec
from engine.run.mistakes import made_at_start
from engine.run.rescaling import follows_training, scaling_for
from engine.run.scaling import Scaling
from engine.run.spec import KEPT_GRADIENT, NO_ROWS, Batching, Data, Since, Spec, State, start_state

Edited = tuple[Spec, State]
Edit = Callable[..., Edited]


def edited_with_start(
    spec: Spec, state: State, start: Array, edit: Edit, *arguments: Any, **settings: Any
) -> tuple[Spec, State, Array]:
    """What an edit makes of a run: Spec, State, and the start values θ that it goes with.

    Before the first update an edit of parameters is one of the start values. Later on the start
    values stay, but for another shape, which they follow.
    """
    new_spec, new_state = edit(spec, state, *arguments, **settings)
    if state.t > 0:
        if new_spec.network is not spec.network:
            start = edit(spec, start_state(spec, start), *arguments, **settings)[1].theta
    elif new_state.theta is not state.theta:
        start = new_state.theta
        if gone := made_at_start(new_spec.mistakes):
            # Weights that were given values of their own start as no mistake would have it.
            kept = tuple(key for key in new_spec.mistakes if key not in gone)
            new_spec = replace(new_spec, mistakes=kept)
    return new_spec, new_state, start


def _checked(spec: Spec, state: State) -> Edited:
    check_spec(spec)
    return spec, state


def set_parameters(
    spec: Spec, state: State, values: Iterable[tuple[Parameter, float]]
) -> Edited:
    """Give parameters new values; the optimizer's memory of them stays."""
    theta = np.array(state.theta)
    for parameter, value in values:
        if value and spec.network.held(parameter) == "cut":
            name = spec.network.parameter_name(parameter)
            raise SpecError("", f"the edge of {name} is cut; connect it again to give it a weight")
        theta[spec.network.index(parameter)] = value
    return spec, replace(state, theta=theta)


def rename_unit(spec: Spec, state: State, layer: int, unit: int, name: str) -> Edited:
    """Call a unit something else; layer 0 are the inputs. A target that is called after the unit
    (t o1) follows it."""
    network, data = spec.network, spec.data
    old = network.unit_name(layer, unit)
    before = network.inputs if layer == 0 else network.layers[layer - 1].units
    units = (*before[:unit], name, *before[unit + 1 :])
    if layer == 0:
        network = replace(network, inputs=units)
    else:
        network = with_layer(network, layer, units=units)
    if layer == network.depth:
        targets = (f"t {name}" if each == f"t {old}" else each for each in data.target_names)
        data = replace(data, target_names=tuple(targets))
    return _checked(replace(spec, network=network, data=data), state)


def rename_target(spec: Spec, state: State, column: int, name: str) -> Edited:
    """Call a column of targets something else."""
    before = spec.data.target_names
    names = (*before[:column], name, *before[column + 1 :])
    if names.count(name) > 1:
        raise SpecError(f"$.data.target_columns[{column}]", f'two targets are called "{name}"')
    return _checked(replace(spec, data=replace(spec.data, target_names=names)), state)


def objection_to(spec: Spec, state: State, edit: Edit, *arguments: Any) -> str:
    """What there is against an edit, as a whole sentence; "" for nothing."""
    try:
        edit(spec, state, *arguments)
    except SpecError as error:
        return error.told
    return ""


def set_settings(spec: Spec, state: State, **settings: object) -> Edited:
    """Change fields of Spec that leave the parameters alone: reduction, metrics …"""
    return _checked(replace(spec, **settings), state)


def set_loss(spec: Spec, state: State, loss: str, reduction: str = "") -> Edited:
    """Choose a loss; the reduction follows where the loss fixes it, else it is the given one or, if
    none is, stays as it was. Metrics compare with targets: where a loss has none, they go."""
    following = LOSSES[loss].reduction or reduction or spec.reduction
    metrics = spec.metrics if LOSSES[loss].has_targets else ()
    return _checked(replace(spec, loss=loss, reduction=following, metrics=metrics), state)


def set_loss_settings(spec: Spec, state: State, settings: LossSettings) -> Edited:
    """Choose what the loss is set to."""
    return _checked(replace(spec, loss_settings=settings), state)


def set_optimizer(spec: Spec, state: State, optimizer: Optimizer) -> Edited:
    """Choose an optimizer or its settings; another kind begins with fresh slots."""
    changed = replace(spec, optimizer=optimizer)
    return _checked(changed, replace(state, slots=_slots_kept(spec, changed, state)))


def _slots_kept(before: Spec, after: Spec, state: State) -> Slots:
    """The slots that are still of use, and fresh ones beside them; all fresh for another kind of
    optimizer."""
    kept = dict(zip(before.slot_names, state.slots, strict=True))
    if before.optimizer.key != after.optimizer.key:
        kept = {name: slot for name, slot in kept.items() if name == KEPT_GRADIENT}
    fresh = after.fresh_slots()
    return tuple(kept.get(n, slot) for n, slot in zip(after.slot_names, fresh, strict=True))


def set_mistakes(spec: Spec, state: State, mistakes: Iterable[str]) -> Edited:
    """Make these mistakes from here on (keys of engine.run.mistakes), and no others.

    Start values follow at t = 0 only: see engine.run.spec.start_state.
    """
    changed = replace(spec, mistakes=tuple(mistakes))
    check_spec(changed)
    return changed, replace(state, slots=_slots_kept(spec, changed, state))


def set_batching(spec: Spec, state: State, size: int | None, shuffled: bool) -> Edited:
    """Cut epochs anew; in the middle of a run a new epoch begins here."""
    if size is not None and size < 1:
        raise SpecError("$.batching.size", "a batch needs at least one sample")
    changed = replace(spec, batching=Batching(size, shuffled, spec.batching.since))
    return _checked(_epoch_from_here(spec, changed, state.t), state)


def _epoch_from_here(before: Spec, after: Spec, t: int) -> Spec:
    """Keep the count of epochs whole when the number of iterations in one changes at t."""
    if after.iterations_per_epoch == before.iterations_per_epoch:
        return after
    done, within = before.epoch_of(t)
    since = Since(t, done + (within > 0))
    return replace(after, batching=replace(after.batching, since=since))


def set_data(spec: Spec, state: State, data: Data) -> Edited:
    """Replace the samples by others with as many columns."""
    changed = replace(spec, data=data)
    check_spec(changed)
    return _epoch_from_here(spec, changed, state.t), state


def replace_data(
    spec: Spec, state: State, data: Data, inputs: tuple[str, ...] | None
) -> Edited:
    """Take another training set with as many columns, and other names of the inputs if given.
    Inputs that formed a picture still do; which rows are kept out of training stays where there are
    as many rows as before, else all are trained on."""
    before = spec.data
    data = replace(data, test=NO_ROWS, validation=NO_ROWS, picture=before.picture)
    if len(data) == len(before):
        data = replace(data, test=before.test, validation=before.validation)
    if inputs is not None:
        spec = replace(spec, network=replace(spec.network, inputs=tuple(inputs)))
    return set_data(spec, state, data)


def set_scaling(spec: Spec, state: State, scaling: Scaling | None) -> Edited:
    """Have the network take the data scaled otherwise, or as they are (None). The parameters stay,
    and mean something else from here on."""
    return _checked(replace(spec, scaling=scaling), state)


def set_cells(
    spec: Spec, state: State, cells: Iterable[tuple[str, int, int, float]]
) -> Edited:
    """Change values of the training set, each as (inputs or targets, row, column, value)."""
    arrays = {"inputs": np.array(spec.data.inputs), "targets": np.array(spec.data.targets)}
    for which, row, column, value in cells:
        arrays[which][row, column] = value
    changed = replace(spec.data, inputs=arrays["inputs"], targets=arrays["targets"])
    return set_data(spec, state, changed)


def set_test(spec: Spec, state: State, rows: Iterable[int]) -> Edited:
    """Test with these rows and no others; those that were to validate with do no longer. At least
    one must be left to train on."""
    test = np.array(sorted(rows), dtype=np.intp)
    return _split(spec, state, test, np.setdiff1d(spec.data.validation, test))


def set_validation(spec: Spec, state: State, rows: Iterable[int]) -> Edited:
    """Validate with these rows and no others; those that were to test with do no longer. At least
    one must be left to train on."""
    validation = np.array(sorted(rows), dtype=np.intp)
    return _split(spec, state, np.setdiff1d(spec.data.test, validation), validation)


def _split(
    spec: Spec, state: State, test: NDArray[np.intp], validation: NDArray[np.intp]
) -> Edited:
    """Keep these rows out of training. What a scaling knows of the data is to come from the others
    alone: constants that were those of the samples trained on so far are worked out anew."""
    split, state = set_data(spec, state, replace(spec.data, test=test, validation=validation))
    if spec.scaling is None or not follows_training(spec):
        return split, state
    return set_scaling(split, state, scaling_for(split, spec.scaling.kind))


def replace_test(spec: Spec, state: State, inputs: Array, targets: Array) -> Edited:
    """Test with samples of their own, inputs of shape (rows, inputs) and targets of shape (rows,
    outputs), and with no others: those that were to test with are gone. What is trained on, and a
    scaling, stays as it is. As far as there are new samples for the old ones' rows they stand
    there, since dropout goes by the row of a sample; the others come last."""
    data, before = spec.data, spec.data.test
    there = min(len(inputs), len(before))
    count = len(data) + len(inputs) - there
    test = np.concatenate([before[:there], np.arange(len(data), count)])
    left = np.delete(np.arange(count), before[there:])
    samples = []
    for old, new in ((data.inputs, inputs), (data.targets, targets)):
        rows = np.vstack([old, new[there:]])
        rows[test] = new
        samples.append(rows[left])
    changed = replace(
        data,
        inputs=samples[0],
        targets=samples[1],
        test=np.flatnonzero(np.isin(left, test)),
        validation=np.flatnonzero(np.isin(left, data.validation)),
    )
    return set_data(spec, state, changed)


def set_picture(spec: Spec, state: State, picture: tuple[int, int] | None) -> Edited:
    """Take the inputs for the pixels of a picture of (rows, columns), or for none (None)."""
    return _checked(replace(spec, data=replace(spec.data, picture=picture)), state)


def add_rows(spec: Spec, state: State, inputs: Array, targets: Array) -> Edited:
    """Append samples to the training set: inputs of shape (rows, inputs) and targets of shape
    (rows, outputs)."""
    data = replace(
        spec.data,
        inputs=np.vstack([spec.data.inputs, inputs]),
        targets=np.vstack([spec.data.targets, targets]),
    )
    return set_data(spec, state, data)


def remove_rows(spec: Spec, state: State, rows: Iterable[int]) -> Edited:
    """Remove samples; at least one that is trained on must be left."""
    gone = sorted(set(rows))
    if len(gone) >= len(spec.data):
        raise SpecError("$.data.inputs", "the last sample cannot be removed: training needs one")
    data = replace(
        spec.data,
        inputs=np.delete(spec.data.inputs, gone, axis=0),
        targets=np.delete(spec.data.targets, gone, axis=0),
        test=np.flatnonzero(np.delete(spec.data.is_test, gone)),
        validation=np.flatnonzero(np.delete(spec.data.is_validation, gone)),
    )
    return set_data(spec, state, data)


def set_activation(
    spec: Spec, state: State, layer: int, activation: str, reduction: str = ""
) -> Edited:
    """Choose a layer's activation; at the output the loss follows if it no longer fits, or if there
    is one made for this activation alone, and the reduction as in set_loss."""
    network = with_layer(spec.network, layer, activation=activation)
    changed = replace(spec, network=network)
    if layer == network.depth and activation != spec.network.layers[-1].activation:
        following = usual_loss(activation, spec.loss)
        if not following:
            raise SpecError("$.loss", f"no loss goes with {activation} at the output")
        if following != spec.loss:
            return set_loss(changed, state, following, reduction)
    return _checked(changed, state)


def set_rate_factor(spec: Spec, state: State, layer: int, factor: float) -> Edited:
    """Give a layer so many times the learning rate."""
    network = with_layer(spec.network, layer, rate_factor=factor)
    return _checked(replace(spec, network=network), state)


def set_dropout(spec: Spec, state: State, layer: int, share: float) -> Edited:
    """Leave out this share of a hidden layer's units in each iteration."""
    network = with_layer(spec.network, layer, dropout=share)
    return _checked(replace(spec, network=network), state)


def set_activation_setting(
    spec: Spec, state: State, layer: int, setting: str, value: float
) -> Edited:
    """Change a setting of a layer's activation, a key of ACTIVATION_SETTINGS."""
    settings = {**spec.network.layers[layer - 1].settings, setting: value}
    network = with_layer(spec.network, layer, settings=settings)
    return _checked(replace(spec, network=network), state)


def kept_revealed(before: Spec, after: Spec, revealed: int) -> int:
    """How many steps are revealed after an edit so that the cursor stays at the same StepId.

    If that step is gone, the latest earlier one that is still there.
    """
    for k in range(revealed - 1, -1, -1):
        try:
            return after.steps.index_of(before.steps.id_at(k)) + 1
        except KeyError:
            continue
    return 0
