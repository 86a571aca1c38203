"""Ticks: round numbers in plain text."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.numbers import parse_number
from gui.plots.ticks import linear_ticks, log_ticks


def texts(ticks: list[tuple[float, str]]) -> list[str]:
    return [text for _, text in ticks]


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0.0, 1.0, 5, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (-0.2, 1.2, 3, ["0", "0.5", "1.0"]),
        (-3.3, 3.3, 4, ["−2", "0", "2"]),
        (0.0, 10_000.0, 2, ["0", "5,000", "10,000"]),
        (0.0, 3e-7, 3, ["0", "1e−07", "2e−07", "3e−07"]),
    ],
)
def test_linear(low: float, high: float, most: int, expected: list[str]) -> None:
    assert texts(linear_ticks(low, high, most)) == expected


def test_no_tick_between_whole_numbers() -> None:
    assert texts(linear_ticks(0.0, 2.0, 10, whole=True)) == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0.0006, 0.7, 5, ["0.001", "0.01", "0.1"]),
        (1e-12, 1.5, 4, ["1e−12", "1e−08", "0.0001", "1"]),
        (0.3, 0.9, 5, ["0.4", "0.6", "0.8"]),
        (0.15, 0.6, 5, ["0.2", "0.5"]),
    ],
)
def test_logarithmic(low: float, high: float, most: int, expected: list[str]) -> None:
    assert texts(log_ticks(math.log10(low), math.log10(high), most)) == expected


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e6), st.integers(1, 20))
def test_ticks_stand_where_they_say(low: float, width: float, most: int) -> None:
    ticks = linear_ticks(low, low + width, most)
    assert len(ticks) <= most + 1
    spacing = ticks[1][0] - ticks[0][0] if len(ticks) > 1 else width
    for place, text in ticks:
        assert low - 1e-6 * width <= place <= low + width * (1 + 1e-6)
        value = parse_number(text.replace(",", ""))
        assert value == pytest.approx(place, abs=max(1e-3 * spacing, 1e-5 * abs(place)))


@pytest.mark.parametrize("low, high", [(0.0, 0.0), (1.0, 0.0), (0.0, math.inf), (math.nan, 1.0)])
def test_an_impossible_range_has_no_ticks(low: float, high: float) -> None:
    assert linear_ticks(low, high, 5) == []
    assert log_ticks(low, high, 5) == []
