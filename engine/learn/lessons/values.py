"""Values that a person can change, by the names a lesson has for them: settings of the optimizer,
weights and biases, and columns of the training set."""

from __future__ import annotations

from engine.formulas.notation import Notation
from engine.learn.lessons.names import find_parameter
from engine.maths.activations import Array
from engine.run.spec import Spec

SETTINGS = {
    "learning rate": "learning_rate",
    "momentum": "momentum",
    "beta 1": "beta_1",
    "beta 2": "beta_2",
    "epsilon": "epsilon",
}


def written_name(spec: Spec, name: str, notation: Notation) -> str:
    """A value's name as the window writes it."""
    if name in SETTINGS:
        return f"the {name}"
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
    if name in SETTINGS:
        return (float(getattr(spec.optimizer, SETTINGS[name])),)
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
    if name in SETTINGS:
        return
    try:
        find_parameter(spec.network, name)
    except ValueError as error:
        try:
            cells(spec, name)
        except ValueError:
            columns = ", ".join((*spec.network.inputs, *spec.data.target_names))
            raise ValueError(
                f"{error}; inputs and targets: {columns}; settings: {', '.join(SETTINGS)}"
            ) from None
