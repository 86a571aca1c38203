"""Every example walked forward and back at every grain: each moment is the same both ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from engine.documents.examples import example_names, read_example
from engine.run.spec import Batching
from engine.run.step_values import step_value
from engine.run.steps import GRAINS, STEP_ORDERS
from gui.session.session import Session
from gui.view import View

MINI_BATCHES = "xor-2-3-1-adam in mini-batches"


class Walker:
    """A session, and everything it shows at each moment."""

    def __init__(self, name: str, grain: str, order: str) -> None:
        self.session = Session()
        self._view: View
        self.session.changed.connect(self._keep)
        document = read_example(name.partition(" ")[0])
        spec = replace(document.spec, step_order=order)
        if name == MINI_BATCHES:
            spec = replace(spec, batching=Batching(3, shuffled=True))
        self.session.open(replace(document, spec=spec, grain=grain))

    def _keep(self, view: View) -> None:
        self._view = view

    def seen(self) -> dict[str, Any]:
        """θ, slots, t, revealed, losses, and the value of every revealed step, bit for bit."""
        self.session.finish()
        view, state = self._view, self.session.state
        assert view.evaluation is not None
        values: tuple[float, ...] = ()
        if view.revealed:
            assert view.iteration is not None
            values = tuple(
                step_value(view.iteration, view.steps.id_at(k), view.sample_pass)
                for k in range(view.revealed)
            )
        return {
            "moment": (view.t, view.revealed),
            "theta": view.theta.tobytes(),
            "state": (state.t, state.theta.tobytes(), [slot.tobytes() for slot in state.slots]),
            "loss": (view.evaluation.loss, view.evaluation.metrics),
            "outputs": view.evaluation.outputs.tobytes(),
            "values": values,
        }


@pytest.fixture
def walkers(qapp: object) -> Iterator[list[Walker]]:
    made: list[Walker] = []
    yield made
    for walker in made:
        walker.session.close()


@pytest.mark.parametrize("order", STEP_ORDERS)
@pytest.mark.parametrize("grain", GRAINS)
@pytest.mark.parametrize("name", [*example_names(), MINI_BATCHES])
def test_forward_and_back_are_the_same_moments(
    walkers: list[Walker], name: str, grain: str, order: str
) -> None:
    walker = Walker(name, grain, order)
    walkers.append(walker)
    session = walker.session
    iterations = 2 * session.spec.iterations_per_epoch if grain == "epoch" else 2
    there = [walker.seen()]
    while there[-1]["moment"][0] < iterations:
        session.step()
        if (seen := walker.seen()) == there[-1]:
            break  # a network that only goes forward has no next iteration
        there.append(seen)
    trained, revealed = there[-1]["moment"]
    is_at_the_end = not session.spec.can_train and revealed == len(session.spec.steps)
    assert trained == iterations or is_at_the_end
    for seen in reversed(there[:-1]):
        session.back()
        assert walker.seen() == seen
    assert there[0]["moment"] == (0, 0)
    session.back()
    assert walker.seen() == there[0]
    for seen in there[1:]:
        session.step()
        assert walker.seen() == seen
