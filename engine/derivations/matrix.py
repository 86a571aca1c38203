"""A layer's steps in matrix form: z = W a + b, δ = (Wᵀ δ) ∘ f′(z), ∂E/∂W = δ aᵀ, W ← W − η ∂E/∂W.

Vectors stand as columns, numbered by their layer as in z_1; layer 0 are the inputs.

Source: C. Bishop, Pattern Recognition and Machine Learning, Springer 2006, section 5.3.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.derivations.parts import Derivation, Factor
from engine.derivations.record import Record
from engine.derivations.written.losses import WRITTEN_LOSSES, Short
from engine.derivations.written.optimizers import WRITTEN_OPTIMIZERS, WrittenUpdate
from engine.derivations.written.penalties import slope_matrices
from engine.formulas.formula import BECOMES, Expr, Line, Number, Quotient, Symbol
from engine.formulas.matrices import (
    Applied,
    ArrayExpr,
    Gradient,
    LeftOut,
    Matrix,
    SampleTotal,
    WhatIsThere,
    WorkedMatrix,
    by_entry,
    equals,
    in_brackets,
    minus,
    over,
    plus,
    scaled,
    times,
)
from engine.formulas.notation import DEFAULT, Name, Notation, activation_setting_name, slot_name
from engine.formulas.writers import Prose
from engine.maths.activations import Array
from engine.maths.network import Layer, Parameter
from engine.maths.optimizers import RULES
from engine.run.iteration import Iteration
from engine.run.spec import Spec
from engine.run.steps import StepGroup, StepId

# Of a batch with more samples the first two and the last are written out.
_MOST_SAMPLES = 3


def has_matrix_form(spec: Spec, step: StepId) -> bool:
    """Whether a step is part of a layer's forward, backward or update step, and no mistake is made
    in any: the matrix form has the right formulas only. Inputs, layer 0, have none of these."""
    is_right = all(mistake.where == "start" for mistake in spec.made)
    return is_right and step.layer != 0 and step.phase in ("forward", "backward", "update")


def layer_group(iteration: Iteration, step: StepId) -> StepGroup:
    """All steps of the layer and phase of a step."""
    steps = iteration.spec.steps
    return steps.group_of(steps.index_of(step))


def derive_layer(
    iteration: Iteration, step: StepId, row: int, notation: Notation = DEFAULT
) -> Derivation:
    """A layer's whole step in matrix form, for a step that `has_matrix_form`.

    Its Matrix entries carry their numbers in `values`, shape (rows, columns). `row` is the sample
    shown, as in engine.derivations.derive.derive.
    """
    group = layer_group(iteration, step)
    if step.phase != "forward" and row not in iteration.rows:
        row = int(iteration.rows[0])
    layer = _Layer(Record(iteration, row, notation), step.layer or 0)
    last = iteration.spec.steps.id_at(group.stop - 1)
    with np.errstate(all="ignore"):
        return {"forward": layer.forward, "backward": layer.backward, "update": layer.update}[
            step.phase
        ](last)


def _less(gradient: Array, added: tuple[ArrayExpr, ...]) -> Array:
    """A gradient without what penalties add to it."""
    return np.asarray(gradient - sum(term.values for term in added))


def _column(values: Array) -> Array:
    return values.reshape(-1, 1)


class _Layer:
    """The arrays of one layer as matrices with their symbols."""

    def __init__(self, record: Record, layer: int) -> None:
        self.record, self.layer = record, layer
        self.network = record.network
        self.activation = self.network.layers[layer - 1].function

    # Symbols

    def _name(self, letter: str, layer: int, above: str = "") -> Name:
        raised = f"^{above}" if above else ""
        return Name(f"{letter}_{layer}{raised}", letter, str(layer), above)

    def _z(self, layer: int) -> Matrix:
        letter = self.record.notation.net_input
        return Matrix(self._name(letter, layer), _column(self.record.sample.z[layer]))

    def _letter(self, layer: int) -> str:
        notation = self.record.notation
        return notation.activation if layer == self.network.depth else notation.hidden

    def _a(self, layer: int) -> Matrix:
        values = _column(self.record.sample.a[layer])
        return Matrix(self._name(self._letter(layer), layer), values)

    def _delta(self, layer: int) -> Matrix:
        return Matrix(self._name("δ", layer), _column(self.record.sample.delta[layer]))

    def _weights(self, theta: Array, layer: int, transposed: bool = False) -> Matrix:
        values, gone = self.network.weights(theta, layer), self._gone(layer)
        if transposed:
            gone = None if gone is None else gone.T
            return Matrix(self._name("W", layer, "T"), values.T, gone=gone)
        return Matrix(self._name("W", layer), values, gone=gone)

    def _gone(self, layer: int) -> Array | None:
        """Where edges into a layer are cut, shape (n_out, n_in); None where none is."""
        if self.network.layers[layer - 1].cut is None:
            return None
        return self.network.weights(self.network.cut, layer)

    def _cut_notes(self, *layers: int) -> tuple[Prose, ...]:
        """What a point in the matrices of some layers is."""
        if all(self._gone(layer) is None for layer in layers):
            return ()
        return (("A point stands for an edge that is cut: it counts as 0.",),)

    def _title(self, what: str) -> str:
        depth = self.network.depth
        if self.layer == depth:
            return f"{what} of the output layer"
        return f"{what} of the hidden layer" if depth == 2 else f"{what} of layer {self.layer}"

    # Forward

    def forward(self, step: StepId) -> Derivation:
        layer, theta = self.layer, self.record.theta
        weighted: ArrayExpr = times(self._weights(theta, layer), self._a(layer - 1))
        shared = self.network.layers[layer - 1].bias == "shared"
        biases = self.network.biases_per_unit(theta, layer)
        if biases is not None:
            join = minus if self._rule.has_thresholds else plus
            b = Matrix(self._name(self._rule.bias_letter, layer), _column(biases))
            weighted = join(weighted, b)
        z, a = self._z(layer), self._a(layer)
        of_z = _column(self.record.sample.of_net_input(self.network, layer))
        f: ArrayExpr = Applied("f", z, of_z)
        mask = self._mask()
        if mask is not None:
            f = by_entry(mask, f)
        same: tuple[Prose, ...] = ((f"The layer shares one {self._rule.bias_word}: every entry of "
                                    f"{self._rule.bias_letter} is the same.",),)
        return Derivation(
            step,
            self._title("forward step"),
            equals(z, weighted),
            a,
            self._used_next_forward(),
            factors=(
                Factor((f"the net inputs: weights times activations, {self._and_biases}",),
                       equals(z, weighted)),
                Factor(("the activations: f is ", *self._function, f", {self._reach}"),
                       equals(a, f)),
                *self._mask_factors(mask),
            ),
            notes=(*(same if shared else ()), *self._cut_notes(layer)),
            scope=self.record.sample_scope,
        )  # fmt: skip

    def _mask(self) -> Matrix | None:
        """The mask of dropout, as a column; None in a layer without."""
        masks = self.record.sample.masks
        if masks is None or self.layer not in masks:
            return None
        return Matrix(self._name("k", self.layer), _column(masks[self.layer]))

    def _mask_factors(self, mask: Matrix | None) -> tuple[Factor, ...]:
        if mask is None:
            return ()
        meaning: Prose = (
            "the mask: 0 for a unit that is dropped in this iteration, 1/(1 − p) for the others; ",
            self.record.share(self.layer).with_value(),
        )
        return (Factor(meaning, mask.with_value()),)

    @property
    def _function(self) -> Prose:
        """The activation with what is set of it: ELU with α = 0.5."""
        settings = self.network.layers[self.layer - 1].changed_settings
        prose: Prose = (self.activation.title,)
        for key, value in settings.items():
            symbol = Symbol(activation_setting_name(key), value)
            prose = (*prose, " with ", symbol.with_value())
        return prose

    @property
    def _rule(self) -> Layer:
        return self.network.layers[self.layer - 1]

    @property
    def _biases(self) -> str:
        return "thresholds" if self._rule.has_thresholds else "biases"

    @property
    def _and_biases(self) -> str:
        return "minus thresholds" if self._rule.has_thresholds else "plus biases"

    @property
    def _reach(self) -> str:
        return "entry by entry" if self.activation.elementwise else "over the whole layer"

    def _used_next_forward(self) -> Prose:
        if self.layer == self.network.depth:
            return ("used next in the losses of the outputs",)
        return ("used next in ", Line(self._z(self.layer + 1)))

    # Backward

    def backward(self, step: StepId) -> Derivation:
        delta = self._delta(self.layer)
        formula, factors, notes = self._delta_formula()
        deltas = Factor(("the deltas",), equals(delta, formula))
        gradient, symbol = self._weight_gradient()
        factors = (*factors, deltas, Factor(("the gradients of the weights",), gradient))
        bias = self._bias_gradient()
        if bias is not None:
            factors = (*factors, Factor((f"the gradients of the {self._biases}",), bias))
        before = self.layer - 1
        next_delta: Prose = (", then in ", Line(self._delta(before))) if before else ()
        return Derivation(
            step,
            self._title("backward step"),
            equals(delta, formula),
            symbol,
            ("used next in the update of ", Line(self._weights(self.record.theta, self.layer)),
             *next_delta),
            factors=factors,
            notes=(*notes, *self._cut_notes(*range(self.layer, self.network.depth + 1)[:2])),
            scope=" · ".join(filter(None, (self._delta_scope, self.record.batch_scope))),
        )  # fmt: skip

    @property
    def _delta_scope(self) -> str:
        return f"δ: {self.record.sample_scope}" if self.record.whole_batch else ""

    def _delta_formula(self) -> tuple[ArrayExpr, tuple[Factor, ...], tuple[Prose, ...]]:
        record, layer = self.record, self.layer
        z = self._z(layer)
        depth, loss = self.network.depth, record.spec.loss_function
        short = WRITTEN_LOSSES[loss.key].short
        if layer == depth and short is not None:
            return self._short_delta(short)
        slope = self.activation.slope
        if slope is None:
            return self._joint_delta()
        of_z = _column(record.sample.of_net_input(self.network, layer))
        slopes = Applied("f′", z, slope(z.values, of_z))
        matrix = Matrix(Name("f′", "f′"), slopes.values)
        factor = Factor(
            ("the slopes of the activation, ", *self._function),
            Line(slopes, (), (matrix,)),
        )
        shown: ArrayExpr = WorkedMatrix(slopes)
        if layer < depth:
            sent = times(self._weights(record.theta, layer + 1, True), self._delta(layer + 1))
            mask = self._mask()
            if mask is not None:
                shown = by_entry(mask, shown)
            return by_entry(in_brackets(sent), shown), (factor, *self._mask_factors(mask)), ()
        by_output, first = self._loss_slopes()
        return by_entry(by_output, shown), (first, factor), ()

    def _loss_slopes(self) -> tuple[Gradient, Factor]:
        """∂E/∂a of the output layer, and what it is."""
        record, depth, loss = self.record, self.network.depth, self.record.spec.loss_function
        error = loss.slope(record.sample.a[-1], record.sample.targets)
        output = self._name(self._letter(depth), depth)
        by_output = Gradient(output, _column(error), record.loss_name)
        slope = record.notation.formula(loss.derivative)
        words = (f"the slopes of the loss, {slope}",)
        return by_output, Factor(words, by_output.with_value())

    def _joint_delta(self) -> tuple[ArrayExpr, tuple[Factor, ...], tuple[Prose, ...]]:
        """δ = Jᵀ ∂E/∂a, J being the Jacobian of softmax."""
        a, (by_output, first) = self.record.sample.a[-1], self._loss_slopes()
        jacobian = Matrix(self._name("J", self.layer), np.diag(a) - np.outer(a, a))
        transposed = Matrix(self._name("J", self.layer, "T"), jacobian.values.T)
        meaning: Prose = (
            "the Jacobian of softmax: a (1 − a) on the diagonal, minus the product of two outputs "
            "elsewhere",
        )
        second = Factor(meaning, jacobian.with_value())
        return times(transposed, by_output), (first, second), ()

    def _short_delta(
        self, short: Short
    ) -> tuple[ArrayExpr, tuple[Factor, ...], tuple[Prose, ...]]:
        sample, depth = self.record.sample, self.network.depth
        t = Matrix(self._name(self.record.notation.target, depth), _column(sample.targets))
        a: ArrayExpr = self._a(depth)
        whole = float(sample.targets.sum())
        if short.of_total and whole != 1.0:
            a = scaled(Symbol(Name("Σ t", "Σt"), whole), a)
        formula: ArrayExpr = minus(a, t)
        share = self.record.output_share
        if share is not None:
            formula = scaled(share, in_brackets(formula))
        pair = f"{self.activation.title} and its cross-entropy"
        note = f"With {pair} the deltas are outputs minus targets."
        return formula, (), ((note,),)

    def _samples(self) -> list[int]:
        """Positions in the batch's record of the samples that are written out."""
        positions = list(range(len(self.record.batch.positions)))
        if self.record.batch.count <= _MOST_SAMPLES:
            return positions
        return [0, 1, positions[-1]]

    def _over_batch(
        self, term: Callable[[Matrix, Matrix], ArrayExpr], gradient: Array
    ) -> ArrayExpr:
        """The sum or mean over the batch of a term of δ and aᵀ; `gradient` is the record's."""
        record, layer = self.record, self.layer

        def of_sample(deltas: Array, inputs: Array, mark: str = "") -> ArrayExpr:
            return term(
                Matrix(self._name("δ", layer, mark), _column(deltas)),
                Matrix(self._name(self._letter(layer - 1), layer - 1, f"{mark}T"),
                       inputs.reshape(1, -1)),
            )  # fmt: skip

        if not record.whole_batch:
            return of_sample(record.sample.delta[layer], record.sample.a[layer - 1])
        batch = record.batch
        deltas, inputs = batch.delta[layer], batch.a[layer - 1]
        shown: list[ArrayExpr] = [of_sample(deltas[k], inputs[k]) for k in self._samples()]
        mean = record.spec.reduction == "mean"
        summed = gradient * batch.count if mean else gradient
        if batch.complete:
            summed = sum(
                (of_sample(deltas[k], inputs[k]).values for k in range(batch.count)),
                np.zeros_like(gradient),
            )
        if batch.count > _MOST_SAMPLES:
            shown.insert(2, LeftOut(summed - sum(part.values for part in shown)))
        over_samples = SampleTotal(shown, of_sample(deltas[0], inputs[0], "(s)"), summed)
        if not mean:
            return over_samples
        share = Quotient(Number(1.0), Number(float(batch.count)))
        return scaled(share, in_brackets(over_samples, in_symbols=False))

    def _gradient_of(self, letter: str, values: Array, gone: Array | None = None) -> Gradient:
        name = self._name(letter, self.layer)
        return Gradient(name, values, self.record.names.loss, gone=gone)

    def _weight_gradient(self) -> tuple[Line, Gradient]:
        W = self._weights(self.record.theta, self.layer)
        added = self._penalties(W, next(self.network.parameters_of(self.layer), None))
        known = self.network.weights(self.record.iteration.gradient, self.layer)
        formula, gone = self._over_batch(times, _less(known, added)), self._gone(self.layer)
        formula = self._with(added, formula)
        if gone is not None:
            formula = WhatIsThere(formula, gone)
        left = self._gradient_of("W", formula.values, gone)
        return equals(left, formula), left

    def _bias_gradient(self) -> Line | None:
        known = self.network.biases(self.record.iteration.gradient, self.layer)
        own = self.network.biases(self.record.theta, self.layer)
        if known is None or own is None:
            return None
        letter = self._rule.bias_letter
        b = Matrix(self._name(letter, self.layer), _column(own))
        shared = self.network.layers[self.layer - 1].bias == "shared"
        added = self._penalties(b, Parameter(self.layer, None if shared else 0, None))
        known = _less(_column(known), added)

        def signed(term: ArrayExpr) -> ArrayExpr:
            return scaled(Number(-1.0), term) if self._rule.has_thresholds else term

        if shared:
            ones = Matrix(Name("1^T", "1", above="T"), np.ones((1, self.network.sizes[self.layer])))
            formula = self._over_batch(lambda delta, _: signed(times(ones, delta)), known)
        else:
            formula = self._over_batch(lambda delta, _: signed(delta), known)
        formula = self._with(added, formula)
        return equals(self._gradient_of(letter, formula.values), formula)

    def _penalties(self, of: ArrayExpr, one: Parameter | None) -> tuple[ArrayExpr, ...]:
        """What penalties add to a gradient, where they count one of its parameters."""
        if one is None or not self.record.counts(one):
            return ()
        return slope_matrices(self.record, of)

    def _with(self, added: tuple[ArrayExpr, ...], formula: ArrayExpr) -> ArrayExpr:
        for term in added:
            formula = plus(formula, term)
        return formula

    # Update

    def update(self, step: StepId) -> Derivation:
        record, network, layer = self.record, self.network, self.layer
        iteration = record.iteration
        gradient, slots = iteration.gradient, iteration.state.slots
        parts: list[tuple[str, Callable[[Array], Array]]] = [
            ("W", lambda vector: network.weights(vector, layer))
        ]
        if network.biases(gradient, layer) is not None and network.layers[layer - 1].bias_trained:
            parts.append((self._rule.bias_letter, self._trained_biases))
        factors: list[Factor] = []
        lines: list[Line] = []
        for letter, of in parts:
            gone = self._gone(layer) if letter == "W" else None
            before = Matrix(self._name(letter, layer), of(record.theta), gone=gone)
            g: ArrayExpr = self._gradient_of(letter, of(gradient), gone)
            frozen = of(network.frozen)
            mask = Matrix(self._name("M", layer, f"({letter})"), 1.0 - frozen, gone=gone)
            if frozen.any():
                words = "1 for what is trained, 0 for what is frozen and stays"
                factors.append(Factor((words,), mask.with_value()))
                g = by_entry(mask, g)
            update = _Matrices(record, before, g, tuple(of(slot) for slot in slots))
            update.begin(record.spec, layer, record.updated_gradient)
            taken = WRITTEN_OPTIMIZERS[update.optimizer.key].step(update)
            if RULES[update.optimizer.key].decays:  # a sum, all of which is taken off
                taken = in_brackets(taken)
                taken = by_entry(mask, taken) if frozen.any() else taken
            formula = minus(before, taken)
            line = equals(before, formula, BECOMES)
            what = "weights" if letter == "W" else self._biases
            if lines:  # numbers are those of the weights once more
                new = [each for each in update.factors if not isinstance(each.line.left, Symbol)]
            else:
                new = update.factors
            factors += [*new, Factor((f"the {what} after the update",), line)]
            lines.append(line)
        first = lines[0]
        return Derivation(
            step,
            self._title("update"),
            first,
            first.numbers[-1],
            (f"used next in iteration {iteration.next_state.t + 1}",),
            factors=tuple(factors),
            notes=self._cut_notes(layer),
            scope=record.batch_scope,
        )

    def _trained_biases(self, vector: Array) -> Array:
        biases = self.network.biases(vector, self.layer)
        assert biases is not None
        return _column(biases)


