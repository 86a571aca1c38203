"""The steps of an iteration: one for each number that is worked out, in order.

A step is known by what it works out; where it stands among the others is found by arithmetic.

An iteration is Forward · Loss · Backward · Update · Check. Forward goes from the inputs on, unit
by unit: net input, then activation. Loss takes the term of each output that has one, then the
total. Backward goes from the output back, unit by unit: delta, the gradients of the weights into
the unit, its bias (a shared bias follows the last unit); or, where the order asks for it, all
deltas of a layer first and then its gradients unit by unit. Update takes the parameters from the
inputs on, but for the biases of a layer that are fixed as a whole (one that is frozen by itself has
a step which says that it stays), and Check is the one step that says what loss the new parameters
give. A network that cannot be trained has Forward and Loss alone. An edge that is cut has no steps.

Some quantities are steps only where they are asked for (EXTRA_KINDS). ∂E/∂a and f′(z) of a unit
come right before its delta (a layer of softmax has no f′ of single units), a sample's own gradient
before that of the batch, what an update adds to a parameter before what it comes to, and after the
gradients of the first layer those by the inputs, as a group of layer 0.
"""

# Without `from __future__ import annotations`, as engine.documents.format.

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.formulas.notation import DEFAULT, Notation, Symbols, change_name
from engine.maths.network import Network, Parameter
from engine.run.limits import Count, one_of

STEP_KINDS = (
    "net_input",
    "activation",
    "loss",
    "total_loss",
    "delta",
    "weight_gradient",
    "bias_gradient",
    "weight_update",
    "bias_update",
    "loss_after",
    "loss_by_activation",
    "activation_slope",
    "own_weight_gradient",
    "own_bias_gradient",
    "loss_by_input",
    "weight_change",
    "bias_change",
)
EXTRA_KINDS = STEP_KINDS[10:]  # that an iteration has only where they are asked for
_OF_SAMPLE = ("net_input", "activation", "loss", "delta", *EXTRA_KINDS[:5])
_OF_PARAMETER = ("gradient", "update", "change")
GRAINS = ("number", "layer", "pass", "iteration", "epoch")
STEP_ORDERS = {"by_unit": "Steps unit by unit", "deltas_first": "All deltas of a layer first"}

PHASE_TITLES = {
    "forward": "Forward pass",
    "loss": "Loss",
    "backward": "Backward pass",
    "update": "Update",
    "check": "Check",
}
PHASES = tuple(PHASE_TITLES)


