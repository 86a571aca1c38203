"""What a kernel knows: the keys that it has code for, and whether they are all that a run needs.

The plain kernel asks the tables of engine.maths and so knows every row of them. The others have
the same mathematics once more, fast, and a table of their own for each kind of row; a run that
needs what is not in there is left to the plain kernel. What their tables share stands here.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from engine.maths.losses import LOSSES
from engine.run.spec import Spec


class Known(Struct, frozen=True):
    """The keys that a kernel has code for, kind by kind.

    `activations` are those it can go forward through, `slopes` those whose f'(z) it has too,
    `jacobians` those of an output layer that it can send errors back through all at once, and
    `mistakes` those that it makes, or that are made before a run comes to it. `thresholds` says
    whether it takes layers that have them in place of biases, `layer_rates` whether a learning
    rate of its own for each layer. Dropout is the plain kernel's.
    """

    activations: Collection[str]
    slopes: Collection[str]
    jacobians: Collection[str]
    biases: Collection[str]
    thresholds: bool
    losses: Collection[str]
    reductions: Collection[str]
    optimizers: Collection[str]
    penalties: Collection[str]
    clippings: Collection[str]
    layer_rates: bool
    mistakes: Collection[str]

    def covers(self, spec: Spec) -> bool:
        """Whether a run needs nothing else."""
        layers = spec.network.layers
        *hidden, output = (layer.activation for layer in layers)
        is_sent_back = output in self.slopes or output in self.jacobians
        return (
            all(layer.activation in self.activations for layer in layers)
            and all(activation in self.slopes for activation in hidden)
            and (is_sent_back or sloped_layers(spec) < len(layers))
            and all(layer.bias in self.biases for layer in layers)
            and (self.thresholds or not any(layer.has_thresholds for layer in layers))
            and spec.loss in self.losses
            and spec.reduction in self.reductions
            and spec.optimizer.key in self.optimizers
            and all(rule.key in self.penalties for rule, _ in spec.penalty.parts)
            and spec.clipping.name in self.clippings
            and (self.layer_rates or spec.network.rate_factors is None)
            and not spec.network.has_dropout
            and all(mistake in self.mistakes for mistake in spec.mistakes)
            and spec.carried is None
        )


def sloped_layers(spec: Spec) -> int:
    """How many layers, counted from the inputs, send an error back through their activation: all
    of them, but for the output layer where the loss gives its node delta at once."""
    return spec.network.depth - LOSSES[spec.loss].is_short


class OutputError(Struct, frozen=True):
    """How to come to ∂E/∂a of the output layer, or for a loss that is short to its node delta.

    `of` says from what: the "difference" a − t, its "sign", the difference "clipped" to the size of
    the loss's setting, "hinge" (−t below a margin of 1), or "itself" (1 for the one output that the
    loss is). A difference is taken `times` a number, and it and a sign are divided by how many
    outputs there are if it is `over_outputs`. If it is `of_total`, a counts as often as the targets
    of its sample sum up to.
    """

    of: str = "difference"
    times: float = 1.0
    over_outputs: bool = False
    of_total: bool = False


OUTPUT_ERRORS = {
    "half_squared_error": OutputError(),
    "squared_error": OutputError(times=2.0),
    "mean_squared_error": OutputError(times=2.0, over_outputs=True),
    "binary_cross_entropy": OutputError(over_outputs=True),
    "categorical_cross_entropy": OutputError(of_total=True),
    "summed_binary_cross_entropy": OutputError(),
    "summed_categorical_cross_entropy": OutputError(of_total=True),
    "mean_absolute_error": OutputError("sign", over_outputs=True),
    "huber": OutputError("clipped"),
    "hinge": OutputError("hinge"),
    "output_itself": OutputError("itself"),
}


def threshold_of(spec: Spec) -> float:
    """What an error is clipped to in size; 0 where nothing is."""
    return next((spec.loss_settings[key] for key in LOSSES[spec.loss].settings), 0.0)


# By reduction: whether sums over the samples of a batch are divided by their number.
IS_MEAN = {"sum": False, "mean": True}
