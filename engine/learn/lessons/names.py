"""Names in a lesson: what its author calls a unit, a parameter or a step of an iteration.

A step is a quantity and a name, in the words of the window: "net input h1", "gradient w5"; the
total loss, the check and a whole pass need no name. What finds something raises ValueError with
a sentence for the author where the network has no such thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.formulas.notation import Notation
from engine.maths.network import Network, Parameter
from engine.run.spec import Spec
from engine.run.steps import StepId, Steps, title_of

_OF_UNIT = {
    "net input": ("forward", "net_input"),
    "activation": ("forward", "activation"),
    "loss": ("loss", "loss"),
    "node delta": ("backward", "delta"),
    "delta": ("backward", "delta"),
}
_OF_PARAMETER = {"gradient": "backward", "update": "update"}
_PASSES = {"forward pass": "forward", "backward pass": "backward", "update pass": "update"}
_ALONE = {
    "total loss": StepId("loss", "total_loss"),
    "check": StepId("check", "loss_after"),
}

QUANTITIES = (
    "net input, activation or delta of a unit; loss of an output; gradient or update of a weight "
    "or bias; total loss; check; forward pass, backward pass or update pass"
)

_LISTED = 16  # names in a sentence; beyond, the first of them
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")


def find_unit(network: Network, name: str) -> tuple[int, int]:
    """(layer, unit) of a unit or input by its name."""
    names = []
    for layer, size in enumerate(network.sizes):
        for unit in range(size):
            if network.unit_name(layer, unit) == name:
                return layer, unit
            names.append(network.unit_name(layer, unit))
    raise ValueError(f'there is no unit "{name}"; there are {_listed(names)}')


def find_parameter(network: Network, name: str) -> Parameter:
    """A weight or bias by its name, or by its indices as in w²₁₁ or w2_11."""
    names = []
    for parameter in _parameters(network):
        own, indexed = network.parameter_name(parameter), network.indexed_name(parameter)
        if name in (own, indexed, _typed(indexed)):
            return parameter
        names.append(own if own != indexed else _typed(indexed))
    raise ValueError(f'there is no weight or bias "{name}"; there are {_listed(names)}')


def find_step(network: Network, words: str, steps: Steps | None = None) -> StepId:
    """A step by its quantity and name, among those of a run (None: all that the network can have);
    a whole pass is its last step."""
    if words in _ALONE:
        return _ALONE[words]
    steps = Steps(network) if steps is None else steps
    if words in _PASSES:
        ends = {group.phase: group.stop for group in steps.groups}
        return steps.id_at(ends[_PASSES[words]] - 1)
    quantity, _, name = words.rpartition(" ")
    if quantity in _OF_PARAMETER:
        parameter = find_parameter(network, name)
        kind = "bias" if parameter.source is None else "weight"
        step = StepId(_OF_PARAMETER[quantity], f"{kind}_{quantity}", *parameter)
    elif quantity in _OF_UNIT:
        step = StepId(*_OF_UNIT[quantity], *find_unit(network, name))
    else:
        raise ValueError(f'"{words}" names no step; steps are: {QUANTITIES}')
    if step not in steps:
        reason = "it is fixed" if quantity == "update" else "only other units have one"
        if step.parameter is not None and network.held(step.parameter) == "cut":
            reason = "its edge is cut"
        raise ValueError(f"there is no {quantity} of {name} here: {reason}")
    return step


def step_in_words(spec: Spec, words: str, notation: Notation) -> str:
    """A step as the window calls it, with "the"; its own words where the network has none such."""
    if words.endswith(" pass"):
        return f"the {words}"
    if words == "check":
        return "the loss after the update"
    try:
        return f"the {title_of(spec.network, find_step(spec.network, words), notation)}"
    except ValueError:
        return f"the {words}"


def _parameters(network: Network) -> Iterator[Parameter]:
    for layer in range(1, network.depth + 1):
        for unit in range(network.sizes[layer]):
            for source in range(network.sizes[layer - 1]):
                yield Parameter(layer, unit, source)
            bias = network.bias_parameter(layer, unit)
            if bias is not None:
                yield bias


def _typed(indexed: str) -> str:
    """w²₁₁ as it can be typed anywhere: w2_11."""
    above = [char for char in indexed[1:] if char in "⁰¹²³⁴⁵⁶⁷⁸⁹"]
    below = indexed[1 + len(above) :].translate(_PLAIN)
    layer = "".join(above).translate(_PLAIN)
    return f"{indexed[0]}{layer}_{below}" if below else f"{indexed[0]}{layer}"


def _listed(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    return ", ".join(names[:_LISTED]) + (" …" if len(names) > _LISTED else "")
