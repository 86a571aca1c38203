"""What can be trained: `check_spec` passes it, or raises a sentence and the place it speaks of."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from msgspec.structs import asdict

from engine.maths.activations import ACTIVATION_SETTINGS, ACTIVATIONS, Array
from engine.maths.clipping import CLIPPINGS
from engine.maths.initializers import INITIALIZER_SETTINGS, INITIALIZERS
from engine.maths.losses import LOSS_SETTINGS, LOSSES, REDUCTIONS
from engine.maths.metrics import METRICS
from engine.maths.network import BIAS_KINDS, Network
from engine.maths.optimizers import RULES, SETTINGS, Optimizer
from engine.maths.penalty import PENALTIES, Penalty
from engine.maths.schedules import SCHEDULE_SETTINGS, SCHEDULES
from engine.run.limits import (
    CLASS_NAME,
    COUNTS,
    FROM_ONE,
    HEADING,
    HIDDEN_LAYERS,
    INPUTS,
    NAME,
    SAMPLES,
    UNITS,
)
from engine.run.mistakes import MISTAKES
from engine.run.scaling import SCALINGS
from engine.run.spec import Batching, Spec
from engine.run.steps import STEP_ORDERS
from engine.run.value_kinds import ALSO
from engine.text.numbers import LARGEST, counted, format_number
from engine.text.wording import as_sentence, shortened


class SpecError(ValueError):
    """A Spec that cannot be trained: a sentence, and the place in the document it speaks of."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path
        self.sentence = sentence

    @property
    def told(self) -> str:
        """The sentence for somebody to whom the place is no news."""
        return as_sentence(self.sentence)


def check_spec(spec: Spec) -> None:
    """Raise SpecError for the first thing about a Spec that cannot be trained."""
    check_network(spec.network)
    check_training(spec)


def check_training(spec: Spec) -> None:
    """Raise SpecError for the first thing about how and on what a possible network is trained."""
    _check_output(spec)
    _check_data(spec)
    _check_optimizer(spec.optimizer)
    check_penalty(spec.penalty)
    check_update(spec)
    _check_batching(spec.batching)
    check_initializer(spec)
    check_key("$.step_order", "order of steps", spec.step_order, STEP_ORDERS)
    check_keys("$.also", "quantity to show too", spec.also, ALSO)
    for position, mistake in enumerate(spec.mistakes):
        if mistake not in MISTAKES:
            raise SpecError(
                f"$.mistakes[{position}]",
                f'there is no mistake "{shortened(mistake)}"; they are named as in '
                f"{', '.join(list(MISTAKES)[:3])}",
            )
        if mistake in spec.mistakes[:position]:
            raise SpecError(f"$.mistakes[{position}]", f'the mistake "{mistake}" stands here twice')


def check_network(network: Network) -> None:
    """Raise SpecError for the first thing about the shape or the names that is not possible."""
    hidden, inputs = network.depth - 1, len(network.inputs)
    if inputs not in INPUTS:
        raise SpecError("$.inputs", f"a network has {INPUTS} inputs, not {inputs}")
    if hidden < 0:
        raise SpecError("$.layers", "a network needs an output layer")
    if hidden not in HIDDEN_LAYERS:
        raise SpecError("$.layers", f"at most {HIDDEN_LAYERS.most} hidden layers, not {hidden}")
    for index, layer in enumerate(network.layers):
        path = f"$.layers[{index}]"
        if len(layer.units) not in UNITS:
            raise SpecError(f"{path}.units", f"a layer has {UNITS} units, not {len(layer.units)}")
        check_key(f"{path}.activation", "activation", layer.activation, ACTIVATIONS)
        for key, value in layer.settings.items():
            if not ACTIVATION_SETTINGS[key].allows(value):
                raise SpecError(f"{path}.settings.{key}", ACTIVATION_SETTINGS[key].limits)
        check_key(f"{path}.bias", "kind of bias", layer.bias, BIAS_KINDS)
        if index < hidden and not ACTIVATIONS[layer.activation].elementwise:
            raise SpecError(
                f"{path}.activation", f"{layer.activation} can only stand at the output layer"
            )
        if not 0.0 <= layer.dropout < 1.0:
            raise SpecError(
                f"{path}.dropout", "the share of units that are dropped lies from 0 up to, not "
                "including, 1"
            )
        if layer.dropout and index == hidden:
            raise SpecError(
                f"{path}.dropout", "outputs are never dropped: dropout is for hidden layers"
            )
        _check_parameter_names(network, index)
        _check_frozen(network, index)
    names: set[str] = set()
    for number in range(network.depth + 1):
        for unit in range(network.sizes[number]):
            name = network.unit_name(number, unit)
            path = "$.inputs" if number == 0 else f"$.layers[{number - 1}].units"
            _check_name(f"{path}[{unit}]", "a unit", name)
            if name in names:
                raise SpecError(f"{path}[{unit}]", f'two units are called "{name}"')
            names.add(name)


