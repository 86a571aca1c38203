"""What a number is that is given, and not worked out: its value and what it is there for."""

from __future__ import annotations

from engine.formulas.notation import DEFAULT, Notation
from engine.maths.activations import Array
from engine.maths.network import Network, Parameter
from engine.run.given import Given
from engine.run.spec import Data
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
    fixed = f", {held}: training leaves it alone" if held else ""
    if source is not None and unit is not None:
        come, to = network.unit_name(layer - 1, source), network.unit_name(layer, unit)
        what = f"input {come}" if layer == 1 else f"what {come} puts out"
        return (
            f"{name} is the weight from {come} to {to}{fixed}. It is {number}. The net input of "
            f"{to} takes {what} times {name}."
        )
    if unit is None:
        whose = f"the bias that the units of the {network.layer_title(layer).lower()} layer share"
        added = "It is added to the net input of each."
    else:
        to = network.unit_name(layer, unit)
        whose, added = f"the bias of {to}", f"It is added to the net input of {to}."
    return f"{name} is {whose}{fixed}. It is {number}. {added}"


def about_given(
    network: Network, data: Data, row: int, given: Given, digits: int | None = 6
) -> str:
    """An input or a target in sentences: whose it is, its value in a sample, what it does."""
    where = f" in sample {format_count(row + 1)}" if len(data) > 1 else ""
    if given.kind == "input":
        name = network.inputs[given.unit]
        number = format_number(float(data.inputs[row, given.unit]), digits)
        return (
            f"{name} is an input. It is {number}{where}. Each unit of the "
            f"{network.layer_title(1).lower()} layer takes it times the weight between them."
        )
    name = network.unit_name(network.depth, given.unit)
    number = format_number(float(data.targets[row, given.unit]), digits)
    return (
        f"This is the target of {name}, what {name} is to put out{where}. It is {number}. The loss "
        f"of {name} says how far off it is."
    )