class StepId(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A step of an iteration by what it works out. Layers count from 1, units from 0.

    No number of its own belongs to it: a network of another shape has the same step elsewhere.
    `layer`, `unit` and `source` are None where they mean nothing (`source` for a bias, `unit` too
    for a shared one, all three for the batch's loss).
    """

    phase: Annotated[str, one_of(PHASES)]
    kind: Annotated[str, one_of(STEP_KINDS)]
    layer: Count | None = None
    unit: Count | None = None
    source: Count | None = None

    @property
    def parameter(self) -> Parameter | None:
        """The parameter whose gradient, update or change this is, if it is one's."""
        if self.layer is None or not self.kind.endswith(_OF_PARAMETER):
            return None
        return Parameter(self.layer, self.unit, self.source)

    @property
    def of_sample(self) -> bool:
        """Whether each sample has its own value of this step."""
        return self.kind in _OF_SAMPLE


class StepGroup(NamedTuple):
    """The steps start … stop-1: one layer's in one phase (layer None for the total loss and the
    check)."""

    phase: str
    layer: int | None
    start: int
    stop: int


class Steps:
    """All steps of an iteration of a network: how many, which is the k-th, where one stands.

    `order`, one of STEP_ORDERS, says how the backward steps of a layer follow each other,
    `loss_units` which outputs, from 0, have a term in the loss (None: all of them), and `extra`
    which of EXTRA_KINDS are steps too.
    """

    def __init__(
        self,
        network: Network,
        order: str = "by_unit",
        loss_units: tuple[int, ...] | None = None,
        extra: tuple[str, ...] = (),
    ) -> None:
        self.network = network
        self._deltas_first = order == "deltas_first"
        self.loss_units = tuple(range(network.sizes[-1])) if loss_units is None else loss_units
        self.extra = extra

    @cached_property
    def _gone(self) -> dict[tuple[str, int | None], NDArray[np.intp]]:
        """Edges that are cut have no steps: by phase and layer, the places in the group that theirs
        would have, in order."""
        gone: dict[tuple[str, int | None], NDArray[np.intp]] = {}
        for layer, shape in enumerate(self.network.layers, start=1):
            if shape.cut is not None:
                mask = self.network.weights(self.network.cut, layer)
                for phase in ("backward", "update"):
                    places = self._weight_place(phase, layer, *np.nonzero(mask))
                    each = np.arange(len(self._of_parameter[phase]))
                    gone[phase, layer] = np.sort((places[:, np.newaxis] + each).ravel())
        return gone

    @cached_property
    def _of_parameter(self) -> dict[str, tuple[str, ...]]:
        """By phase the steps of a parameter in order, each as the end of its kind."""
        own = ("own", "") if "own_weight_gradient" in self.extra else ("",)
        change = ("change", "update") if "weight_change" in self.extra else ("update",)
        return {"backward": own, "update": change}

    @cached_property
    def _of_units(self) -> tuple[tuple[str, ...], ...]:
        """By layer, from 1, the backward steps of each of its units, in order: its delta is the
        last."""
        joint = tuple(kind for kind in ("loss_by_activation",) if kind in self.extra)
        single = tuple(kind for kind in ("activation_slope",) if kind in self.extra)
        return tuple(
            (*joint, *(single if layer.function.elementwise else ()), "delta")
            for layer in self.network.layers
        )

    def _of_unit(self, layer: int) -> tuple[str, ...]:
        return self._of_units[layer - 1]

    def _weight_place(self, phase: str, layer: int, unit: Any, source: Any) -> Any:
        """Where the first step of a weight stands in its group, were no edge cut; many at once as
        arrays. After the weights into a unit comes its own bias, as if it were one more."""
        n_out, n_in = self.network.sizes[layer], self.network.sizes[layer - 1]
        own_bias, each = self._own_bias(phase, layer), len(self._of_parameter[phase])
        place = (unit * (n_in + own_bias) + source) * each
        if phase == "update":
            return place
        of_unit = len(self._of_unit(layer))
        return place + of_unit * (n_out if self._deltas_first else unit + 1)

    def _own_bias(self, phase: str, layer: int) -> bool:
        """Whether each unit of a layer has a bias of its own that has steps in a phase."""
        own = self.network.layers[layer - 1].bias == "per_unit"
        return own and (phase == "backward" or self._updated_biases(layer) > 0)

    def _count_gone(self, phase: str, layer: int | None) -> int:
        return len(self._gone.get((phase, layer), ()))

    @cached_property
    def groups(self) -> tuple[StepGroup, ...]:
        """The groups in order; every step lies in exactly one."""
        network, groups, start = self.network, [], 0
        plan: list[tuple[str, int | None, int]] = []
        for layer in range(1, network.depth + 1):
            plan.append(("forward", layer, 2 * network.sizes[layer]))
        plan.append(("loss", network.depth, len(self.loss_units) + 1))
        if network.can_train:
            plan += self._way_back()
        for phase, number, count in plan:
            count -= self._count_gone(phase, number)
            if not count:
                continue
            groups.append(StepGroup(phase, number, start, start + count))
            start += count
        return tuple(groups)

    def _way_back(self) -> Iterator[tuple[str, int | None, int]]:
        """Backward, Update and Check: phase, layer and number of steps of each group."""
        network = self.network
        each = {phase: len(kinds) for phase, kinds in self._of_parameter.items()}
        for layer in range(network.depth, 0, -1):
            n_out = network.sizes[layer]
            count = n_out * network.sizes[layer - 1] + network.layers[layer - 1].bias_count
            yield "backward", layer, n_out * len(self._of_unit(layer)) + count * each["backward"]
        if "loss_by_input" in self.extra:
            yield "backward", 0, network.sizes[0]
        for layer in range(1, network.depth + 1):
            count = network.sizes[layer] * network.sizes[layer - 1] + self._updated_biases(layer)
            yield "update", layer, count * each["update"]
        yield "check", None, 1

    def __len__(self) -> int:
        return self.groups[-1].stop

    def _updated_biases(self, layer: int) -> int:
        shape = self.network.layers[layer - 1]
        return shape.bias_count if shape.bias_trained else 0

    def group_of(self, k: int) -> StepGroup:
        """The group that step number k (from 0) lies in."""
        if not 0 <= k < len(self):
            raise IndexError(f"there is no step {k}; an iteration has {len(self)}")
        return next(group for group in self.groups if k < group.stop)

    def id_at(self, k: int) -> StepId:
        """The step at number k, from 0. Raises IndexError outside 0 … len - 1."""
        group = self.group_of(k)
        offset, phase, layer = k - group.start, group.phase, group.layer
        gone = self._gone.get((phase, layer))
        if gone is not None:
            offset += int(np.searchsorted(gone - np.arange(len(gone)), offset, side="right"))
        if phase == "check":
            return StepId("check", "loss_after")
        assert layer is not None
        if phase == "forward":
            unit, second = divmod(offset, 2)
            return StepId("forward", "activation" if second else "net_input", layer, unit)
        if phase == "loss":
            if offset == len(self.loss_units):
                return StepId("loss", "total_loss")
            return StepId("loss", "loss", layer, self.loss_units[offset])
        if layer == 0:
            return StepId("backward", "loss_by_input", 0, offset)
        return self._step_of_parameter(phase, layer, offset)

    def _step_of_parameter(self, phase: str, layer: int, offset: int) -> StepId:
        """The step at a place of the group of a layer, backward or in the update."""
        n_out, n_in = self.network.sizes[layer], self.network.sizes[layer - 1]
        parts, of_unit = self._of_parameter[phase], self._of_unit(layer)
        into_unit = (n_in + self._own_bias(phase, layer)) * len(parts)
        if phase == "backward" and self._deltas_first:
            if offset < n_out * len(of_unit):
                unit, place = divmod(offset, len(of_unit))
                return StepId("backward", of_unit[place], layer, unit)
            unit, within = divmod(offset - n_out * len(of_unit), into_unit)
        elif phase == "backward":
            unit, within = divmod(offset, len(of_unit) + into_unit)
            if unit < n_out and within < len(of_unit):
                return StepId("backward", of_unit[within], layer, unit)
            within -= 0 if unit == n_out else len(of_unit)
        else:
            unit, within = divmod(offset, into_unit)
        source, place = divmod(within, len(parts))
        is_weight = unit < n_out and source < n_in
        what = "weight" if is_weight else "bias"
        kind = f"{what}_{parts[place]}"
        if phase == "backward":
            kind = f"own_{what}_gradient" if parts[place] else f"{what}_gradient"
        if unit == n_out:
            return StepId(phase, kind, layer)
        return StepId(phase, kind, layer, unit, source if is_weight else None)

    def index_of(self, step: StepId) -> int:
        """The number of a step, from 0. Raises KeyError if this network has no such step."""
        for group in self.groups:
            if group.phase == step.phase and (step.layer is None or group.layer == step.layer):
                place = self._offset(step, group)
                gone = self._gone.get((step.phase, step.layer))
                k = group.start + place - (0 if gone is None else int(gone.searchsorted(place)))
                if group.start <= k < group.stop and self.id_at(k) == step:
                    return k
        raise KeyError(step)

    def __contains__(self, step: StepId) -> bool:
        """Whether this network has such a step."""
        try:
            self.index_of(step)
        except KeyError:
            return False
        return True

    def _offset(self, step: StepId, group: StepGroup) -> int:
        if group.layer is None:
            return 0
        if step.kind == "total_loss":
            return group.stop - group.start - 1
        if group.layer == 0:
            return -1 if step.unit is None else step.unit
        is_first = step.kind.endswith("change") or step.kind.startswith("own")
        if step.unit is None:
            gone = self._count_gone(group.phase, group.layer)
            each = len(self._of_parameter.get(group.phase, ("",)))
            return group.stop - group.start + gone - (each if is_first else 1)
        if step.phase == "forward":
            return 2 * step.unit + (step.kind == "activation")
        if step.phase == "loss":
            return self.loss_units.index(step.unit) if step.unit in self.loss_units else -1
        if step.parameter is None:
            of_unit = self._of_unit(group.layer)
            if step.kind not in of_unit:
                return -1
            first = self._weight_place(step.phase, group.layer, step.unit, 0) - len(of_unit)
            if self._deltas_first:
                first = step.unit * len(of_unit)
            return int(first) + of_unit.index(step.kind)
        within = self.network.sizes[group.layer - 1] if step.source is None else step.source
        place = self._weight_place(step.phase, group.layer, step.unit, within)
        return int(place) + (0 if is_first else len(self._of_parameter[step.phase]) - 1)

    @property
    def extra_of_sample(self) -> int:
        """How many steps each sample has beside those that every iteration has."""
        sizes, count = self.network.sizes, 0
        for group in self.groups:
            if group.phase == "backward" and group.layer:
                count += (len(self._of_unit(group.layer)) - 1) * sizes[group.layer]
                if "own_weight_gradient" in self.extra:
                    rest = group.stop - group.start
                    count += (rest - len(self._of_unit(group.layer)) * sizes[group.layer]) // 2
            elif group.layer == 0:
                count += sizes[0]
        return count

    def known_with(self, step: StepId) -> StepId:
        """The step with which a quantity of EXTRA_KINDS is known that is none here: that which
        follows it where it is one. Any other step is known with itself."""
        if step.kind not in EXTRA_KINDS or step in self:
            return step
        if step.kind == "loss_by_input":
            backward = [g for g in self.groups if (g.phase, g.layer) == ("backward", 1)]
            return self.id_at(backward[0].stop - 1) if backward else step
        if step.parameter is None:
            return replace(step, kind="delta")
        kind = step.kind.removeprefix("own_").replace("change", "update")
        return replace(step, kind=kind)

    def boundaries(self, grain: str) -> tuple[int, ...] | None:
        """How many steps are revealed after each layer or pass; None for other grains."""
        if grain == "layer":
            return tuple(group.stop for group in self.groups)
        if grain == "pass":
            return tuple({group.phase: group.stop for group in self.groups}.values())
        return None


def name_of(network: Network, step: StepId, notation: Notation = DEFAULT) -> str:
    """Name of the unit or parameter that a step is about; "total" for the batch's loss."""
    if step.parameter is not None:
        return notation.parameter(network, step.parameter)
    if step.layer is None or step.unit is None:
        return "total"
    return network.unit_name(step.layer, step.unit)


def symbol_of(network: Network, step: StepId, notation: Notation = DEFAULT) -> str:
    """The symbol of a step's value in one line of text: z_h1, a_h1, E_o1, E, δ_o1, ∂E/∂w5, w5."""
    symbols = Symbols(network, notation)
    if step.parameter is not None:
        name = symbols.parameter(step.parameter)
        if step.phase == "update":
            return change_name(name).text if step.kind.endswith("change") else name.text
        loss = symbols.any_sample_loss if step.kind.startswith("own") else symbols.loss
        return f"∂{loss.text}/∂{name.text}"
    if step.layer is None or step.unit is None or step.kind == "total_loss":
        return symbols.loss.text
    if step.kind in ("loss_by_activation", "loss_by_input", "activation_slope"):
        a = symbols.activation(step.layer, step.unit).text
        if step.kind == "activation_slope":
            return f"∂{a}/∂{symbols.net_input(step.layer, step.unit).text}"
        return f"∂{symbols.loss.text}/∂{a}"
    symbol = {
        "net_input": symbols.net_input,
        "activation": symbols.activation,
        "loss": lambda layer, unit: symbols.loss_term(unit),
        "delta": symbols.delta,
    }[step.kind]
    return symbol(step.layer, step.unit).text


def title_of(network: Network, step: StepId, notation: Notation = DEFAULT) -> str:
    """A step in words: "net input of h1", "gradient of w5", "loss before → after"."""
    name = name_of(network, step, notation)
    return {
        "net_input": f"net input of {name}",
        "activation": f"activation of {name}",
        "loss": f"loss of {name}",
        "total_loss": "total loss",
        "delta": f"delta of {name}",
        "weight_gradient": f"gradient of {name}",
        "bias_gradient": f"gradient of {name}",
        "weight_update": f"update of {name}",
        "bias_update": f"update of {name}",
        "loss_after": "loss before → after",
        "loss_by_activation": f"gradient by the activation of {name}",
        "activation_slope": f"slope f′(z) of {name}",
        "own_weight_gradient": f"own gradient of {name}",
        "own_bias_gradient": f"own gradient of {name}",
        "loss_by_input": f"gradient by the input {name}",
        "weight_change": f"change of {name}",
        "bias_change": f"change of {name}",
    }[step.kind]


_OF_GROUP = {
    "forward": "activations",
    "loss": "losses, total loss",
    "backward": "deltas and gradients",
    "update": "updates",
}


def group_title(network: Network, groups: tuple[StepGroup, ...]) -> str:
    """Groups of one phase in words: "activations of layer 1", "updates of all layers"; "" for
    those that are a single step, and where there are none."""
    if not groups or groups[0].phase == "check":
        return ""
    what = _OF_GROUP[groups[0].phase]
    if groups[0].phase == "loss":
        return what
    layers = [group.layer for group in groups]
    if layers == [0]:
        return "gradients by the inputs"
    return f"{what} of {'all layers' if len(layers) > 1 else f'layer {layers[0]}'}"