def check_key(path: str, what: str, key: str, known: Collection[str]) -> None:
    """Raise SpecError for a key that is in no table of what is known."""
    if key not in known:
        keys = ", ".join(known)
        raise SpecError(path, f'there is no {what} "{shortened(key)}"; known are {keys}')


def check_keys(path: str, what: str, keys: tuple[str, ...], known: Collection[str]) -> None:
    """Raise SpecError for the first key that is in no table, or stands there twice."""
    for position, key in enumerate(keys):
        check_key(f"{path}[{position}]", what, key, known)
        if key in keys[:position]:
            raise SpecError(f"{path}[{position}]", f'the {what} "{key}" stands here twice')


def _check_name(path: str, owner: str, name: str) -> None:
    if not name.strip():
        raise SpecError(path, f"{owner} needs a name")
    if len(name) > NAME.most:
        raise SpecError(path, f"a name has at most {NAME.most} characters, not {len(name)}")
    if not name.isprintable():
        raise SpecError(path, "a name has no line breaks or other control characters")


def _check_parameter_names(network: Network, index: int) -> None:
    layer, path = network.layers[index], f"$.layers[{index}]"
    n_out, n_in = network.sizes[index + 1], network.sizes[index]
    if layer.weight_names is not None:
        rows = [len(row) for row in layer.weight_names]
        if rows != [n_in] * n_out:
            raise SpecError(f"{path}.weight_names", f"expected {n_out} rows of {n_in} names")
        for unit, row in enumerate(layer.weight_names):
            for source, name in enumerate(row):
                _check_name(f"{path}.weight_names[{unit}][{source}]", "a weight", name)
    if layer.bias_names is not None:
        if len(layer.bias_names) != layer.bias_count:
            raise SpecError(f"{path}.bias_names", f"expected {layer.bias_count} names")
        for unit, name in enumerate(layer.bias_names):
            _check_name(f"{path}.bias_names[{unit}]", "a bias", name)


def _check_frozen(network: Network, index: int) -> None:
    layer, path = network.layers[index], f"$.layers[{index}]"
    _check_places(f"{path}.frozen_weights", layer.frozen_weights, network, index)
    _check_places(f"{path}.cut", layer.cut, network, index)
    _check_rising(f"{path}.frozen_biases", layer.frozen_biases, layer.bias_count, "bias")


def _check_places(
    path: str, rows: tuple[tuple[int, ...], ...] | None, network: Network, index: int
) -> None:
    """Raise SpecError unless rows name weights of a layer: for each unit, those before it."""
    if rows is None:
        return
    n_out, n_in = network.sizes[index + 1], network.sizes[index]
    if len(rows) != n_out:
        raise SpecError(path, f"expected {counted(n_out, 'row')}, one per unit, not {len(rows)}")
    for unit, row in enumerate(rows):
        _check_rising(f"{path}[{unit}]", row, n_in, "unit before the layer")


def _check_rising(path: str, numbers: tuple[int, ...], count: int, what: str) -> None:
    for position, number in enumerate(numbers):
        if not 0 <= number < count:
            raise SpecError(f"{path}[{position}]", f"there is no {what} with the number {number}")
        if position and number <= numbers[position - 1]:
            raise SpecError(f"{path}[{position}]", "numbers go upwards here, each once")


def _check_output(spec: Spec) -> None:
    check_key("$.loss", "loss", spec.loss, LOSSES)
    loss, layer = LOSSES[spec.loss], spec.network.layers[-1]
    activation = layer.activation
    if activation not in loss.activations:
        allowed = ", ".join(loss.activations)
        raise SpecError(
            "$.loss", f"{loss.title} goes with {allowed} at the output, not {activation}"
        )
    if loss.is_short and layer.function is not ACTIVATIONS[activation]:
        setting = ACTIVATION_SETTINGS[ACTIVATIONS[activation].settings[0]]
        raise SpecError(
            "$.loss",
            f"{loss.title} goes with a {activation} whose {setting.title} is "
            f"{setting.default:g}: only then do the two shorten to one expression",
        )
    if not ACTIVATIONS[activation].elementwise and spec.network.sizes[-1] == 1:
        raise SpecError(
            f"$.layers[{spec.network.depth - 1}].activation",
            f"{activation} needs two outputs or more: the share of a single one is always 1",
        )
    choices = REDUCTIONS if loss.reduction is None else (loss.reduction,)
    if spec.reduction not in choices:
        raise SpecError(
            "$.reduction",
            f"over the samples {loss.title} takes the {' or '.join(choices)}, "
            f'not "{shortened(spec.reduction)}"',
        )
    check_keys("$.metrics", "metric", spec.metrics, METRICS)
    if spec.metrics and not loss.has_targets:
        sentence = f"metrics compare outputs with targets, and {loss.title} has none"
        raise SpecError("$.metrics", sentence)
    for key in LOSS_SETTINGS:
        if not LOSS_SETTINGS[key].allows(spec.loss_settings[key]):
            raise SpecError(f"$.loss_settings.{key}", LOSS_SETTINGS[key].limits)
    if spec.loss_settings.output not in range(spec.network.sizes[-1]):
        raise SpecError(
            "$.loss_settings.output",
            f"there is no output {spec.loss_settings.output} (they count from 0), which the loss "
            "is to be",
        )


