"""The classic mistakes: named departures from backpropagation that a run can be told to make.

Those inside a pass replace one of its formulas (engine.maths.wrong_formulas); the others change
which gradient is applied and how. A row says what its mistake does, and nothing else knows it by
name but its written half (engine.derivations.written.mistakes). Each is exact, so a figure in a
book that came from one can be found again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from msgspec import Struct

from engine.maths import wrong_formulas
from engine.maths.activations import Array
from engine.maths.clipping import Clipping
from engine.maths.losses import LOSSES
from engine.maths.network import FORWARD_ONLY, Network
from engine.maths.optimizers import Optimizer
from engine.text.wording import listed


class Run(Protocol):
    """What a mistake asks of a run: its Spec, which stands above this file."""

    @property
    def network(self) -> Network:
        """The network that is trained."""

    @property
    def loss(self) -> str:
        """A key of LOSSES."""

    @property
    def optimizer(self) -> Optimizer:
        """The optimizer as it was chosen."""

    @property
    def has_one_rate(self) -> bool:
        """Whether each update and each layer has the same learning rate."""

    @property
    def clipping(self) -> Clipping:
        """How gradients are cut before they move the parameters."""

    @property
    def batch_size(self) -> int:
        """Samples in a whole batch."""


class Mistake(Struct, frozen=True):
    """One departure: its title, why people make it, and the formula it replaces by which.

    `where` is the part of an iteration that it changes: a pass of a sample, the gradient of a
    batch, the update; or the start, before the first one. A gradient check finds the mistakes that
    are `in_gradient`; `exempt` says of each other one why it does not. `why_not(run)` is the reason
    why it would change nothing for a run, or could not be worked out; empty where it can be chosen.

    What it does. In a pass: `change` makes its formulas of those that are there without it;
    `of_slope` says that it is made in f'. In a batch: `counts_first_only` takes the first sample
    for all, `keeps_gradient` adds each gradient to the one before. In the update: `optimizer`
    gives the one that is really used, `updates_early` has each layer updated before it sends
    deltas back, `skips_biases` leaves them out. At the start: `start` gives the start values.
    """

    key: str
    title: str
    why: str
    right: str
    wrong: str
    where: Literal["pass", "batch", "update", "start"]
    why_not: Callable[[Run], str]
    exempt: str = ""
    change: wrong_formulas.Change | None = None
    of_slope: bool = False
    counts_first_only: bool = False
    keeps_gradient: bool = False
    optimizer: Callable[[Optimizer], Optimizer] | None = None
    updates_early: bool = False
    skips_biases: bool = False
    start: Callable[[Network, Array], Array] | None = None

    @property
    def in_gradient(self) -> bool:
        """Whether the gradient is then no longer that of the loss."""
        return not self.exempt


def _always(run: Run) -> str:
    return ""


def _needs_hidden(run: Run) -> str:
    return "" if run.network.depth > 1 else "There is no hidden layer, so nothing is sent back."


def _needs_early_updates(run: Run) -> str:
    if run.clipping.name == "norm":
        return (
            "Gradients are clipped by the length of all of them, which is not known before each "
            "layer has its own."
        )
    return _needs_hidden(run)


def _needs_output_slope(run: Run) -> str:
    if run.network.layers[-1].function.elementwise:
        return ""
    if LOSSES[run.loss].is_short:
        return "Softmax and its loss shorten to one expression; there is no single link to lose."
    return "Each output of softmax depends on every net input; there is no single link to lose."


def _needs_curve(run: Run) -> str:
    if any(layer.function.curved for layer in run.network.layers):
        return ""
    titles = dict.fromkeys(layer.function.title for layer in run.network.layers)
    has = "has" if len(titles) == 1 else "have"
    return f"No layer is curved: {listed([*titles])} {has} the same slope at a as at z."


def _needs_bend(run: Run) -> str:
    activations = [layer.function for layer in run.network.layers]
    if any(each.elementwise and not each.straight for each in activations):
        return ""
    return "All layers are linear, whose slope is 1."


def _needs_square(run: Run) -> str:
    if run.network.has_cut:
        return "Edges are cut: weights would be taken of edges that are not there."
    sizes = run.network.sizes
    if any(is_square(sizes, layer) for layer in range(1, run.network.depth)):
        return ""
    return "No hidden layer has as many units as the layer after it (two or more)."


def is_square(sizes: tuple[int, ...], layer: int) -> bool:
    """Whether the weights out of a hidden layer can be taken untransposed, to another effect."""
    return sizes[layer] == sizes[layer + 1] > 1


def _needs_paths(run: Run) -> str:
    if run.network.has_cut:
        return "Edges are cut: which path is the first is no longer the same for every unit."
    if any(size > 1 for size in run.network.sizes[2:]):
        return ""
    return "Every hidden unit feeds a single unit: there is only one path."


def _needs_two(run: Run) -> str:
    if LOSSES[run.loss].doubled:
        return ""
    return f"The derivative of {LOSSES[run.loss].title} has no factor 2."


def _needs_batch(run: Run) -> str:
    return "" if run.batch_size > 1 else "Every batch has a single sample."


def _needs_biases(run: Run) -> str:
    has = any(layer.bias_count for layer in run.network.layers)
    return "" if has else "The network has no biases."


def _needs_trained_biases(run: Run) -> str:
    network = run.network
    masks = (network.biases(network.trained, layer) for layer in range(1, network.depth + 1))
    if any(mask is not None and mask.any() for mask in masks):
        return ""
    return "The network has no biases that are trained."


def _needs_rate(run: Run) -> str:
    if run.optimizer["learning_rate"] != 1.0 or not run.has_one_rate:
        return ""
    return "The learning rate is 1 already."


def _needs_weights(run: Run) -> str:
    sizes = run.network.sizes
    count = sum(n_in * n_out for n_in, n_out in zip(sizes, sizes[1:], strict=False))
    return "" if count > 1 else "The network has a single weight."


MISTAKES: dict[str, Mistake] = {
    mistake.key: mistake
    for mistake in (
        Mistake(
            "updated-weights",
            "weights already updated",
            "A program that updates each layer as soon as it has its gradient sends the deltas "
            "back through weights that have moved already.",
            "δ = Σ w δ_next · f′(z), with the weights before the update",
            "δ = Σ w_new δ_next · f′(z)",
            "update",
            _needs_early_updates,
            updates_early=True,
        ),
        Mistake(
            "lost-link",
            "a link of the chain lost",
            "∂E/∂a is put into f′ as if it were the net input, so that one factor of the chain is "
            "gone.",
            "δ = ∂E/∂a · f′(z) at the output",
            "δ = f′(∂E/∂a)",
            "pass",
            _needs_output_slope,
            change=wrong_formulas.slope_of_the_error,
            of_slope=True,
        ),
        Mistake(
            "derivative-at-activation",
            "slope taken at the activation",
            "σ′(z) is a(1 − a), so a function that wants z is easily handed a, and the sigmoid is "
            "taken twice.",
            "f′(z)",
            "f′(a)",
            "pass",
            _needs_curve,
            change=wrong_formulas.slope_at_activation,
            of_slope=True,
        ),
        Mistake(
            "missing-derivative",
            "slope left out",
            "The error is passed on as it is, without how the unit reacts to its net input.",
            "δ = ∂E/∂a · f′(z)",
            "δ = ∂E/∂a",
            "pass",
            _needs_bend,
            change=wrong_formulas.without_slope,
            of_slope=True,
        ),
        Mistake(
            "wrong-sign",
            "sign of the gradient turned",
            "A minus is lost on the way, as where target minus output is taken for output minus "
            "target, and the update still subtracts.",
            "g = ∂E/∂w",
            "g = −∂E/∂w",
            "pass",
            _always,
            change=wrong_formulas.turned_sign,
        ),
        Mistake(
            "untransposed-weights",
            "weights not transposed",
            "W goes forward and Wᵀ back; where W is square the shapes do not object.",
            "∂E/∂a = Wᵀ δ_next",
            "∂E/∂a = W δ_next",
            "pass",
            _needs_square,
            change=wrong_formulas.untransposed,
        ),
        Mistake(
            "one-path-only",
            "one path only",
            "A hidden unit reaches the loss through every unit it feeds; by hand it is tempting to "
            "follow the first and stop.",
            "∂E/∂a = Σ_k w_k δ_k",
            "∂E/∂a = w_1 δ_1",
            "pass",
            _needs_paths,
            change=wrong_formulas.one_path,
        ),
        Mistake(
            "lost-factor-2",
            "factor 2 lost",
            "Many texts put ½ before the square so that the 2 cancels; without the ½ it stays.",
            "∂E/∂a = 2 (a − t)",
            "∂E/∂a = a − t",
            "pass",
            _needs_two,
            change=wrong_formulas.without_factor_2,
        ),
        Mistake(
            "first-sample-only",
            "first sample only",
            "The gradient of one sample is worked out and taken for that of the whole batch.",
            "g = Σ_s g_s, or their mean",
            "g = g_1",
            "batch",
            _needs_batch,
            counts_first_only=True,
        ),
        Mistake(
            "bias-left-out",
            "bias left out of z",
            "The weighted sum is written down and the bias forgotten, though its gradient is "
            "still worked out.",
            "z = Σ w a + b",
            "z = Σ w a",
            "pass",
            _needs_biases,
            change=wrong_formulas.without_bias,
        ),
        Mistake(
            "biases-forgotten",
            "biases never updated",
            "The loop over the weights applies their gradients; those of the biases are worked "
            "out and left lying.",
            "b ← b − η ∂E/∂b",
            "b ← b",
            "update",
            _needs_trained_biases,
            "The gradient is right; only its use is not.",
            skips_biases=True,
        ),
        Mistake(
            "forgotten-rate",
            "learning rate forgotten",
            "The gradient is subtracted as it is, as if the learning rate were 1.",
            "w ← w − η ∂E/∂w",
            "w ← w − ∂E/∂w",
            "update",
            _needs_rate,
            "The gradient is right; only the size of the step is not.",
            optimizer=lambda optimizer: optimizer.changed(learning_rate=1.0),
        ),
        Mistake(
            "same-start",
            "all weights start equal",
            "One number for all weights is quickly typed, but units that start equal get equal "
            "gradients and stay equal for good.",
            "weights that differ",
            "every weight = the first one",
            "start",
            _needs_weights,
            "The gradient is right for these weights; it is the same for all units of a layer.",
            start=wrong_formulas.with_equal_weights,
        ),
        Mistake(
            "accumulated-gradients",
            "gradients not cleared",
            "Frameworks add each new gradient to what is there; without clearing it, every "
            "iteration drags all earlier ones along.",
            "g = ∂E/∂w",
            "g = ∂E/∂w + g of the iteration before",
            "batch",
            _always,
            keeps_gradient=True,
        ),
    )
}


# The first of those that can be made in any run that is trained.
ALWAYS_POSSIBLE = next(key for key, mistake in MISTAKES.items() if mistake.why_not is _always)


def why_not(run: Run, key: str) -> str:
    """Why a mistake (a key of MISTAKES) cannot be made in this run; empty where it can."""
    return MISTAKES[key].why_not(run) if run.network.can_train else FORWARD_ONLY


def made_at_start(mistakes: tuple[str, ...]) -> frozenset[str]:
    """Those of some mistakes that are made before the first iteration."""
    return frozenset(key for key in mistakes if MISTAKES[key].where == "start")


def made_on_purpose(mistakes: tuple[str, ...]) -> str:
    """Which mistakes are made, to be put into a sentence; empty if none is."""
    titles = [f"“{MISTAKES[key].title}”" for key in mistakes]
    if not titles:
        return ""
    return f"with the mistake{'' if len(titles) == 1 else 's'} {listed(titles)}, made on purpose"
