"""What a worked solution starts from: everything that is known before the first step."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.derivations.record import Record
from engine.derivations.written.penalties import strength_of
from engine.derivations.written.schedules import WRITTEN_SCHEDULES, Written
from engine.export.solution import Cell, Figure, Grid, Section, Words, Working
from engine.formulas.formula import Expr, Line, Symbol
from engine.formulas.notation import (
    Notation,
    activation_setting_name,
    plain_name,
    setting_name,
    slot_name,
)
from engine.formulas.writers import Prose, TextWriter
from engine.maths.activations import Array
from engine.maths.clipping import CLIPPINGS
from engine.maths.losses import LOSS_SETTINGS, LOSSES
from engine.maths.network import Parameter
from engine.maths.optimizers import RULES, SETTINGS
from engine.maths.schedules import SCHEDULES
from engine.run.column_words import class_of, in_words
from engine.run.iteration import Iteration, dropped_units
from engine.run.paper import PaperIteration
from engine.run.spec import KEPT_GRADIENT, Spec
from engine.run.step_values import MAX_TRACED_SAMPLES
from engine.text.numbers import format_count, machine_number

_FEW = 8  # units of a layer that are named one by one
_PARAGRAPH = 40  # parameters in one paragraph
_TABLE_WIDTH = 78  # characters of a table that fit a page


def given(iteration: Iteration, digits: int | None, notation: Notation) -> Section:
    """The network, the loss, the optimizer, the samples and all parameters before the update."""
    spec, network = iteration.spec, iteration.spec.network
    # What is worked out on paper was scaled before.
    whole = iteration.exact.spec if isinstance(iteration, PaperIteration) else spec
    record = Record(iteration, int(iteration.rows[0]), notation)
    blocks: list[Words | Grid | Working] = [
        Words((f"Inputs: {units_in_words(network.inputs)}.", *_layers(iteration)), digits),
        *(Words((sentence,)) for sentence in _columns(whole, digits)),
        Words(_loss(iteration, record), digits),
        *([Words(_penalty(iteration), digits)] if spec.penalty.parts else []),
        *([Words(_optimizer(iteration), digits)] if spec.can_train else []),
        *_samples(iteration, record, digits),
        *_dropped(iteration),
    ]
    blocks += _parameters(record, digits)
    if iteration.state.slots:
        blocks += _slots(record, digits)
    if isinstance(iteration, PaperIteration):
        places = f"{iteration.decimals} digits after the point"
        blocks.append(Words((f"Each value is rounded to {places} and carried on so.",)))
    elif digits is not None:
        blocks.append(Words((f"Numbers are shown to {digits} digits and carried in full.",)))
    return Section("Given", 1, tuple(blocks))


def _columns(spec: Spec, digits: int | None) -> Iterator[str]:
    """What inputs and outputs stand for, and how the numbers of the data are scaled."""
    network = spec.network
    ends = 0, network.depth
    columns = [(layer, unit) for layer in ends for unit in range(network.sizes[layer])]
    classes = [
        f"{network.unit_name(*place)} is {in_words(spec, *place)}"
        for place in columns
        if class_of(spec, *place)
    ]
    if classes:
        more = f"; and so on for {len(classes) - _FEW} more" if len(classes) > _FEW else ""
        yield f"{'; '.join(classes[:_FEW])}{more}."
    if spec.scaling is None:
        return
    scaled = []
    for layer, unit in columns:
        column = (spec.scaling.targets if layer else spec.scaling.inputs)[unit]
        if not column.is_identity:
            name = network.unit_name(layer, unit)
            offset, scale = (machine_number(x, digits) for x in (column.offset, column.scale))
            what = f"targets of {name}" if layer else name
            scaled.append(f"{what}: offset {offset}, scale {scale}")
    if scaled:
        more = f"; and {len(scaled) - _FEW} more" if len(scaled) > _FEW else ""
        yield (
            "All numbers below are scaled, and so are outputs, deltas and losses: (value - offset) "
            f"/ scale of the data. {'; '.join(scaled[:_FEW])}{more}."
        )


def units_in_words(units: tuple[str, ...]) -> str:
    """Names of units, or how many there are."""
    return ", ".join(units) if len(units) <= _FEW else f"{len(units)} units"


def _layers(iteration: Iteration) -> Iterator[str | Line]:
    """A sentence for each layer: its units and their activation, with what is set of it."""
    for number, layer in enumerate(iteration.spec.network.layers, start=1):
        yield f" Layer {number}: {units_in_words(layer.units)} ({layer.function.title}"
        for key, value in layer.changed_settings.items():
            yield ", "
            yield Symbol(activation_setting_name(key), value).with_value()
        yield ")."


def _loss(iteration: Iteration, record: Record) -> Prose:
    """The loss and its settings."""
    spec = iteration.spec
    loss = LOSSES[spec.loss]
    prose: Prose = (f"Loss: {loss.title}",)
    for key in loss.settings:
        prose = (*prose, f", {LOSS_SETTINGS[key].listed} ", record.loss_setting(key).with_value())
    if loss.one_output and spec.network.sizes[-1] > 1:
        output = record.output_unit(spec.loss_settings.output)
        prose = (*prose, ", ", Line(output.a))
    return (*prose, f"{_over_samples(iteration)}.")


def _over_samples(iteration: Iteration) -> str:
    """How the loss of a batch comes from those of its samples."""
    count = len(iteration.rows)
    if count == 1:
        return ""
    over = "the mean over" if iteration.spec.reduction == "mean" else "added up over"
    trained_on = iteration.spec.data.training_count
    whole = "" if count == trained_on else f" of {trained_on}"
    return f", {over} a batch of {format_count(count)}{whole} samples"


def _penalty(iteration: Iteration) -> Prose:
    """What weights cost, beside the loss of the data."""
    penalty = iteration.spec.penalty
    prose: Prose = ("Added to the loss: ",)
    for number, (rule, strength) in enumerate(penalty.parts):
        words = f"{' and ' if number else ''}the {rule.title} penalty {rule.formula} with "
        prose = (*prose, words, strength_of(rule, strength).with_value())
    return (*prose, f", over all weights{' and biases' if penalty.biases else ''}.")


def _optimizer(iteration: Iteration) -> Prose:
    """The update rule and its settings."""
    optimizer = iteration.spec.optimizer
    rule = RULES[optimizer.key]
    prose: Prose = (f"Optimizer: {rule.title}",)
    for key in rule.settings:
        words, symbol = SETTINGS[key].listed, Symbol(setting_name(key), optimizer[key])
        prose = (*prose, f", {words} " if words else ", ", symbol.with_value())
    prose = (*prose, ".")
    spec = iteration.spec
    schedule, clipping = spec.schedule, spec.clipping
    if not schedule.is_constant:
        rule_of_rate, eta = SCHEDULES[schedule.name], optimizer["learning_rate"]
        written = Written(
            schedule,
            Symbol(setting_name("learning_rate"), eta),
            spec.counted_before(iteration.next_state.t),
        )
        formula = WRITTEN_SCHEDULES[schedule.name].formula(written)
        line = Line(Symbol(plain_name("η_t"), formula.value), (formula,), (formula,))
        words = f" The learning rate goes on by a schedule, {rule_of_rate.title}: "
        prose = (*prose, words, line, ".")
    for number, layer in enumerate(spec.network.layers, start=1):
        if layer.rate_factor != 1.0:
            prose = (*prose, f" Layer {number} takes {layer.rate_factor:g} times the rate.")
    if clipping.is_on:
        limit = Symbol(plain_name("c"), clipping.limit).with_value()
        words = f" Gradients are clipped {CLIPPINGS[clipping.name].title} before the update, "
        prose = (*prose, words, limit, ".")
    return prose


def _samples(iteration: Iteration, record: Record, digits: int | None) -> Iterator[Words | Grid]:
    """The samples of the batch, on several tables where they have many columns."""
    network, data = iteration.spec.network, iteration.spec.scaled
    rows = iteration.rows[:MAX_TRACED_SAMPLES]
    columns: list[tuple[Expr, Array]] = [
        (record.activation(0, unit), data.inputs[rows, unit]) for unit in range(network.sizes[0])
    ]
    if iteration.spec.has_targets:
        columns += [
            (record.target(unit), data.targets[rows, unit]) for unit in range(network.sizes[-1])
        ]
    for some in _tables(columns, digits):
        heads: tuple[Cell, ...] = ("sample", *(head for head, _ in some))
        yield Grid(
            heads,
            tuple(
                (str(row + 1), *(Figure(float(values[k]), digits) for _, values in some))
                for k, row in enumerate(rows.tolist())
            ),
        )
    if len(rows) < len(iteration.rows):
        yield Words((f"Of the batch the first {len(rows)} samples are written out.",))


def _dropped(iteration: Iteration) -> Iterator[Words]:
    """The share of units that each layer drops, and which those are in this iteration."""
    spec = iteration.spec
    network = spec.network
    if not network.has_dropout:
        return
    shares: Prose = ("Dropout: ",)
    for number, layer in enumerate(network.layers, start=1):
        if layer.dropout:
            joint = ", " if len(shares) > 1 else ""
            p = Symbol(plain_name("p"), layer.dropout).with_value()
            shares = (*shares, f"{joint}layer {number} leaves out a share ", p, " of its units")
    yield Words((*shares, ", and what the others send is divided by 1 - p."))
    told = [
        (row, ", ".join(dropped_units(iteration, row)) or "none")
        for row in iteration.rows[:MAX_TRACED_SAMPLES].tolist()
    ]
    if len(spec.data) == 1:
        yield Words((f"Dropped in this iteration: {told[0][1]}.",))
    else:
        each = "; ".join(f"for sample {row + 1} {names}" for row, names in told)
        yield Words((f"Dropped in this iteration: {each}.",))


def _tables(
    columns: list[tuple[Expr, Array]], digits: int | None
) -> list[list[tuple[Expr, Array]]]:
    """Columns dealt out to as many tables as the width of a page asks for."""
    tables: list[list[tuple[Expr, Array]]] = []
    room = 0
    for head, values in columns:
        texts = [head.write(TextWriter(), numbers=False)]
        texts += [machine_number(float(value), digits) for value in values]
        width = max(map(len, texts)) + 3
        if width > room:
            tables.append([])
            room = _TABLE_WIDTH
        tables[-1].append((head, values))
        room -= width
    return tables


def _parameters(record: Record, digits: int | None) -> Iterator[Words]:
    """A paragraph per layer, or several if it is large: each parameter with its value."""
    for layer in range(1, record.network.depth + 1):
        parameters = _parameters_of(record, layer)
        for start in range(0, len(parameters), _PARAGRAPH):
            prose: list[str | Line] = [] if start else [f"Layer {layer}: "]
            for k, parameter in enumerate(parameters[start : start + _PARAGRAPH]):
                symbol = record.parameter(parameter)
                prose += [", " if k else "", symbol.with_value()]
                if held := record.network.held(parameter):
                    prose.append(f" ({held})")
            yield Words((*prose, "."), digits)
        if gone := _edges_cut(record, layer):
            yield Words((f"Cut, and so not there: {gone}.",))


def _edges_cut(record: Record, layer: int) -> str:
    """The edges into a layer that are cut, as from x1 to h2; of many how many they are."""
    network = record.network
    mask = network.weights(network.cut, layer)
    if mask.sum() > _PARAGRAPH:
        return f"{int(mask.sum())} edges into layer {layer}"
    return ", ".join(
        f"the edge from {network.unit_name(layer - 1, source)} to {network.unit_name(layer, unit)}"
        for unit, source in np.argwhere(mask).tolist()
    )


def _slots(record: Record, digits: int | None) -> Iterator[Words | Grid]:
    """What is kept of the updates before this one."""
    state, rule = record.iteration.state, RULES[record.spec.optimizer.key]
    words = rule.memory
    heads: tuple[Cell, ...] = ("", *(Symbol(slot_name(s, before=True), 0.0) for s in rule.slots))
    if KEPT_GRADIENT in record.spec.slot_names:
        words = " and ".join(filter(None, (words, "the gradient")))
        heads = (*heads, "gradient")
    yield Words((f"From the updates before, {words}:",))
    rows: list[tuple[Cell, ...]] = []
    for parameter in trained_parameters(record):
        index = record.network.index(parameter)
        kept = (Figure(float(slot[index]), digits) for slot in state.slots)
        rows.append((record.parameter(parameter), *kept))
    yield Grid(heads, tuple(rows))


def trained_parameters(record: Record) -> Iterator[Parameter]:
    """The parameters that updates move, layer by layer."""
    network = record.network
    for layer in range(1, network.depth + 1):
        for parameter in _parameters_of(record, layer):
            if network.trained[network.index(parameter)]:
                yield parameter


def _parameters_of(record: Record, layer: int) -> list[Parameter]:
    """The weights of a layer, unit by unit, and then its biases."""
    return list(record.network.parameters_of(layer))
