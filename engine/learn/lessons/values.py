"""Values that a person can change, by the names a lesson has for them: settings of the optimizer,
of the loss and of a layer's activation, weights and biases, and columns of the training set."""

from __future__ import annotations

from engine.formulas.notation import Notation
from engine.learn.lessons.names import find_parameter
from engine.maths.activations import ACTIVATION_SETTINGS, Array
from engine.maths.losses import LOSS_SETTINGS
from engine.maths.network import Network
from engine.maths.optimizers import SETTINGS
from engine.run.spec import Spec


def setting_called(name: str) -> str | None:
    """The key of the optimizers' or losses' setting with this title; None where there is none."""
    settings = (*SETTINGS.values(), *LOSS_SETTINGS.values())
    return next((setting.key for setting in settings if setting.title == name), None)


def activation_setting_called(network: Network, name: str) -> tuple[int, str] | None:
    """The layer and the key of a setting of its activation, by title and a unit: alpha of h1. None
    where there is no such one."""
    title, _, unit = name.partition(" of ")
    for key, setting in ACTIVATION_SETTINGS.items():
        for number, layer in enumerate(network.layers, start=1):
            if title == setting.title and unit in layer.units:
                return number, key
    return None


def where_set(spec: Spec, name: str) -> str:
    """Where in the window a setting is changed; empty for what is no setting."""
    if setting_called(name):
        return "on the left"
    if activation_setting_called(spec.network, name):
        return "on the left, under “edit layers”"
    return ""


def written_name(spec: Spec, name: str, notation: Notation) -> str:
    """A value's name as the window writes it."""
    if setting_called(name):
        return f"the {name}"
    if activation_setting_called(spec.network, name):
        return f"the {name}'s layer"
    try:
        return notation.parameter(spec.network, find_parameter(spec.network, name))
    except ValueError:
        return name


def cells(spec: Spec, name: str) -> Array:
    """The column of the training set with a name: an input's, or a target's. Raises ValueError."""
    data = spec.data
    if name in spec.network.inputs:
        return data.inputs[:, spec.network.inputs.index(name)]
    if name in data.target_names:
        return data.targets[:, data.target_names.index(name)]
    raise ValueError


def value_of(spec: Spec, theta: Array, name: str) -> tuple[float, ...] | None:
    """A setting, a parameter, or a column of the training set; None where there is no such
    thing."""
    if key := setting_called(name):
        return (spec.loss_settings[key] if key in LOSS_SETTINGS else spec.optimizer[key],)
    if found := activation_setting_called(spec.network, name):
        layer, key = found
        return (spec.network.layers[layer - 1].settings[key],)
    try:
        return (float(theta[spec.network.index(find_parameter(spec.network, name))]),)
    except ValueError:
        pass
    try:
        return tuple(map(float, cells(spec, name)))
    except ValueError:
        return None


def check_value(spec: Spec, name: str) -> None:
    """Raise ValueError with a sentence if there is nothing of that name."""
    if where_set(spec, name):
        return
    try:
        find_parameter(spec.network, name)
    except ValueError as error:
        try:
            cells(spec, name)
        except ValueError:
            columns = ", ".join((*spec.network.inputs, *spec.data.target_names))
            known = (*SETTINGS.values(), *LOSS_SETTINGS.values())
            settings = ", ".join(setting.title for setting in known)
            raise ValueError(
                f"{error}; inputs and targets: {columns}; settings: {settings}"
            ) from None
