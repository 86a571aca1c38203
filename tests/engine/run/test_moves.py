"""How far a press of Step or Back goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.run.moves import step_back, step_forward
from engine.run.spec import Spec
from engine.run.steps import GRAINS
from tests.engine.conftest import specs


@given(specs(), st.sampled_from(GRAINS), st.integers(1, 40))
def test_every_way_forward_leads_back_to_the_start(spec: Spec, grain: str, presses: int) -> None:
    moment = (0, 0)
    seen = [moment]
    for _ in range(presses):
        following = step_forward(lambda t: spec, moment, grain)
        assert following > moment
        seen.append(following)
        moment = following
    for expected in reversed(seen[:-1]):
        moment = step_back(lambda t: spec, moment, grain)
        length = len(spec.steps)
        # A finished iteration and the clean sheet after it are the same moment.
        assert moment[0] * length + moment[1] == expected[0] * length + expected[1]
    assert step_back(lambda t: spec, (0, 0), grain) == (0, 0)


@given(specs(), st.integers(0, 3), st.data())
def test_number_shows_one_step_more(spec: Spec, t: int, data: st.DataObject) -> None:
    revealed = data.draw(st.integers(0, len(spec.steps) - 1))
    assert step_forward(lambda t: spec, (t, revealed), "number") == (t, revealed + 1)
    assert step_forward(lambda t: spec, (t, len(spec.steps)), "number") == (t + 1, 1)
    assert step_back(lambda t: spec, (t + 1, 1), "number") == (t, len(spec.steps))


@given(specs(), st.integers(0, 9))
def test_an_epoch_ends_on_a_whole_one(spec: Spec, t: int) -> None:
    after, revealed = step_forward(lambda t: spec, (t, 3), "epoch")
    assert revealed == 0 and after % spec.iterations_per_epoch == 0
    assert 0 < after - t <= spec.iterations_per_epoch
    assert step_back(lambda t: spec, (after, 0), "epoch") == (after - spec.iterations_per_epoch, 0)


@pytest.mark.parametrize("grain", GRAINS)
def test_back_stops_where_the_road_begins(grain: str) -> None:
    import numpy as np

    from engine.maths.optimizers import Optimizer
    from engine.run.spec import Data
    from tests.engine.run.test_steps import mazur_network  # the network alone decides

    data = Data(np.zeros((1, 2)), np.zeros((1, 2)), ("t1", "t2"))
    spec = Spec(mazur_network(), "half_squared_error", "sum", Optimizer(), data)
    assert step_back(lambda t: spec, (7, 0), grain, first_t=7) == (7, 0)
