"""The symbols of a network's quantities: the one place that says how they are written."""

from __future__ import annotations

import re

from engine.formula import Name
from engine.network import Network, Parameter

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_NUMBERED = re.compile(r"([A-Za-z])([0-9]+)")
_INDEXED = re.compile(r"([A-Za-z])([⁰¹²³⁴⁵⁶⁷⁸⁹]+)([₀₁₂₃₄₅₆₇₈₉,]*)")

LOSS = Name("E", "E")
RATE = Name("η", "η")
MOMENTUM = Name("μ", "μ")
BETA_1 = Name("β_1", "β", "1")
BETA_2 = Name("β_2", "β", "2")
EPSILON = Name("ε", "ε")
STEP_SIZE = Name("η_t", "η", "t")
FIRST = Name("m_t", "m", "t")
FIRST_BEFORE = Name("m_(t-1)", "m", "t-1")
SECOND = Name("v_t", "v", "t")
SECOND_BEFORE = Name("v_(t-1)", "v", "t-1")
UPDATES = Name("t", "t")
ANY_SAMPLE_LOSS = Name("E^(s)", "E", above="(s)")
LARGEST_NET_INPUT = Name("z_max", "z", "max")
VELOCITY = Name("v_t", "v", "t")
VELOCITY_BEFORE = Name("v_(t-1)", "v", "t-1")


class Notation:
    """Symbols of one network: z, a, t, δ, E with the unit's name below; parameters by name."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def net_input(self, layer: int, unit: int) -> Name:
        return self._of_unit("z", layer, unit)

    def activation(self, layer: int, unit: int) -> Name:
        """a_h1; an input is called by its own name."""
        if layer == 0:
            return own_name(self._network.unit_name(0, unit))
        return self._of_unit("a", layer, unit)

    def target(self, unit: int) -> Name:
        return self._of_unit("t", self._network.depth, unit)

    def delta(self, layer: int, unit: int) -> Name:
        return self._of_unit("δ", layer, unit)

    def loss_term(self, unit: int) -> Name:
        return self._of_unit("E", self._network.depth, unit)

    def parameter(self, parameter: Parameter) -> Name:
        return own_name(self._network.parameter_name(parameter))

    def _of_unit(self, letter: str, layer: int, unit: int) -> Name:
        name = self._network.unit_name(layer, unit)
        return Name(f"{letter}_{name}", letter, name)


def sample_loss(row: int) -> Name:
    """E of one sample alone: its number, from 1, in brackets above."""
    return Name(f"E^({row + 1})", "E", above=f"({row + 1})")


def own_name(name: str) -> Name:
    """A name taken apart where it has the shape of a symbol: w5, w²₁₁; any other is a word."""
    if match := _NUMBERED.fullmatch(name):
        return Name(name, match[1], match[2])
    if match := _INDEXED.fullmatch(name):
        return Name(name, match[1], match[3].translate(_LOWERED), match[2].translate(_RAISED))
    return Name(name, name)
