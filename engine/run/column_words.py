"""Column words: what a column of the training set is called where there is room for more than the
short name of its unit."""

from __future__ import annotations

from engine.formulas.notation import DEFAULT, Notation
from engine.run.spec import Source, Spec
from engine.run.steps import StepId, title_of
from engine.text.wording import shortened

OWN_UNITS = "in the data's own units"
SCALED = "scaled"


def scaled_note(spec: Spec) -> str:
    """Whose numbers those of the network are, as a sentence; "" where the data are not scaled."""
    scaling = spec.scaling
    if scaling is None or scaling.is_identity:
        return ""
    if scaling.scales_targets:
        return "The data are scaled, so inputs, targets, outputs and losses are scaled numbers."
    return "The inputs are scaled numbers."


def is_scaled(spec: Spec) -> bool:
    """Whether the network has other numbers than the data."""
    return bool(scaled_note(spec))


def source_of(spec: Spec, layer: int, unit: int) -> Source | None:
    """Where the column of an input (layer 0) or an output comes from; None where it is not known,
    and for hidden units."""
    data = spec.data
    if layer == 0:
        return data.input_sources[unit] if data.input_sources else None
    if layer == spec.network.depth and data.target_sources:
        return data.target_sources[unit]
    return None


def class_of(spec: Spec, layer: int, unit: int) -> str:
    """The class that an input or an output stands for; "" for none, and where the unit is called
    that anyway."""
    source = source_of(spec, layer, unit)
    if source is None or source.one == spec.network.unit_name(layer, unit):
        return ""
    return source.one


def with_class(spec: Spec, layer: int, unit: int, name: str = "") -> str:
    """The name of a unit, or another name for it, with its class: o2 · versicolor."""
    name, of_class = name or spec.network.unit_name(layer, unit), class_of(spec, layer, unit)
    return f"{name} · {of_class}" if of_class else name


def class_names(spec: Spec) -> dict[str, str]:
    """The classes that inputs and outputs stand for, by the names of their units."""
    network = spec.network
    return {
        network.unit_name(layer, unit): of_class
        for layer in (0, network.depth)
        for unit in range(network.sizes[layer])
        if (of_class := class_of(spec, layer, unit))
    }


def step_title(spec: Spec, step: StepId, notation: Notation = DEFAULT) -> str:
    """A step in words, and of an output the class that it stands for: "net input of o2 ·
    versicolor"."""
    title = title_of(spec.network, step, notation)
    if step.unit is None or step.layer != spec.network.depth:
        return title
    if not step.of_sample or step.parameter is not None:
        return title
    of_class = class_of(spec, step.layer, step.unit)
    return f"{title} · {shortened(of_class)}" if of_class else title


def in_words(spec: Spec, layer: int, unit: int) -> str:
    """What an input or an output stands for, as the end of a sentence; "" where that is not known
    or no news: that it is 1 for versicolor and 0 for setosa."""
    source = source_of(spec, layer, unit)
    if source is None or not source.heading:
        return ""
    if source.zero:
        return f"“{source.heading}”: 1 for {source.one}, 0 for {source.zero}"
    if source.one:
        return f"“{source.heading}”: 1 for {source.one}, else 0"
    return "" if source.heading == spec.network.unit_name(layer, unit) else f"“{source.heading}”"
