"""The symbols of a network's quantities: the one place that says how they are written."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from engine.maths.activations import ACTIVATION_SETTINGS
from engine.maths.losses import LOSS_SETTINGS
from engine.maths.network import Network, Parameter
from engine.maths.optimizers import SETTINGS

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_NUMBERED = re.compile(r"([A-Za-zθ])([0-9]+)")
_INDEXED = re.compile(r"([A-Za-zθ])([⁰¹²³⁴⁵⁶⁷⁸⁹]+)([₀₁₂₃₄₅₆₇₈₉,]*)")


class Name(Struct, frozen=True):
    """A symbol's parts, δ with o1 below or w with 2 above and 11 below, and its line of text."""

    text: str
    letter: str
    below: str = ""
    above: str = ""


def plain_name(text: str) -> Name:
    """The symbol that a line of text writes: β_1 is β with 1 below."""
    letter, _, below = text.partition("_")
    return Name(text, letter, below.strip("()"))


def setting_name(key: str) -> Name:
    """The symbol of a setting of the optimizers, a key of SETTINGS."""
    return plain_name(SETTINGS[key].symbol)


def activation_setting_name(key: str) -> Name:
    """The symbol of a setting of the activations, a key of ACTIVATION_SETTINGS."""
    return plain_name(ACTIVATION_SETTINGS[key].symbol)


def loss_setting_name(key: str) -> Name:
    """The symbol of a setting of the losses, a key of LOSS_SETTINGS."""
    return plain_name(LOSS_SETTINGS[key].symbol)


def slot_name(slot: str, before: bool = False) -> Name:
    """The symbol of a slot of an optimizer after the update or before it: m_t, m_(t-1)."""
    return plain_name(f"{slot}_(t-1)" if before else f"{slot}_t")


CHOICES: dict[str, tuple[str, ...]] = {
    "target": ("t", "y"),
    "activation": ("a", "ŷ", "out"),
    "net_input": ("z", "net"),
    "loss": ("E", "L", "C"),
    "parameters": ("named", "indexed"),
}


class Notation(Struct, frozen=True):
    """How quantities are written: a letter or word of CHOICES for each.

    "ŷ" is written for outputs only, whose estimate of y it is; hidden units keep their a. With
    "indexed" parameters are called w²₁₁ after their layer and units whatever names they have.
    """

    target: str = "t"
    activation: str = "a"
    net_input: str = "z"
    loss: str = "E"
    parameters: str = "named"

    def changed(self, quantity: str, choice: str) -> Notation:
        """With another choice for one quantity. Raises ValueError for what is not in CHOICES."""
        if choice not in CHOICES.get(quantity, ()):
            raise ValueError(
                f'"{choice}" is no way to write {quantity}; there are '
                + "; ".join(f"{key}: {', '.join(values)}" for key, values in CHOICES.items())
                + "."
            )
        return replace(self, **{quantity: choice})

    @property
    def hidden(self) -> str:
        """The letter of a hidden unit's activation."""
        return "a" if self.activation == "ŷ" else self.activation

    def column(self, name: str) -> str:
        """Name of a column of targets, whose t (in "t o1") is a symbol like any other."""
        return self.target + name[1:] if re.match("t( |$)", name) else name

    def formula(self, text: str) -> str:
        """A formula in words, such as ½ Σ (t − a)², with these letters for target and output."""
        letters = {"t": self.target, "a": self.activation}
        return re.sub(r"\b[ta]\b", lambda match: letters[match[0]], text)

    def parameter(self, network: Network, parameter: Parameter) -> str:
        """A parameter in one line of text: w5, or w²₁₁."""
        if self.parameters == "indexed":
            return network.indexed_name(parameter)
        return network.parameter_name(parameter)


DEFAULT = Notation()


class Symbols:
    """Symbols of one network: a letter with the unit's name below; parameters by their name."""

    def __init__(self, network: Network, notation: Notation) -> None:
        self._network = network
        self._notation = notation

    def net_input(self, layer: int, unit: int) -> Name:
        """z_h1."""
        return self._of_unit(self._notation.net_input, layer, unit)

    def activation(self, layer: int, unit: int) -> Name:
        """a_h1; an input is called by its own name."""
        if layer == 0:
            return own_name(self._network.unit_name(0, unit))
        is_output = layer == self._network.depth
        letter = self._notation.activation if is_output else self._notation.hidden
        return self._of_unit(letter, layer, unit)

    def of_net_input(self, layer: int, unit: int) -> Name:
        """f_h1, f(z) of a unit whose activation has been through dropout too."""
        return self._of_unit("f", layer, unit)

    def mask(self, layer: int, unit: int) -> Name:
        """m_h1, whether dropout keeps a unit."""
        return self._of_unit("m", layer, unit)

    def target(self, unit: int) -> Name:
        """t_o1, of an output."""
        return self._of_unit(self._notation.target, self._network.depth, unit)

    def delta(self, layer: int, unit: int) -> Name:
        """δ_h1."""
        return self._of_unit("δ", layer, unit)

    def loss_term(self, unit: int) -> Name:
        """E_o1, the loss of one output."""
        return self._of_unit(self._notation.loss, self._network.depth, unit)

    def parameter(self, parameter: Parameter) -> Name:
        """w5, or w²₁₁: the document's name or an index, as the notation chooses."""
        return own_name(self._notation.parameter(self._network, parameter))

    @property
    def loss(self) -> Name:
        """The loss of a batch."""
        return Name(self._notation.loss, self._notation.loss)

    def sample_loss(self, row: int) -> Name:
        """The loss of one sample alone: its number, from 1, in brackets above."""
        return self._raised_loss(f"({row + 1})")

    @property
    def any_sample_loss(self) -> Name:
        """The loss of the sample s."""
        return self._raised_loss("(s)")

    @property
    def largest_net_input(self) -> Name:
        """z_max, which softmax takes away from every net input."""
        letter = self._notation.net_input
        return Name(f"{letter}_max", letter, "max")

    def _raised_loss(self, above: str) -> Name:
        letter = self._notation.loss
        return Name(f"{letter}^{above}", letter, above=above)

    def _of_unit(self, letter: str, layer: int, unit: int) -> Name:
        name = self._network.unit_name(layer, unit)
        return Name(f"{letter}_{name}", letter, name)


def updated_name(name: Name) -> Name:
    """The symbol of a parameter after its update: w5⁺."""
    return replace(name, text=f"{name.text}⁺", above=f"{name.above}+")


def change_name(name: Name) -> Name:
    """The symbol of what an update adds to a parameter: Δw5."""
    return replace(name, text=f"Δ{name.text}", letter=f"Δ{name.letter}")


def kept_name(loss: Name) -> Name:
    """The symbol of the loss in a gradient that is left from the iteration before: E_old."""
    return replace(loss, text=f"{loss.text}_old", below="old")


def own_name(name: str) -> Name:
    """A name taken apart where it has the shape of a symbol: w5, w²₁₁; any other is a word."""
    if match := _NUMBERED.fullmatch(name):
        return Name(name, match[1], match[2])
    if match := _INDEXED.fullmatch(name):
        return Name(name, match[1], match[3].translate(_LOWERED), match[2].translate(_RAISED))
    return Name(name, name)
