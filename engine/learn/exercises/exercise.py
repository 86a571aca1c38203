"""Exercises to be worked by hand: networks with tidy numbers, made from a seed.

An exercise is one iteration of gradient descent on one sample. Its numbers are drawn again and
again until the iteration is one that people can agree on: no value of any step, worked in full or
rounded on the way, lies near the middle between two numbers of the decimals it is worked with, no
unit is saturated or dead, and gradients do not vanish in rounding.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, replace

from engine.documents.document import Document
from engine.documents.own_keys import OwnKey
from engine.documents.titles import shape
from engine.maths.activations import ACTIVATIONS, Array, hidden_activations
from engine.maths.losses import LOSSES
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.iteration import Iteration, batch_gradient, batch_pass, iterate
from engine.run.paper import on_paper, rounded
from engine.run.spec import Data, Spec, start_state
from engine.text.numbers import LARGEST
from engine.text.wording import listed

DECIMALS = (3, 4, 5, 6)
MAX_LAYERS, MAX_UNITS = 4, 6
KEY = "x-exercise"

# A value keeps this part of a unit of its last digit away from where rounding turns over; with
# many steps less is asked of each, or no numbers at all would be found.
_MARGIN = 0.02
_MARGIN_OF_ALL = 3.0
# Products of rounded numbers may lie just at that margin, and by how they are multiplied a bit to
# either side of it.
_HAIR = 1e-6
_ATTEMPTS = 10_000
# Half of an odd last digit, or a tenth of a 5, would always round half-way; a fifth never does.
_RATE = 0.2
_KINK = 0.05  # how far a net input, or an error, stays from where the slope jumps


class ExerciseError(ValueError):
    """An exercise that cannot be made, as a sentence."""


class Exercise(Struct, frozen=True):
    """What an exercise is made from: units per layer (inputs first), the hidden units'
    activation (the output has it too where the loss allows), loss, the decimals that steps are
    rounded to, and the seed, which is the number of the variant."""

    sizes: tuple[int, ...] = (2, 2, 1)
    activation: str = "sigmoid"
    loss: str = "half_squared_error"
    decimals: int = 4
    seed: int = 1

    @property
    def name(self) -> str:
        """exercise-2-2-1-sigmoid-half-squared-error-7: for files of it."""
        words = f"exercise-{self._shape}-{self.activation}-{self.loss}-{self.seed}"
        return words.replace("_", "-")

    @property
    def title(self) -> str:
        """Exercise 2-2-1, variant 7."""
        return f"Exercise {self._shape}, variant {self.seed}"

    @property
    def _shape(self) -> str:
        return shape(self.sizes)

    @property
    def output_activation(self) -> str:
        """The chosen one where the loss allows it, else the one that belongs to the loss."""
        allowed = LOSSES[self.loss].activations
        return self.activation if self.activation in allowed else allowed[0]

    def next_variant(self) -> Exercise:
        """The same with other numbers."""
        return replace(self, seed=self.seed + 1)


def activations_by_hand() -> tuple[str, ...]:
    """Keys of the activations that an exercise may be chosen to have."""
    return tuple(key for key in hidden_activations() if ACTIVATIONS[key].learns)


def check_exercise(exercise: Exercise) -> None:
    """Raise ExerciseError for the first thing that makes an exercise impossible."""
    sizes = exercise.sizes
    if not 2 <= len(sizes) <= MAX_LAYERS or not all(1 <= size <= MAX_UNITS for size in sizes):
        raise ExerciseError(
            f"By hand a network has inputs, outputs and at most {MAX_LAYERS - 2} hidden layers, "
            f"of 1 to {MAX_UNITS} units each."
        )
    for what, key, known in (
        ("activation", exercise.activation, activations_by_hand()),
        ("loss", exercise.loss, tuple(LOSSES)),
    ):
        if key not in known:
            raise ExerciseError(f'There is no {what} "{key}" for exercises, only {listed(known)}.')
    if exercise.decimals not in DECIMALS:
        raise ExerciseError(f"An exercise is worked with {DECIMALS[0]} to {DECIMALS[-1]} decimals.")
    if not 0 <= exercise.seed < LARGEST:
        raise ExerciseError("The number of a variant is a whole number from 0, below 1e12.")
    if not ACTIVATIONS[exercise.output_activation].elementwise and sizes[-1] == 1:
        raise ExerciseError(
            f"{LOSSES[exercise.loss].title.capitalize()} needs two outputs or more."
        )


def exercise_of(document: Document) -> Exercise | None:
    """What a document's exercise was made from; None if it is none, or says so unreadably."""
    for own in document.own_keys:
        if own.key == KEY and own.path == ():
            try:
                exercise = Exercise(**{**own.value, "sizes": tuple(own.value["sizes"])})
                check_exercise(exercise)
            except (TypeError, KeyError, ValueError):
                return None
            return exercise
    return None


