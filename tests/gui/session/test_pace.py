"""Pace: what training may do by when follows from nothing but the seconds that were trained."""

from __future__ import annotations

from math import inf

import pytest

from gui.session.pace import Pace


def epochs(pace: Pace, seconds: float, frames: int) -> float:
    """What it allows in so many seconds, asked for frame by frame."""
    return sum(pace.passed(seconds / frames) for _ in range(frames))


@pytest.mark.parametrize("frames", [1, 7, 60])
def test_it_begins_with_50_epochs_a_second_and_has_a_few_more_in_each_that_follows(
    frames: int,
) -> None:
    pace = Pace(None)
    seconds = [epochs(pace, 1.0, frames) for _ in range(10)]
    assert seconds[0] == pytest.approx(50)
    for before, after in zip(seconds, seconds[1:], strict=False):
        assert after == pytest.approx(1.6 * before)
    assert pace.grows


def test_in_the_end_nothing_is_held_back() -> None:
    pace = Pace(None)
    pace.passed(3600.0)
    assert pace.rate == inf
    assert not pace.grows


def test_where_the_machine_cannot_keep_up_it_is_as_fast_as_it_goes() -> None:
    pace = Pace(None)
    for is_late in (True, True, False, True, True, True, True):
        pace.note(is_late)  # now and then tells nothing
    assert pace.grows
    pace.note(True)
    assert pace.rate == inf


def test_a_chosen_pace_stays_what_it_is() -> None:
    pace = Pace(30)
    for _ in range(20):
        pace.note(True)
    assert epochs(pace, 5.0, 100) == pytest.approx(150)
    assert pace.rate == 30
    assert not pace.grows
    assert Pace(inf).rate == inf


def test_from_a_chosen_pace_it_grows_on() -> None:
    pace = Pace(300).choose(None)
    assert pace.rate == pytest.approx(300)
    assert pace.passed(1.0) == pytest.approx(300 * 0.6 / 0.4700036, rel=1e-6)  # ∫ 1.6^s ds
    assert Pace(1).choose(None).rate == Pace(None).rate
    assert not Pace(inf).choose(None).grows
    assert Pace(None).choose(5).rate == 5
