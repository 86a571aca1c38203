"""Whether what the window shows is what the engine says: every text that a person sees, against
the session's Spec and State worked out anew."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

import numpy as np
from msgspec import Struct
from PySide6.QtWidgets import QLabel

from engine.formulas.matrices import ArrayExpr
from engine.maths.activations import Array
from engine.maths.metrics import METRICS
from engine.maths.network import Parameter
from engine.run.iteration import (
    Iteration,
    SamplePass,
    evaluate,
    iterate,
    sample_gradient,
    sample_pass,
)
from engine.run.paper import paper_iteration
from engine.run.step_values import step_value
from engine.run.steps import StepId
from engine.text.numbers import format_count, format_number
from gui.canvas.spots import number_at
from gui.panels.data.model import DataModel
from gui.panels.weights.model import LayerModel
from gui.tables.column_widths import LEAST_DIGITS
from gui.tables.number_cell import NumberCell
from gui.tables.number_table import NumberTable
from gui.window.main_window import MainWindow
from tests.gui.canvas.painted import Painted

_ON_CANVAS = 2  # digits at least, where room is short
_ROWS = 20  # of a table, that are read


class Known(Struct, frozen=True, eq=False):
    """What the engine says of the moment at the cursor. `old` is the moment before an edit just
    made, whose values stand struck through beside the new ones."""

    iteration: Iteration
    values: SamplePass
    old: tuple[Iteration, SamplePass] | None


def differences(window: MainWindow) -> list[str]:
    """What is shown otherwise than the engine has it, a sentence each."""
    known = _known(window)
    return [
        *_in_summary(window),
        *_in_weights(window),
        *_in_data(window),
        *_on_canvas(window, known),
        *_in_derivation(window, known),
        *_in_selection(window),
        *_in_title(window),
    ]


def _known(window: MainWindow) -> Known:
    session = window.session
    sample, decimals = session.standing.sample, session.writing.paper
    iteration = iterate(session.spec, session.state)
    values = sample_pass(session.spec, session.state.theta, sample)
    if decimals is not None and session.place.revealed:
        iteration = paper_iteration(iteration, decimals)
        values = iteration.sample(sample)
    elif session.place.revealed:
        values = iteration.sample(sample)
    old = None
    if session.edited is not None:
        before, _, state = session.edited
        then = iterate(before.spec, state)
        if decimals is not None and session.place.revealed:
            then = paper_iteration(then, decimals)
        old = then, then.sample(min(sample, len(before.spec.data) - 1))
    return Known(iteration, values, old)


def _is_written(shown: str, values: Iterable[float], least: int) -> bool:
    """Whether a text is one of some numbers: with at least so many digits (less the zeros that
    take their room, one beside an exponent), as many as there is room for or as tell two numbers
    apart."""
    zeros = re.match("−?0[.](0*)", shown)
    least = 1 if "e" in shown else max(1, least - (len(zeros[1]) if zeros else 0))
    digits = (*range(least, 18), None)
    return any(shown == format_number(value, count) for value in values for count in digits)


def _says(
    where: str, shown: str, values: Iterable[float], least: int = LEAST_DIGITS
) -> Iterator[str]:
    values = list(values)
    if not _is_written(shown.removeprefix("≈ "), values, least):
        right = " or ".join(format_number(value, None) for value in values) or "nothing yet"
        yield f"{where}: {shown} is shown, the engine says {right}"


def _in_summary(window: MainWindow) -> Iterator[str]:
    session = window.session
    spec, state, digits = session.spec, session.state, session.writing.digits
    evaluation = evaluate(spec, state.theta)
    apart = np.abs(spec.scaled.targets - evaluation.outputs)
    right = {
        "learning rate": spec.rate_at(state.t + 1),
        "loss": evaluation.loss,
        "largest": float(apart[spec.data.training_rows].max()),
    }
    for key, number in zip(spec.metrics, evaluation.metrics, strict=True):
        right[METRICS[key].title] = number
    for part, found in (("test", evaluation.test), ("validation", evaluation.validation)):
        if found is not None:
            right[f"{part} loss"] = found.loss
            for key, number in zip(spec.metrics, found.metrics, strict=True):
                right[f"{METRICS[key].title}, {part}"] = number
    hidden = session.curtain is not None and session.curtain.hides_outputs
    for name, text in window.summary.rows():
        if name == "updates done" and text.rpartition("&nbsp; ")[2] != format_count(state.t):
            yield f"summary, {name}: {text} is shown, the engine says {state.t}"
        known = (each for each in sorted(right, key=len, reverse=True) if name.startswith(each))
        value = right.get(next(known, ""))
        if value is None or (hidden and text == "…"):
            continue
        old, _, now = text.rpartition("&nbsp; ")
        if old:  # with as many digits as tell the two apart
            yield from _says(f"summary, {name}", now, [value], digits or 17)
        elif now != format_number(value, digits):
            wanted = format_number(value, digits)
            yield f"summary, {name}: {now} is shown, the engine says {wanted}"


def _in_weights(window: MainWindow) -> Iterator[str]:
    network, theta = window.session.spec.network, window.session.state.theta
    tables = {table.objectName(): table for table in window.weights.findChildren(NumberTable)}
    for layer in range(1, network.depth + 1):
        table = tables.get(f"weightsTable{layer}")
        if table is None:
            yield f"weights: there is no table of layer {layer}"
            continue
        weights, biases = network.weights(theta, layer), network.biases(theta, layer)
        if table.numbers.rowCount() != len(weights):
            yield f"weights of layer {layer}: {table.numbers.rowCount()} rows are shown"
            continue
        for row in range(min(len(weights), _ROWS)):
            numbers = [float(value) for value in weights[row]]
            if biases is not None:
                numbers.append(float(np.broadcast_to(biases, len(weights))[row]))
            gone = network.weights(network.cut, layer)[row]
            for column, number in enumerate(numbers):
                where = f"weights of layer {layer}, row {row + 1}, column {column + 1}"
                shown = _painted(table, row, column)
                if column < len(gone) and gone[column]:
                    if shown != "·":
                        yield f"{where}: {shown} is shown, the edge is cut"
                else:
                    yield from _says(where, shown, [number])


def _painted(table: NumberTable, row: int, column: int) -> str:
    cell = table.itemDelegate()
    assert isinstance(cell, NumberCell)
    return cell.painted_text(row, column)


def _in_data(window: MainWindow) -> Iterator[str]:
    session, table = window.session, window.data.findChild(NumberTable, "dataTable")
    data = session.spec.data
    outputs = evaluate(session.spec, session.state.theta).outputs
    if session.spec.scaling is not None:  # the table has them in the data's own units
        columns = session.spec.scaling.targets
        outputs = outputs * [c.scale for c in columns] + [c.offset for c in columns]
    if table.numbers.rowCount() != len(data):
        yield f"data: {table.numbers.rowCount()} rows are shown, there are {len(data)}"
        return
    hidden = session.curtain is not None and session.curtain.hides_outputs
    for row in range(min(len(data), _ROWS)):
        targets = data.targets[row] if session.spec.has_targets else ()
        numbers = [*data.inputs[row], *targets, *outputs[row]]
        given = data.inputs.shape[1] + len(targets)
        for column, number in enumerate(numbers):
            shown = _painted(table, row, column)
            if not (hidden and column >= given and shown == "…"):
                where = f"data, row {row + 1}, column {column + 1}"
                yield from _says(where, shown, [float(number)])


def _on_canvas(window: MainWindow, known: Known) -> Iterator[str]:
    network, painted = window.session.spec.network, Painted(window.canvas.scene)
    for layer, size in enumerate(network.sizes):
        for unit in range(size):
            right = _of_unit(window, known, layer, unit)
            name = network.unit_name(layer, unit)
            for words in painted.at_node(layer, unit):
                yield from _reads(f"canvas, {name}", words, right, name)
            for source in range(network.sizes[layer - 1] if layer else 0):
                parameter = Parameter(layer, unit, source)
                right = _of_parameter(window, known, parameter)
                title = window.session.writing.notation.parameter(network, parameter)
                for words in painted.on_label(layer, unit, source):
                    yield from _reads(f"canvas, {title}", words, right, title)


Right = dict[str, list[float]]
"""The numbers that may stand behind a symbol; behind "", those that stand alone."""


def _reads(where: str, words: str, right: Right, name: str) -> Iterator[str]:
    if words in ("", name) or f"{words} " in right or "…" in words:
        return  # no number: there was no room for one, or it is being worked out
    before = next((each for each in sorted(right, reverse=True) if words.startswith(each)), "")
    yield from _says(where, words.removeprefix(before), right[before], _ON_CANVAS)


def _of_unit(window: MainWindow, known: Known, layer: int, unit: int) -> Right:
    session = window.session
    network, notation, values = session.spec.network, session.writing.notation, known.values
    right: Right = {"": []}
    if layer == 0 or _revealed(window, "forward", "activation", layer, unit):
        right[""].append(float(values.a[layer][unit]))
    if known.old is not None and layer < len(known.old[1].a):
        for vectors in (known.old[1].a, known.old[1].z, known.old[1].delta):
            if unit < len(vectors[layer]):
                right[""].append(float(vectors[layer][unit]))
        if layer == network.depth and unit < len(known.old[1].targets):
            right[""].append(float(known.old[1].targets[unit]))
            right[""].append(float(known.old[1].loss_terms[unit]))
    if layer == 0:
        return right

    def add(symbol: str, step: tuple[str, str], value: float) -> None:
        right[f"{symbol} "] = [value] if _revealed(window, *step, layer, unit) else []

    add(notation.net_input, ("forward", "net_input"), float(values.z[layer][unit]))
    add("δ", ("backward", "delta"), float(values.delta[layer][unit]))
    if layer == network.depth:
        add(notation.loss, ("loss", "loss"), float(values.loss_terms[unit]))
        targets = [float(values.targets[unit])] if session.spec.has_targets else []
        right[f"{notation.target} "] = targets
    bias = network.bias_parameter(layer, unit)
    if bias is not None:
        of_bias = _of_parameter(window, known, bias)
        right[f"{notation.parameter(network, bias)} "] = right["b "] = of_bias[""]
        right |= {sign: values for sign, values in of_bias.items() if sign}
    return right


def _of_parameter(window: MainWindow, known: Known, parameter: Parameter) -> Right:
    iteration, network = known.iteration, window.session.spec.network
    index = network.index(parameter)
    kind = "bias" if parameter.source is None else "weight"
    right: Right = {"": [float(iteration.state.theta[index])], "∂ ": [], "→ ": []}
    for sign, gradient in _gradients(window, known).items():
        is_shown = _revealed(window, "backward", f"{kind}_gradient", *parameter)
        right[f"{sign} "] = [float(gradient[index])] if is_shown else []
    if _revealed(window, "update", f"{kind}_update", *parameter):
        right["→ "] = [float(iteration.next_state.theta[index])]
    if known.old is not None:
        then = known.old[0]
        if then.spec.network.sizes == network.sizes and then.spec.network.size == network.size:
            right[""] += [float(then.state.theta[index]), float(then.gradient[index])]
    return right


def _gradients(window: MainWindow, known: Known) -> dict[str, Array]:
    """The gradients that may be shown, by the sign that stands before them."""
    iteration, sample = known.iteration, window.session.standing.sample
    whose, rows = window.session.writing.gradients, iteration.rows
    lowered = {row: "".join("₀₁₂₃₄₅₆₇₈₉"[int(k)] for k in str(row + 1)) for row in (sample, *rows)}
    if len(rows) == 1:
        return {"∂" if rows[0] == sample else f"∂{lowered[rows[0]]}": iteration.gradient}
    gradients = {}
    if whose != "sample":
        sign = {"sum": "∂Σ", "mean": "∂⌀"}[iteration.spec.reduction]
        gradients[sign] = iteration.gradient
    if whose != "batch":
        gradients[f"∂{lowered[sample]}"] = sample_gradient(iteration.spec, known.values)
    return gradients


def _revealed(window: MainWindow, phase: str, kind: str, *place: int | None) -> bool:
    steps = window.session.spec.steps
    step = StepId(phase, kind, *place)
    return step in steps and steps.index_of(step) < window.session.place.revealed


def _in_derivation(window: MainWindow, known: Known) -> Iterator[str]:
    session, derivation = window.session, window.derivation.derivation
    if derivation is None or isinstance(derivation.result, ArrayExpr):
        return
    iteration, step = known.iteration, derivation.step
    sample = iteration.sample(session.standing.sample)
    value = step_value(iteration, step, sample)
    is_own = session.writing.gradients == "sample" and len(iteration.rows) > 1
    if is_own and step.kind.endswith("gradient") and step.parameter is not None:
        index = iteration.spec.network.index(step.parameter)
        value = float(sample_gradient(iteration.spec, sample)[index])
    if derivation.step.kind == "activation" and not math.isfinite(value):
        return
    alike = math.isclose(derivation.value, value, rel_tol=1e-9, abs_tol=1e-300)
    if math.isfinite(value) and not alike:
        yield f"derivation of {derivation.title}: {derivation.value!r}, the engine says {value!r}"


def _in_selection(window: MainWindow) -> Iterator[str]:
    """What the tables mark as selected, against what the canvas, which owns that, has selected."""
    view, spot = window.canvas.scene.view, window.canvas.view.selected
    number = None if view is None or spot is None else number_at(view, spot)
    marked: set[object] = set()
    panels = window.weights, window.data
    for table in (each for panel in panels for each in panel.findChildren(NumberTable)):
        model = table.numbers
        for row in range(min(model.rowCount(), _ROWS)):
            for column in range(model.columnCount()):
                if not model.is_selected(row, column):
                    continue
                if isinstance(model, LayerModel):
                    marked.add(model.parameter(row, column))
                elif isinstance(model, DataModel):
                    marked.add(model.number(column))
    if not marked <= {number}:
        yield f"selection: the tables mark {marked}, and {number} is selected"
    if isinstance(number, Parameter) and (number.unit or 0) < _ROWS and not marked:
        yield f"selection: no table marks {number}"


def _in_title(window: MainWindow) -> Iterator[str]:
    label = window.findChild(QLabel, "fileLabel")
    state = "changed" if window.session.is_changed else "saved"
    if not re.search(rf"· {state}(?: · locked)?$", label.text()):
        yield f"title: {label.text()} is shown, it is {state}"
    if window.isWindowModified() != window.session.is_changed:
        yield f"the window's mark of changes is {window.isWindowModified()}, it is {state}"