def make_exercise(exercise: Exercise) -> Document:
    """The document of an exercise; the same one each time. Raises ExerciseError."""
    check_exercise(exercise)
    generator = np.random.default_rng(exercise.seed)
    blank = _without_numbers(exercise)
    for _ in range(_ATTEMPTS):
        spec, theta = _with_numbers(blank, generator)
        if not _is_instructive(spec, theta, exercise.decimals):
            continue
        if is_unambiguous(iterate(spec, start_state(spec, theta)), exercise.decimals):
            own = OwnKey((), KEY, {**asdict(exercise), "sizes": list(exercise.sizes)})
            return Document(
                spec, theta, title=exercise.title, note=_note(exercise), own_keys=(own,)
            )
    raise ExerciseError(
        "No tidy numbers were found for this network; more decimals or fewer units make it easier."
    )


def steps_of(exercise: Exercise) -> int:
    """How many values there are to work out."""
    return len(_without_numbers(exercise).steps)


def _note(exercise: Exercise) -> str:
    return (
        "An exercise to be worked by hand: one forward pass, the loss, one backward pass and one "
        f"update. Round every value to {exercise.decimals} digits after the point and carry it on "
        "so (View ▸ Paper mode shows the same). The numbers are chosen so that nothing rounds "
        "half-way.\n\nLearn ▸ Next variant of the exercise makes another one of the same kind."
    )


def _without_numbers(exercise: Exercise) -> Spec:
    """The Spec, all its data zero. Parameters are numbered from the inputs on, unit by unit."""
    names = default_unit_names(exercise.sizes)
    layers = []
    weights, biases = itertools.count(1), itertools.count(1)
    for number, units in enumerate(names[1:], start=1):
        is_output = number == len(names) - 1
        layers.append(
            Layer(
                units,
                exercise.output_activation if is_output else exercise.activation,
                weight_names=tuple(
                    tuple(f"w{next(weights)}" for _ in names[number - 1]) for _ in units
                ),
                bias_names=tuple(f"b{next(biases)}" for _ in units),
            )
        )
    outputs = names[-1]
    target_names = ("t",) if len(outputs) == 1 else tuple(f"t {name}" for name in outputs)
    return Spec(
        Network(names[0], tuple(layers)),
        exercise.loss,
        LOSSES[exercise.loss].reduction or "sum",
        Optimizer().changed(learning_rate=_RATE),
        Data(np.zeros((1, len(names[0]))), np.zeros((1, len(outputs))), target_names),
        initializer="uniform_pm_1",
        seed=exercise.seed,
    )


def _with_numbers(spec: Spec, generator: np.random.Generator) -> tuple[Spec, Array]:
    """Numbers of one or two decimals, whether or not they are any good."""
    network, weights, biases = spec.network, [], []
    for number, layer in enumerate(network.layers, start=1):
        n_out, n_in = network.sizes[number], network.sizes[number - 1]
        # A unit that is to be alive above 0 needs more positive weights than negative ones.
        negative = 0.15 if layer.function.flat_below == 0.0 else 0.4
        weights.append(_tidy(generator, n_out * n_in, negative).reshape(n_out, n_in))
        biases.append(_tidy(generator, n_out, negative))
    inputs, targets = _tidy(generator, network.sizes[0], 0.0), _targets(spec, generator)
    data = replace(spec.data, inputs=inputs, targets=targets)
    return replace(spec, data=data), network.theta(weights, list(biases))