class _Matrices(WrittenUpdate[ArrayExpr]):
    """The update of the weights or biases of a layer."""

    def __init__(
        self,
        record: Record,
        parameters: ArrayExpr,
        gradient: ArrayExpr,
        slots: tuple[Array, ...],
    ) -> None:
        optimizer = record.spec.optimizer
        before: dict[str, ArrayExpr] = {
            slot: Matrix(slot_name(slot, before=True), values)
            for slot, values in zip(RULES[optimizer.key].slots, slots, strict=False)
        }
        super().__init__(
            optimizer, record.iteration.next_state.t, parameters, gradient, before
        )

    def named(self, name: Name, formula: ArrayExpr) -> Matrix:
        return Matrix(name, formula.values)

    def explain(self, meaning: Prose, symbol: ArrayExpr, formula: ArrayExpr) -> None:
        assert isinstance(symbol, Matrix)
        self.factors.append(Factor(meaning, equals(symbol, formula)))

    def number(self, name: Name, formula: Expr, *meaning: str | Line) -> Symbol:
        return Symbol(name, formula.value)

    def times(self, number: Expr, term: ArrayExpr) -> ArrayExpr:
        return scaled(number, term)

    def plus(self, first: ArrayExpr, second: ArrayExpr) -> ArrayExpr:
        return plus(first, second)

    def square(self, term: ArrayExpr) -> ArrayExpr:
        return WorkedMatrix(by_entry(term, term))

    def cut(self, term: ArrayExpr, limit: Expr) -> ArrayExpr:
        return Applied("clip", term, np.clip(term.values, -limit.value, limit.value))

    def root(self, term: ArrayExpr, more: Expr) -> ArrayExpr:
        return WorkedMatrix(Applied("√", term, np.sqrt(term.values) + more.value, plus=more))

    def divided(self, term: ArrayExpr, number: Expr) -> ArrayExpr:
        return scaled(Quotient(Number(1.0), number), term)

    def over(self, first: ArrayExpr, second: ArrayExpr) -> ArrayExpr:
        return over(first, second)
