"""The run that a data set begins with, unless a person wants something else."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from engine.data.datasets import DatasetRule
from engine.maths.losses import LOSSES
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.rescaling import scaling_for
from engine.run.spec import Batching, Spec

_SEED = 1


def suggested(
    rule: DatasetRule,
    chosen: Mapping[str, float] | None = None,
    hidden: tuple[int, ...] | None = None,
    activation: str = "",
) -> Spec:
    """A Spec for a data set with some settings; hidden layers and their activation are the rule's,
    if none are given. Raises ValueError for settings that are not possible."""
    chosen = chosen or {}
    data, learning = rule.made(_SEED, chosen), rule.learning
    sizes = rule.hidden_with(chosen) if hidden is None else hidden
    names = [*default_unit_names((rule.inputs_with(chosen), *sizes, rule.outputs))]
    names[0], names[-1] = rule.input_names or names[0], rule.output_names or names[-1]
    activation = activation or learning.hidden
    layers = [*(Layer(units, activation) for units in names[1:-1])]
    layers.append(Layer(names[-1], rule.activation))
    spec = Spec(
        Network(names[0], tuple(layers)),
        rule.loss,
        LOSSES[rule.loss].reduction or "mean",
        Optimizer(learning.optimizer).changed(learning_rate=learning.rate),
        data,
        Batching(learning.batch, learning.batch is not None),
        initializer="glorot_uniform",
        seed=_SEED,
    )
    return replace(spec, scaling=scaling_for(spec, learning.scaling))
