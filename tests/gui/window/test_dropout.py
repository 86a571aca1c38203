"""Dropout as a person meets it: the field, the units crossed out, going back, undo."""

from __future__ import annotations

from engine.run.iteration import dropped_units, iterate
from engine.run.spec import State
from gui.canvas.spots import Spot, describe
from gui.widgets.number_field import NumberField
from tests.gui.canvas.painted import Painted
from tests.gui.window.conftest import Driver


def expected(driver: Driver) -> set[tuple[int, int]]:
    """The nodes that the iteration at the cursor drops for the sample shown."""
    view = driver.view
    iteration = iterate(view.spec, State(view.theta, t=view.t))
    names = dropped_units(iteration, view.sample)
    return {
        (1, unit) for unit, name in enumerate(view.spec.network.layers[0].units) if name in names
    }


def test_units_are_crossed_out_that_the_iteration_drops(xor: Driver) -> None:
    scene, session = xor.window.canvas.scene, xor.window.session
    assert Painted(scene).crossed == set()
    xor.window.findChild(NumberField, "dropout1").edited.emit(0.5)
    assert xor.view.spec.network.layers[0].dropout == 0.5
    seen, thetas = [], []
    for _ in range(4):
        crossed = Painted(scene).crossed
        assert crossed == expected(xor)
        seen.append(crossed)
        thetas.append(xor.view.theta.tobytes())
        session.choose_sample(2)
        assert Painted(scene).crossed == expected(xor)
        session.choose_sample(0)
        session.step("iteration")
    assert len({frozenset(each) for each in seen}) > 1
    dropped = next(iter(expected(xor) or {(0, 0)}))
    if dropped[0]:
        words = describe(xor.view, Spot("unit", *dropped)).splitlines()[0]
        assert "dropped in this iteration" in words
    for crossed, theta in zip(reversed(seen), reversed(thetas), strict=True):
        session.back("iteration")
        assert xor.view.theta.tobytes() == theta
        assert Painted(scene).crossed == crossed
    xor.menu("Undo").trigger()
    assert not xor.view.spec.network.has_dropout and Painted(scene).crossed == set()
