"""Walking over a network by keyboard: from spot to spot with the arrow keys, in order with Tab."""

from __future__ import annotations

from engine.maths.network import Network
from gui.canvas.spots import Spot, parameter_at

MOST_TAB_STOPS = 120  # a network with more is left by the next Tab; the arrows still go everywhere


def tab_order(
    network: Network, most: int = MOST_TAB_STOPS, has_targets: bool = True
) -> list[Spot]:
    """All spots from the inputs to the targets, where there are any, into each unit its weights
    first; empty for a network that has too many to be gone through one by one."""
    biases = sum(layer.bias != "none" for layer in network.layers)
    if network.size + sum(network.sizes) + biases > most:
        return []
    spots = [Spot("unit", 0, unit) for unit in range(network.sizes[0])]
    for layer in range(1, network.depth + 1):
        for unit in range(network.sizes[layer]):
            spots += [Spot("weight", layer, unit, k) for k in network.sources_of(layer, unit)]
            spots += _unit_and_bias(network, layer, unit)
    if has_targets:
        spots += [Spot("target", network.depth, unit) for unit in range(network.sizes[-1])]
    return spots


def next_number(
    network: Network, spot: Spot, forward: bool, has_targets: bool = True
) -> Spot | None:
    """The editable number after or before one in the order of Tab, None at the end. A bias that
    a layer shares comes once. In a network too large for that order: along the layer."""
    order = tab_order(network, has_targets=has_targets) or _column(network, spot)
    numbers = {parameter_at(network, each) or each: each for each in order if each.is_editable}
    places = list(numbers)
    k = places.index(parameter_at(network, spot) or spot) + (1 if forward else -1)
    return numbers[places[k]] if 0 <= k < len(places) else None


def neighbour(
    network: Network, spot: Spot, direction: str, has_targets: bool = True
) -> Spot:
    """Where an arrow key (left, right, up, down) leads from a spot; the spot itself at an end.

    Left and right go between units and the weights that join them, up and down along a layer:
    through units and their biases, or through the weights in their order.
    """
    if direction in ("left", "right"):
        there = _sideways(network, spot, 1 if direction == "right" else -1)
        return there if has_targets or there.kind != "target" else spot
    column = _column(network, spot)
    k = column.index(spot) + (1 if direction == "down" else -1)
    return column[min(max(k, 0), len(column) - 1)]


def _unit_and_bias(network: Network, layer: int, unit: int) -> list[Spot]:
    spots = [Spot("unit", layer, unit)]
    if layer and network.layers[layer - 1].bias != "none":
        spots.append(Spot("bias", layer, unit))
    return spots


def _column(network: Network, spot: Spot) -> list[Spot]:
    layer, units = spot.layer, range(network.sizes[spot.layer])
    if spot.kind == "weight":
        return [
            Spot("weight", layer, unit, source)
            for unit in units
            for source in network.sources_of(layer, unit)
        ]
    if spot.kind == "target":
        return [Spot("target", layer, unit) for unit in units]
    return [each for unit in units for each in _unit_and_bias(network, layer, unit)]


def _sideways(network: Network, spot: Spot, step: int) -> Spot:
    layer, unit = spot.layer, spot.unit
    if spot.kind == "weight":
        assert spot.source is not None
        return Spot("unit", layer, unit) if step > 0 else Spot("unit", layer - 1, spot.source)
    if spot.kind == "target":
        return spot if step > 0 else Spot("unit", layer, unit)
    if step > 0 and layer == network.depth:
        return Spot("target", layer, unit)
    if step < 0 and layer == 0:
        return spot
    joined = network.fed_by(layer, unit) if step > 0 else network.sources_of(layer, unit)
    level = _level_with(network, layer, unit, layer + step)
    if not joined:  # all edges on this side are cut
        return Spot("unit", layer + step, level)
    opposite = min(joined, key=lambda other: abs(other - level))
    if step > 0:
        return Spot("weight", layer + 1, opposite, unit)
    return Spot("weight", layer, unit, opposite)


def _level_with(network: Network, layer: int, unit: int, other: int) -> int:
    """The unit of another layer that stands about as high."""
    share = (unit + 0.5) / network.sizes[layer]
    return min(int(share * network.sizes[other]), network.sizes[other] - 1)
