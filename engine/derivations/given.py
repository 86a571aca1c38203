"""What a number is that is given, and not worked out: its value and what it is there for."""

from __future__ import annotations

from engine.formulas.notation import DEFAULT, Notation
from engine.maths.activations import Array
from engine.maths.network import Network, Parameter
from engine.run.column_words import in_words
from engine.run.given import Given
from engine.run.scaling import SCALINGS
from engine.run.spec import Spec
from engine.text.numbers import format_count, format_number


def about_parameter(
    network: Network,
    theta: Array,
    parameter: Parameter,
    notation: Notation = DEFAULT,
    digits: int | None = 6,
) -> str:
    """A weight or bias in sentences: where it stands, its value, what it does."""
    layer, unit, source = parameter
    name = notation.parameter(network, parameter)
    number = format_number(float(theta[network.index(parameter)]), digits)
    held = network.held(parameter)
    if held == "cut" and source is not None and unit is not None:
        come, to = network.unit_name(layer - 1, source), network.unit_name(layer, unit)
        return (
            f"The edge from {come} to {to} is cut: there is no {name}. It keeps its place among "
            "the weights, as a 0 that no formula has and no update moves."
        )
    fixed = f", {held}: training leaves it alone" if held else ""
    if source is not None and unit is not None:
        come, to = network.unit_name(layer - 1, source), network.unit_name(layer, unit)
        what = f"input {come}" if layer == 1 else f"what {come} puts out"
        return (
            f"{name} is the weight from {come} to {to}{fixed}. It is {number}. The net input of "
            f"{to} takes {what} times {name}."
        )
    word = network.layers[layer - 1].bias_word
    if unit is None:
        whose = f"the {word} that the units of the {network.layer_title(layer).lower()} layer share"
        to = "each"
    else:
        to = network.unit_name(layer, unit)
        whose = f"the {word} of {to}"
    done = "taken off" if network.layers[layer - 1].has_thresholds else "added to"
    added = f"It is {done} the net input of {to}."
    return f"{name} is {whose}{fixed}. It is {number}. {added}"


def about_given(spec: Spec, row: int, given: Given, digits: int | None = 6) -> str:
    """An input or a target in sentences: whose it is, its value in a sample, what it does, and
    how it was scaled."""
    network, data = spec.network, spec.scaled
    where = f" in sample {format_count(row + 1)}" if len(data) > 1 else ""
    if given.kind == "input":
        name = network.inputs[given.unit]
        known, how = _about_column(spec, 0, row, given.unit, digits)
        number = format_number(float(data.inputs[row, given.unit]), digits)
        return (
            f"{name} is an input{known}. It is {number}{where}{how}. Each unit of the "
            f"{network.layer_title(1).lower()} layer takes it times the weight between them."
        )
    name = network.unit_name(network.depth, given.unit)
    known, how = _about_column(spec, network.depth, row, given.unit, digits)
    number = format_number(float(data.targets[row, given.unit]), digits)
    return (
        f"This is the target of {name}{known}, what {name} is to put out{where}. It is {number}"
        f"{how}. The loss "
        f"of {name} says how far off it is."
    )


def _about_column(
    spec: Spec, layer: int, row: int, unit: int, digits: int | None
) -> tuple[str, str]:
    """What a column stands for, and how a number of it was scaled; nothing where there is nothing
    to say."""
    words, scaling = in_words(spec, layer, unit), spec.scaling
    known = f" ({words})" if words else ""
    if scaling is None:
        return known, ""
    column = (scaling.targets if layer else scaling.inputs)[unit]
    if column.is_identity:
        return known, ""
    rows = spec.data.targets if layer else spec.data.inputs
    value = float(rows[row, unit])
    own, offset, scale = (format_number(x, digits) for x in (value, column.offset, column.scale))
    rule = SCALINGS[scaling.kind]
    of = "" if layer else f", {rule.offset_word} {offset}, {rule.scale_word} {scale}"
    return known, f", scaled: ({own} − {_bracketed(offset)}) / {scale}{of}"


def _bracketed(number: str) -> str:
    return f"({number})" if number[:1] in "-−" else number