def _tidy(generator: np.random.Generator, count: int, negative: float) -> Array:
    """Numbers of one or two decimals from 0.1 to 0.9, a share of them negative; no two are equal
    in size where there are enough to choose from."""
    sizes = np.arange(2, 19) * 5  # hundredths
    drawn = generator.choice(sizes, count, replace=count > len(sizes))
    signs = np.where(generator.random(count) < negative, -1, 1)
    return np.asarray(drawn * signs / 100.0)


def _targets(spec: Spec, generator: np.random.Generator) -> Array:
    """Targets that suit the output: classes for a cross-entropy, else numbers it can reach."""
    count, activation = spec.network.sizes[-1], spec.network.layers[-1].function
    if not activation.elementwise:
        return np.asarray(np.arange(count) == generator.integers(count), dtype=np.float64)
    if (classes := LOSSES[spec.loss].classes) is not None:
        return generator.choice(classes, count)
    if LOSSES[spec.loss].target_range == (0.0, 1.0):
        return generator.integers(0, 2, count).astype(np.float64)
    if activation.range == (0.0, 1.0):
        return np.asarray(generator.integers(1, 20, count) * 5 / 100.0)
    low = -9 if activation.range == (-1.0, 1.0) else 1
    return np.asarray(generator.integers(low, 10, count) / 10.0)


def _is_instructive(spec: Spec, theta: Array, decimals: int) -> bool:
    """Whether every unit takes part, and what is sent back can be seen in the decimals."""
    rows = np.array([0])
    values = batch_pass(spec, theta, rows)
    for number, layer in enumerate(spec.network.layers, start=1):
        z, activation = values.z[number], layer.function
        if np.abs(z).max() > activation.saturates:
            return False
        if z.min() < activation.flat_below or z.max() > activation.flat_above:
            return False
        if any(np.abs(z - kink).min() < _KINK for kink in activation.kinks):
            return False
    bend = spec.loss_function.bend
    if bend is not None and np.abs(bend(values.a[-1], spec.scaled.targets)).min() < _KINK:
        return False
    _, gradient, _ = batch_gradient(spec, start_state(spec, theta), rows)
    # Nearly all of the gradient is to be more than nothing in the decimals it is worked with, but
    # for what leads to outputs that the loss does not read.
    sizes = np.abs(gradient)
    if LOSSES[spec.loss].one_output:
        sizes = sizes[gradient != 0.0]
    return bool(sizes.max() >= 0.01 and np.quantile(sizes, 0.2) >= 10.0**-decimals)


def is_unambiguous(iteration: Iteration, decimals: int) -> bool:
    """Whether no value of an iteration lies near the middle between two numbers with so many
    digits after the point, neither in full precision nor with every step rounded."""
    margin = margin_of(iteration.spec) + _HAIR

    def are_clear(values: Iterable[Array]) -> bool:
        return all((from_the_middle(each, decimals) >= margin).all() for each in values)

    return are_clear(_in_full(iteration)) and are_clear(before_rounding(iteration, decimals))


def _in_full(iteration: Iteration) -> Iterator[Array]:
    """What each step comes to in full precision."""
    spec, after = iteration.spec, iteration.next_state.theta
    values = batch_pass(spec, iteration.state.theta, iteration.rows)
    yield from (*values.z[1:], *values.a[1:], *values.delta[1:], values.loss_terms)
    yield from (iteration.gradient, after, np.array([iteration.loss, iteration.loss_after]))
    yield batch_pass(spec, after, iteration.rows).loss_terms


def margin_of(spec: Spec) -> float:
    """How far from the middle between two numbers each value stays, in units of the last digit."""
    return min(_MARGIN, _MARGIN_OF_ALL / (2 * len(spec.steps)))


def from_the_middle(values: Array, decimals: int) -> Array:
    """How far each value is from where its rounding turns over, in units of the last digit."""
    return np.asarray(np.abs(np.abs(values) * 10.0**decimals % 1.0 - 0.5))


def before_rounding(iteration: Iteration, decimals: int) -> list[Array]:
    """What each step comes to by hand, from rounded values, before it is rounded itself."""
    worked: list[Array] = []

    def carried(kind: str, layer: int | None, values: Array) -> Array:
        worked.append(values)
        return rounded(values, decimals)

    spec, state = on_paper(iteration.spec, iteration.state, decimals)
    iterate(replace(spec, carried=carried), state)
    return worked
