"""Edits of single parameters that are held: frozen weights and biases, and edges that are cut.

A frozen parameter takes part in forward and backward, and its gradient is worked out; updates leave
it as it is. An edge that is cut is not there: its weight is 0 and stays 0, and no formula has it.
As in edits.py, each function makes a new Spec and State from the old ones.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec.structs import replace

from engine.maths.activations import Array
from engine.maths.network import Network, Parameter, with_layer
from engine.maths.optimizers import RULES, Slots
from engine.run.edits import Edited
from engine.run.spec import Spec, State


def freeze(spec: Spec, state: State, parameters: Iterable[Parameter], frozen: bool) -> Edited:
    """Freeze parameters where they are, or train them again.

    What the optimizer remembers of them is forgotten: it would move them on.
    """
    network = spec.network
    chosen = [network.index(each) for each in parameters]
    mask = np.array(network.frozen)
    mask[chosen] = float(frozen)
    changed = replace(spec, network=with_frozen(network, mask))
    return changed, replace(state, slots=forgotten(spec, state.slots, chosen))


def cut(spec: Spec, state: State, parameters: Iterable[Parameter]) -> Edited:
    """Cut the edges of some weights; a weight that was frozen is so no more.

    Any may be cut, all of a unit too: its net input is then its bias, or 0.
    """
    network = spec.network
    chosen = [network.index(each) for each in parameters]
    mask, frozen = np.array(network.cut), np.array(network.frozen)
    mask[chosen], frozen[chosen] = 1.0, 0.0
    changed = replace(spec, network=with_cut(with_frozen(network, frozen), mask))
    return changed, _emptied(state, chosen, 0.0)


def connect(spec: Spec, state: State, parameters: Iterable[Parameter]) -> Edited:
    """Put edges back that were cut, with the start values that the seed draws for them."""
    chosen = [spec.network.index(each) for each in parameters]
    mask = np.array(spec.network.cut)
    mask[chosen] = 0.0
    network = with_cut(spec.network, mask)
    drawn = spec.draw(network=network)[chosen]
    return replace(spec, network=network), _emptied(state, chosen, drawn)


def _emptied(state: State, places: list[int], values: Array | float) -> State:
    """The state with other values at some places of θ, and nothing remembered of them."""
    theta, slots = np.array(state.theta), [np.array(slot) for slot in state.slots]
    theta[places] = values
    for slot in slots:
        slot[places] = 0.0
    return replace(state, theta=theta, slots=tuple(slots))


def with_cut(network: Network, mask: Array) -> Network:
    """The network with the edges cut that are 1 in a mask of θ, shape (size,), and no others."""
    for number in range(1, network.depth + 1):
        rows = rows_of(network.weights(mask, number))
        network = with_layer(network, number, cut=rows)
    return network


def forgotten(spec: Spec, slots: Slots, places: list[int]) -> Slots:
    """Slots without what the optimizer remembers of the parameters at some places of θ."""
    own = len(RULES[spec.optimizer.key].slots)
    cleared = [np.array(slot) for slot in slots[:own]]
    for slot in cleared:
        slot[places] = 0.0
    return (*cleared, *slots[own:])


def with_frozen(network: Network, mask: Array) -> Network:
    """The network with what is 1 in a mask of θ, shape (size,), frozen, and nothing else."""
    for number in range(1, network.depth + 1):
        b = network.biases(mask, number)
        network = with_layer(
            network,
            number,
            frozen_weights=rows_of(network.weights(mask, number)),
            frozen_biases=() if b is None else tuple(np.flatnonzero(b).tolist()),
        )
    return network


def rows_of(mask: Array) -> tuple[tuple[int, ...], ...] | None:
    """The columns of what is not 0, row by row, of a mask of shape (n_out, n_in); None for none."""
    if not mask.any():
        return None
    return tuple(tuple(np.flatnonzero(row).tolist()) for row in mask)
