"""Kinds: which step is asked for next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.run.spec import Spec
from engine.run.value_kinds import KINDS, kind_of, next_asked
from tests.engine.conftest import specs


@given(specs(), st.sets(st.sampled_from(list(KINDS))), st.data())
def test_the_next_step_asked_for_is_the_first_of_a_chosen_kind(
    spec: Spec, kinds: set[str], data: st.DataObject
) -> None:
    steps = spec.steps
    start = data.draw(st.integers(0, len(steps)))
    chosen = [k for k in range(start, len(steps)) if kind_of(steps.id_at(k)) in kinds]
    assert next_asked(steps, tuple(kinds), start) == (chosen[0] if chosen else None)
