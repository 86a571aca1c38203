"""Planner: keeps the room that the numbers of a network need, and plans the picture by it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from engine.maths.network import Network
from gui.canvas.placing.layout import is_folded
from gui.canvas.placing.overview import overview
from gui.canvas.placing.plan import Plan, best_plan
from gui.canvas.placing.room import FEW_UNITS, Room, room_at_first, room_for, room_for_step, widened
from gui.view import View

Way = Callable[[Sequence[int], Sequence[bool], Room, float, float], Plan]

_MOST_PLANS = 16  # kept at a time


class Planner:
    """Room that was once given stays, until the network, the digits or the notation are others:
    what numbers need changes while a run trains, and the picture is not to tremble."""

    def __init__(self) -> None:
        self._room: Room | None = None
        self._manner: tuple[object, ...] = ()
        self._numbers: tuple[object, ...] = ()
        self._is_whole = True  # whether all numbers are read
        self._plans: dict[tuple[object, ...], Plan] = {}

    def follow(self, view: View) -> bool:
        """Make room for the numbers of a view; whether that takes more, or less, than before."""
        network = view.spec.network
        manner = network, view.worked_digits, view.notation, view.gradients
        is_other = manner != self._manner
        if is_other:
            self._manner, self._numbers, self._plans = manner, (), {}
            self._room = room_at_first(view)
            self._is_whole = is_small(network)
        return self._widen(view) or is_other

    def _widen(self, view: View) -> bool:
        assert self._room is not None
        is_stepwise = view.curtain is not None or not self._is_whole
        numbers = (
            view.spec, view.sample_pass, view.worked_pass, view.worked, view.worked_theta,
            view.sample_gradient, view.curtain, view.training, self._is_whole,
            view.revealed if is_stepwise else None,
        )
        same = len(numbers) == len(self._numbers) and all(
            a is b or (isinstance(a, int) and a == b)
            for a, b in zip(numbers, self._numbers, strict=True)
        )
        if same:
            return False
        self._numbers = numbers
        room = widened(self._room, room_for(view) if self._is_whole else room_for_step(view))
        is_wider = room is not self._room
        if is_wider:
            self._room, self._plans = room, {}
        return is_wider

    def plan(
        self, view: View, opened: Collection[int], width: float, height: float
    ) -> Plan:
        """How everything is drawn in an area of some pixels."""
        if is_small(view.spec.network):
            return self._whole(view, opened, width, height)
        for _ in range(2):
            whole = self._whole(view, opened, width, height)
            self._is_whole = whole.width <= width + 0.5 and whole.height <= height + 0.5
            if not self._is_whole:
                return self._overview(view, opened, width, height)
            if not self._widen(view):
                break
        return whole

    def full_spread(
        self, view: View, opened: Collection[int], width: float, height: float
    ) -> tuple[float, float]:
        """How many times larger than an area the picture has to be for all its numbers, if it does
        not take that by itself."""
        if is_small(view.spec.network):
            return 1.0, 1.0
        whole = self._whole(view, opened, width, height)
        return max(1.0, whole.width / width), max(1.0, whole.height / height)

    def _whole(
        self, view: View, opened: Collection[int], width: float, height: float
    ) -> Plan:
        if not is_small(view.spec.network):
            width = height = 0.0  # zoomed into, it is the same picture in any window
        return self._planned(best_plan, view, opened, width, height)

    def _overview(
        self, view: View, opened: Collection[int], width: float, height: float
    ) -> Plan:
        return self._planned(overview, view, opened, width, height)

    def _planned(
        self, way: Way, view: View, opened: Collection[int], width: float, height: float
    ) -> Plan:
        """A plan made in one of the ways there are, kept as long as the room is the same."""
        sizes = view.spec.network.sizes
        folded = tuple(is_folded(sizes, layer, opened) for layer in range(len(sizes)))
        assert self._room is not None
        key = way, folded, width, height
        if key not in self._plans:
            if len(self._plans) > _MOST_PLANS:
                self._plans = {}
            self._plans[key] = way(sizes, folded, self._room, width, height)
        return self._plans[key]


def is_small(network: Network) -> bool:
    """Whether all numbers of a network stand on the canvas at any size."""
    return max(network.sizes) <= FEW_UNITS