def _check_data(spec: Spec) -> None:
    data = spec.data
    for name, rows, width in (
        ("inputs", data.inputs, spec.network.sizes[0]),
        ("targets", data.targets, spec.network.sizes[-1]),
    ):
        path = f"$.data.{name}"
        if len(rows) not in SAMPLES:
            raise SpecError(path, f"{SAMPLES} samples are possible, not {len(rows)}")
        if rows.shape[1] != width:
            raise SpecError(
                path, f"each sample needs {width} {name} for this network, not {rows.shape[1]}"
            )
        if len(rows) != len(data.inputs):
            raise SpecError(path, f"{len(data.inputs)} samples have inputs, {len(rows)} targets")
        _check_size(rows, path)
    _check_sources(spec)
    _check_scaling(spec)
    for name in ("test", "validation"):
        rows = getattr(data, name)
        if len(rows) and rows[-1] >= len(data):
            raise SpecError(
                f"$.data.{name}",
                f"there is no row {rows[-1]}; rows count from 0 to {len(data) - 1}",
            )
    both = data.test[data.is_validation[data.test]]
    if len(both):
        sentence = f"row {both[0]} is a test sample already: it cannot decide when to stop too"
        raise SpecError("$.data.validation", sentence)
    if data.picture is not None:
        rows_of, columns = data.picture
        if min(data.picture) < 1 or rows_of * columns != spec.network.sizes[0]:
            raise SpecError(
                "$.data.picture",
                f"a picture of {rows_of} × {columns} pixels is not made of "
                f"{spec.network.sizes[0]} inputs",
            )
    if not data.training_count:
        is_all_test = len(data.test) == len(data)
        raise SpecError(
            "$.data.test" if is_all_test else "$.data.validation",
            f"all samples are {'test' if is_all_test else 'test or validation'} samples: training "
            "needs one at least",
        )
    if len(data.target_names) != spec.network.sizes[-1]:
        raise SpecError(
            "$.data.target_columns", f"expected {spec.network.sizes[-1]} names, one per output"
        )
    for position, column in enumerate(data.target_names):
        _check_name(f"$.data.target_columns[{position}]", "a target column", column)
    low, high = LOSSES[spec.loss].target_range
    targets = spec.scaled.targets
    outside = np.argwhere((targets < low) | (targets > high))
    if len(outside):
        row, column = outside[0]
        raise SpecError(
            f"$.data.targets[{row}][{column}]",
            f"{LOSSES[spec.loss].title} needs targets from {low:g} to {high:g}, "
            f"not {targets[row, column]:g}{'' if spec.scaling is None else ' (scaled)'}",
        )
    _check_classes(spec)


def _check_classes(spec: Spec) -> None:
    """Raise SpecError for a target that is none of the two that the loss knows."""
    loss, targets = LOSSES[spec.loss], spec.scaled.targets
    if loss.classes is None:
        return
    low, high = loss.classes
    first, second = format_number(low, None), format_number(high, None)
    outside = np.argwhere((targets != low) & (targets != high))
    if len(outside):
        row, column = outside[0]
        zeros = bool(((targets == 0.0) | (targets == high)).all())
        todo = f"write {first} for each 0" if zeros else "give each class one of the two"
        if spec.scaling is not None:
            todo = "leave the targets unscaled"
        raise SpecError(
            f"$.data.targets[{row}][{column}]",
            f"{loss.title} needs targets that are {first} or {second}, "
            f"not {format_number(float(targets[row, column]), None)}; {todo}",
        )


def _check_sources(spec: Spec) -> None:
    data = spec.data
    for name, sources, width in (
        ("input_sources", data.input_sources, spec.network.sizes[0]),
        ("target_sources", data.target_sources, spec.network.sizes[-1]),
    ):
        path = f"$.data.{name}"
        if sources and len(sources) != width:
            raise SpecError(path, f"expected {width} entries, one per column, or none")
        for position, source in enumerate(sources):
            for key, text, limit in (
                ("heading", source.heading, HEADING),
                ("one", source.one, CLASS_NAME),
                ("zero", source.zero, CLASS_NAME),
            ):
                place = f"{path}[{position}].{key}"
                if len(text) not in limit:
                    raise SpecError(
                        place, f"at most {limit.most} characters are possible, not {len(text)}"
                    )
                if text and not text.isprintable():
                    raise SpecError(place, "there are no line breaks or other control characters")


