"""What a run is called by its settings: "seed 1, η 0.5", and what sets it apart from another."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.documents.titles import shape
from engine.maths.activations import ACTIVATION_SETTINGS, ACTIVATIONS
from engine.maths.clipping import CLIPPINGS
from engine.maths.initializers import in_words as initializer_in_words
from engine.maths.losses import LOSS_SETTINGS, LOSSES
from engine.maths.network import Layer, Network
from engine.maths.optimizers import RULES, SETTINGS
from engine.maths.penalty import in_words as penalty_in_words
from engine.maths.schedules import SCHEDULES
from engine.run.mistakes import MISTAKES
from engine.run.spec import Data, Spec
from engine.text.numbers import format_number

_MOST = 3  # differences that a name tells

_RATE = "learning_rate"


def called_by_settings(spec: Spec, is_drawn: bool, other: Spec) -> str:
    """A short name for a run; `is_drawn` says that its start values come from its seed, `other`
    is the run that it is to be told apart from."""
    parts = [f"seed {spec.seed}"] if is_drawn else []
    parts.append(f"{SETTINGS[_RATE].symbol} {format_number(spec.optimizer[_RATE])}")
    different = [] if spec is other else list(_differences(spec, other))
    drawn, others = (
        initializer_in_words(run.initializer, run.initializer_settings) for run in (spec, other)
    )
    if is_drawn and drawn != others:
        different.append(drawn)
    if len(different) > _MOST:
        different[_MOST:] = ["…"]
    return ", ".join([*parts, *different])


def _differences(spec: Spec, other: Spec) -> Iterator[str]:
    """What a run has that another one has not, what most people would name first."""
    yield from _of_optimizer(spec, other)
    if spec.schedule != other.schedule:
        yield f"{SCHEDULES[spec.schedule.name].title} rate"
    if spec.clipping != other.clipping:
        limit = f" {format_number(spec.clipping.limit)}" if spec.clipping.is_on else ""
        yield f"clipping {CLIPPINGS[spec.clipping.name].title}{limit}"
    factors, others = ([each.rate_factor for each in run.network.layers] for run in (spec, other))
    if factors != others:
        yield "rates by layer" if set(factors) != {1.0} else "one rate"
    shares, others = ([each.dropout for each in run.network.layers] for run in (spec, other))
    if shares != others:
        yield f"dropout {format_number(max(shares))}" if any(shares) else "no dropout"
    if spec.penalty != other.penalty:
        yield penalty_in_words(spec.penalty)
    yield from _of_network(spec.network, other.network)
    yield from _of_loss(spec, other)
    if spec.reduction != other.reduction:
        yield f"{spec.reduction} over samples"
    if not _is_same_data(spec.data, other.data):
        yield "other data"
    if spec.batch_size != other.batch_size and spec.iterations_per_epoch > 1:
        yield f"batches of {spec.batch_size}"
    elif spec.batch_size != other.batch_size and other.iterations_per_epoch > 1:
        yield "all samples at once"
    if spec.batching.shuffled != other.batching.shuffled:
        yield "shuffled" if spec.batching.shuffled else "not shuffled"
    made, left_out = ({*each.mistakes} for each in (spec, other))
    for key in MISTAKES:
        if key in made - left_out:
            yield f"mistake: {MISTAKES[key].title}"
    if left_out - made:
        yield "without the mistake" if len(left_out - made) == 1 else "without the mistakes"


def _of_optimizer(spec: Spec, other: Spec) -> Iterator[str]:
    mine, others = spec.optimizer, other.optimizer
    if mine.key != others.key:
        yield RULES[mine.key].title
        return
    for name in RULES[mine.key].settings:
        if name != _RATE and mine[name] != others[name]:
            yield f"{SETTINGS[name].title} {format_number(mine[name])}"


def _of_loss(spec: Spec, other: Spec) -> Iterator[str]:
    loss, mine, others = LOSSES[spec.loss], spec.loss_settings, other.loss_settings
    if spec.loss != other.loss:
        yield loss.title
        return
    for name in loss.settings:
        if mine[name] != others[name]:
            yield f"{LOSS_SETTINGS[name].symbol} {format_number(mine[name])}"
    if loss.one_output and mine.output != others.output:
        yield f"the loss is {spec.network.unit_name(spec.network.depth, mine.output)}"


def _of_network(mine: Network, other: Network) -> Iterator[str]:
    if mine.sizes != other.sizes:
        yield shape(mine.sizes)
    *hidden, last = (layer.activation for layer in mine.layers)
    *others_hidden, others_last = (layer.activation for layer in other.layers)
    if {*hidden} != {*others_hidden}:
        yield " and ".join(ACTIVATIONS[key].title for key in dict.fromkeys(hidden))
    settings, others_settings = (
        {title: None for layer in each.layers for title in _settings_of(layer)}
        for each in (mine, other)
    )
    yield from (title for title in settings if title not in others_settings)
    if last != others_last:
        yield f"{ACTIVATIONS[last].title} at the output"
    biases, others_biases = ({layer.bias for layer in each.layers} for each in (mine, other))
    if biases != others_biases:
        yield "no bias" if biases == {"none"} else "other biases"


def _settings_of(layer: Layer) -> list[str]:
    """What is not as usual of its activation: ELU α 0.5."""
    return [
        f"{layer.function.title} {ACTIVATION_SETTINGS[key].symbol} {format_number(value)}"
        for key, value in layer.changed_settings.items()
    ]


def _is_same_data(mine: Data, other: Data) -> bool:
    return mine is other or (
        np.array_equal(mine.inputs, other.inputs)
        and np.array_equal(mine.targets, other.targets)
        and np.array_equal(mine.test, other.test)
        and np.array_equal(mine.validation, other.validation)
    )
