"""How `make soak` judges what a process held: a leak is found, what comes and goes is none."""

from __future__ import annotations

import pytest

from tests.soak import MIB, growth

LOOKS = 720  # in an hour


@pytest.mark.parametrize("part", [-0.02, 0.0, 0.051, 0.5])
def test_what_is_added_evenly_counts_in_full(part: float) -> None:
    held = [round(400 * MIB * (1 + part * k / LOOKS)) for k in range(LOOKS + 1)]
    assert growth(held) == pytest.approx(part, rel=0.01)


def test_what_comes_and_goes_is_no_growth() -> None:
    held = [400 * MIB] * LOOKS
    held[500:560] = [416 * MIB] * 60
    assert growth(held) == 0.0
