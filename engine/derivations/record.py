"""The record of an iteration as symbols with their values: what derivations are written in."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from engine.derivations.parts import LONGEST_SUM, Row, Table, shown_rows, table_of
from engine.formulas.building import worked_terms
from engine.formulas.formula import (
    Derivative,
    Expr,
    Negative,
    Number,
    Product,
    Quotient,
    Rest,
    Sum,
    Symbol,
)
from engine.formulas.notation import (
    Name,
    Notation,
    Symbols,
    activation_setting_name,
    loss_setting_name,
    plain_name,
)
from engine.maths.activations import ACTIVATION_SETTINGS, Activation, Array
from engine.maths.losses import LOSSES
from engine.maths.network import Layer, Parameter
from engine.run.column_words import step_title
from engine.run.iteration import BatchPass, Iteration, SamplePass, sample_gradient
from engine.run.steps import StepId

# Multiply-adds up to which all samples of a batch are worked out again for one derivation: a few
# milliseconds. Beyond that the samples that are shown are, and the rest of the sum is the record's.
_BATCH_WORK = 4_000_000


class Batch:
    """Samples of an iteration's batch worked out: all of them or, if there are very many, those
    at the positions that are shown."""

    def __init__(self, iteration: Iteration, after: bool, here: int | None) -> None:
        spec, count = iteration.spec, len(iteration.rows)
        self.count = count
        self.here = here
        self.complete = count * spec.network.work_per_sample <= _BATCH_WORK
        self.shown = shown_rows(count, here)
        self.positions = list(range(count)) if self.complete else self.shown
        self.rows = iteration.rows[self.positions]
        self._iteration, self._after = iteration, after

    @cached_property
    def _values(self) -> BatchPass:
        return self._iteration.samples(self.rows, self._after)

    @property
    def a(self) -> tuple[Array, ...]:
        """Activations per layer, shape (samples, units)."""
        return self._values.a

    @property
    def delta(self) -> tuple[Array, ...]:
        """Deltas per layer, shape (samples, units)."""
        return self._values.delta

    @property
    def loss_terms(self) -> Array:
        """Loss per sample and output."""
        return self._values.loss_terms

    def sum(
        self, per_sample: Array, term: Callable[[int], Expr], general: Expr, total: float
    ) -> Sum:
        """The sum over the samples, written as Σ of a general term, shortened in numbers.

        `per_sample` has shape (samples,) and holds the terms' values, `term(k)` writes the k-th;
        `total` is the record's own sum, for a batch that is not worked out completely.
        """
        if self.count <= LONGEST_SUM:
            return Sum(tuple(term(k) for k in range(self.count)), general, "s")
        last = len(self.positions)
        first, end = [term(k) for k in range(3)], [term(k) for k in (last - 2, last - 1)]
        if self.complete:
            rest = float(per_sample[3:-2].sum())
        else:
            rest = total - sum(shown.value for shown in (*first, *end))
        return Sum((*first, Rest(rest), *end), general, "s")

    def table(self, heads: tuple[str | Expr, ...], columns: tuple[Array, ...]) -> Table:
        """A row per sample, shortened; each column has shape (samples,)."""
        index = {position: k for k, position in enumerate(self.positions)}
        rows = []
        for position in self.shown:
            k = index[position]
            values = tuple(float(column[k]) for column in columns)
            row = Row(str(int(self.rows[k]) + 1), values, position == self.here)
            rows.append((position, row))
        return table_of(("sample", *heads), rows, self.count)


class Unit:
    """A unit of the record, as the formulas of its activation and its loss speak of it."""

    def __init__(self, record: Record, layer: int, number: int) -> None:
        self.record, self.layer, self.number = record, layer, number

    @property
    def activation(self) -> Activation:
        """What it applies to its net input."""
        return self._layer.function

    def setting(self, key: str) -> Number | Symbol:
        """A setting of the activation: its symbol or, where it is as usual, the bare number."""
        value, usual = self._layer.settings[key], ACTIVATION_SETTINGS[key].default
        return Number(value) if value == usual else Symbol(activation_setting_name(key), value)

    @property
    def _layer(self) -> Layer:
        return self.record.network.layers[self.layer - 1]

    @property
    def z(self) -> Symbol:
        """The net input."""
        return self.record.net_input(self.layer, self.number)

    @property
    def a(self) -> Symbol:
        """The activation or, in a layer with dropout, f(z) before it."""
        return self.record.of_net_input(self.layer, self.number)

    @property
    def t(self) -> Symbol:
        """The target, of an output."""
        return self.record.target(self.number)


class Record:
    """An iteration seen from one sample (its row), under θ before the update or after it.

    With `own` a gradient is that of the sample's own loss, which the batch is made of.
    """

    def __init__(
        self,
        iteration: Iteration,
        row: int,
        notation: Notation,
        after: bool = False,
        own: bool = False,
    ) -> None:
        self.own = own
        self.iteration = iteration
        self.notation = notation
        self.spec = iteration.spec
        self.network = iteration.spec.network
        self.row = row
        self.theta = iteration.theta(after)
        self._after = after
        self.names = Symbols(self.network, notation)
        self.whole_batch = len(iteration.rows) > 1
        self.loss_name: Name = self.names.sample_loss(row) if self.whole_batch else self.names.loss

    @cached_property
    def sample(self) -> SamplePass:
        """What the pass of the sample comes to."""
        return self.iteration.sample(self.row, self._after)

    @cached_property
    def batch(self) -> Batch:
        """The batch, with the sample's place in it marked."""
        found = np.flatnonzero(self.iteration.rows == self.row)
        return Batch(self.iteration, self._after, int(found[0]) if len(found) else None)

    @property
    def sample_scope(self) -> str:
        """Which sample a value is of, where there are several."""
        count = len(self.spec.data)
        return f"sample {self.row + 1} of {count}" if count > 1 else ""

    @property
    def batch_scope(self) -> str:
        """What a value of the batch is of, where there are several samples."""
        count = len(self.iteration.rows)
        if count > 1:
            return f"{self.spec.reduction} over the batch of {count}"
        return f"batch of one: {self.sample_scope}" if self.sample_scope else ""

    @property
    def output_share(self) -> Quotient | None:
        """1/outputs, for the losses that are a mean over the outputs; None for 1 and for others."""
        is_mean = LOSSES[self.spec.loss].over_outputs
        outputs = self.network.sizes[-1]
        return Quotient(Number(1.0), Number(float(outputs))) if is_mean and outputs > 1 else None

    @property
    def loss_units(self) -> tuple[int, ...]:
        """The outputs, from 0, that have a term in the loss."""
        return self.spec.steps.loss_units

    def loss_setting(self, key: str) -> Symbol:
        """A setting of the loss, a key of LOSS_SETTINGS."""
        return Symbol(loss_setting_name(key), self.spec.loss_settings[key])

    def title(self, step: StepId) -> str:
        """A step in words, in this notation: "net input of h1"; of an output with its class."""
        return step_title(self.spec, step, self.notation)

    def unit(self, layer: int, number: int) -> Unit:
        """A unit of a layer; layers count from 1, units from 0."""
        return Unit(self, layer, number)

    def output_unit(self, number: int) -> Unit:
        """A unit of the output layer, from 0."""
        return Unit(self, self.network.depth, number)

    def net_input(self, layer: int, unit: int) -> Symbol:
        """z of a unit, for the sample."""
        return Symbol(self.names.net_input(layer, unit), float(self.sample.z[layer][unit]))

    def activation(self, layer: int, unit: int) -> Symbol:
        """a of a unit, for the sample; layer 0 are the inputs."""
        return Symbol(self.names.activation(layer, unit), float(self.sample.a[layer][unit]))

    def of_net_input(self, layer: int, unit: int) -> Symbol:
        """f(z) of a unit, for the sample: its activation, or f_h1 in a layer with dropout."""
        if not self.network.layers[layer - 1].dropout:
            return self.activation(layer, unit)
        value = float(self.sample.of_net_input(self.network, layer)[unit])
        return Symbol(self.names.of_net_input(layer, unit), value)

    def kept(self, layer: int, unit: int) -> Expr | None:
        """m / (1 − p), by which dropout multiplies what a unit sends; None in a layer without, and
        for a sample that no unit is dropped for."""
        share = self.network.layers[layer - 1].dropout
        if not share or self.spec.data.is_kept_out[self.row]:
            return None
        return Quotient(self.mask(layer, unit), Sum((Number(1.0), Negative(self.share(layer)))))

    def mask(self, layer: int, unit: int) -> Symbol:
        """m of a unit in a layer with dropout, for the sample: 0 if it is dropped, else 1."""
        is_kept = not self.sample.is_dropped(layer, unit)
        return Symbol(self.names.mask(layer, unit), float(is_kept))

    def share(self, layer: int) -> Symbol:
        """p of a layer with dropout: the share of its units that are dropped."""
        return Symbol(plain_name("p"), self.network.layers[layer - 1].dropout)

    def target(self, unit: int) -> Symbol:
        """t of an output, for the sample."""
        return Symbol(self.names.target(unit), float(self.sample.targets[unit]))

    def delta(self, layer: int, unit: int) -> Symbol:
        """δ of a unit, for the sample."""
        return Symbol(self.names.delta(layer, unit), float(self.sample.delta[layer][unit]))

    def loss_term(self, unit: int) -> Symbol:
        """E of an output, for the sample."""
        return Symbol(self.names.loss_term(unit), float(self.sample.loss_terms[unit]))

    def parameter(self, parameter: Parameter) -> Symbol:
        """A parameter in θ, before the update or after it as the record says."""
        value = float(self.theta[self.network.index(parameter)])
        return Symbol(self.names.parameter(parameter), value)

    def added(self, bias: Parameter) -> Expr:
        """What a bias adds to a net input: itself, or for a threshold its negative."""
        symbol = self.parameter(bias)
        is_threshold = self.network.layers[bias.layer - 1].has_thresholds
        return Negative(symbol) if is_threshold else symbol

    def gradient(self, parameter: Parameter) -> Derivative:
        """∂E/∂w of the batch."""
        value = float(self.iteration.gradient[self.network.index(parameter)])
        return Derivative(self.names.loss, self.names.parameter(parameter), value)

    @property
    def updated_gradient(self) -> Array:
        """The batch's gradient with zeros for what no update touches, shape (size,)."""
        mask = self.spec.updated
        return self.iteration.gradient if mask is None else self.iteration.gradient * mask

    def counts(self, parameter: Parameter) -> bool:
        """Whether a penalty counts a parameter."""
        mask = self.spec.penalised
        return mask is not None and bool(mask[self.network.index(parameter)])

    def own_gradient(self, parameter: Parameter) -> Derivative:
        """∂E/∂w of the sample's own loss."""
        value = float(sample_gradient(self.spec, self.sample)[self.network.index(parameter)])
        return Derivative(self.loss_name, self.names.parameter(parameter), value)

    def kept_gradient(self, parameter: Parameter) -> float:
        """The gradient that is left from the iteration before where it is not cleared, else 0."""
        if not self.spec.keeps_gradient:
            return 0.0
        return float(self.iteration.state.slots[-1][self.network.index(parameter)])

    def over_batch(
        self, per_sample: Array, term: Callable[[int], Expr], general: Expr, total: float
    ) -> tuple[Expr, Expr]:
        """A batch's sum or mean of its samples' terms, with the terms written out, and with each
        worked out.

        `per_sample`, `term` and `general` as in Batch.sum; `total` is the record's value.
        """
        if self.spec.reduction == "sum":
            formula = self.batch.sum(per_sample, term, general, total)
            return formula, worked_terms(formula)
        formula = self.batch.sum(per_sample, term, general, total * self.batch.count)
        return Product((self._share, formula)), Product((self._share, worked_terms(formula)))

    @property
    def _share(self) -> Expr:
        return Quotient(Number(1.0), Number(float(self.batch.count)))

    def of_whole_batch(self, general: Expr, total: float) -> Expr:
        """The sum or mean over the batch of a term whose sum is known, and not written out."""
        summed = Sum((Number(total),), general, "s")
        return summed if self.spec.reduction == "sum" else Product((self._share, summed))