def _check_scaling(spec: Spec) -> None:
    scaling = spec.scaling
    if scaling is None:
        return
    check_key("$.scaling.kind", "scaling", scaling.kind, SCALINGS)
    for name, columns, width in (
        ("inputs", scaling.inputs, spec.network.sizes[0]),
        ("targets", scaling.targets, spec.network.sizes[-1]),
    ):
        if len(columns) != width:
            raise SpecError(
                f"$.scaling.{name}", f"expected {width} entries, one per column of {name}"
            )
        wrong = np.argwhere(~(np.abs(getattr(spec.scaled, name)) < LARGEST))
        if len(wrong):
            row, column = wrong[0]
            raise SpecError(
                f"$.data.{name}[{row}][{column}]", "scaled, it is not below 1e12 in size"
            )


def _check_size(rows: Array, path: str) -> None:
    wrong = np.argwhere(~(np.abs(rows) < LARGEST))
    if len(wrong):
        place = "".join(f"[{i}]" for i in wrong[0])
        raise SpecError(f"{path}{place}", "expected a finite number below 1e12 in size")


def _check_optimizer(optimizer: Optimizer) -> None:
    check_key("$.optimizer.name", "optimizer", optimizer.key, RULES)
    for key, value in optimizer.settings.items():
        if not SETTINGS[key].allows(value):
            raise SpecError(f"$.optimizer.{key}", SETTINGS[key].limits)


def check_update(spec: Spec) -> None:
    """Raise SpecError for a clipping, a schedule or learning rates of layers that cannot be."""
    check_key("$.clipping.name", "clipping", spec.clipping.name, CLIPPINGS)
    if not 0.0 < spec.clipping.limit < LARGEST:
        raise SpecError("$.clipping.limit", "a limit of gradients lies above 0 and below 1e12")
    if spec.clipping.name == "norm" and spec.updates_early:
        raise SpecError(
            "$.clipping.name",
            f"clipping by norm needs the gradients of all layers before the first update, so it "
            f"does not go with the mistake “{MISTAKES['updated-weights'].title}”",
        )
    schedule = spec.schedule
    check_key("$.schedule.name", "schedule", schedule.name, SCHEDULES)
    if schedule.per not in ("epoch", "iteration"):
        raise SpecError("$.schedule.per", "a schedule counts per epoch or per iteration")
    for key, setting in SCHEDULE_SETTINGS.items():
        if not setting.fits(getattr(schedule, key)):
            raise SpecError(f"$.schedule.{key}", setting.limits)
    for index, layer in enumerate(spec.network.layers):
        if not 0.0 < layer.rate_factor < LARGEST:
            raise SpecError(
                f"$.layers[{index}].rate_factor",
                "the factor of a layer’s learning rate lies above 0 and below 1e12",
            )


def check_initializer(spec: Spec) -> None:
    """Raise SpecError for an initializer, a setting of it or a seed that cannot be."""
    check_key("$.initializer.name", "initializer", spec.initializer, INITIALIZERS)
    if spec.seed not in COUNTS:
        raise SpecError("$.initializer.seed", "a seed is a whole number from 0, below 1e12")
    settings = spec.initializer_settings
    for key, setting in INITIALIZER_SETTINGS.items():
        if not setting.allows(settings[key]):
            raise SpecError(f"$.initializer.{key}", setting.limits)
    reads_both = {"low", "high"} <= {*INITIALIZERS[spec.initializer].settings}
    if reads_both and settings["low"] > settings["high"]:
        raise SpecError(
            "$.initializer.low",
            f"start values lie from the lowest to the highest, and "
            f"{format_number(settings['low'])} is above {format_number(settings['high'])}",
        )


def check_penalty(penalty: Penalty) -> None:
    """Raise SpecError for a penalty that cannot be."""
    for key in PENALTIES:
        if not 0.0 <= getattr(penalty, key) < LARGEST:
            raise SpecError(f"$.penalty.{key}", "a penalty lies from 0 up to, not including, 1e12")


def _check_batching(batching: Batching) -> None:
    if batching.size is not None and batching.size not in FROM_ONE:
        raise SpecError("$.batching.size", "a batch needs at least one sample")
    for name, count in asdict(batching.since).items():
        if count not in COUNTS:
            raise SpecError(f"$.batching.since.{name}", "expected a whole number from 0")
