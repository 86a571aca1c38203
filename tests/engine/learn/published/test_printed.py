"""Printed numbers keep their digits, and are told to agree, to be cut off, or to have slipped."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.learn.published.printed import Match, match, places, read_printed, slip, written_like


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0.2910", "0.2910"),
        (" 0,2910 ", "0.2910"),
        ("−.5", "-0.5"),
        ("5.", "5"),
        ("+3e-5", "3e-5"),
        ("1,5E+3", "1.5e+3"),
    ],
)
def test_what_is_typed_keeps_its_digits(typed: str, kept: str) -> None:
    assert read_printed(typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "There is no number here"),
        ("w5", '"w5" is not a number'),
        ("1/3", '"1/3" is a fraction, which has no digits to compare'),
        ("1,234,567", "seems to group its digits"),
        ("nan", "is not a finite number"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_printed(typed)


@given(st.floats(-1e6, 1e6), st.integers(0, 12))
def test_a_number_agrees_with_itself_rounded_and_cut_off(value: float, count: int) -> None:
    rounded = f"{value:.{count}f}"
    assert match(value, rounded) is Match.ROUNDED
    cut = f"{math.trunc(value * 10**count) / 10**count:.{count}f}"
    if abs(value) * 10**count < 1e12:
        assert match(value, cut) is not None or abs(float(cut) - value) > 10.0**-count


@given(st.floats(1e-3, 1e3), st.integers(3, 9), st.booleans())
def test_a_number_two_units_away_does_not_agree(value: float, count: int, above: bool) -> None:
    off = value + (2.0 if above else -2.0) * 10.0**-count
    assert match(value, f"{off:.{count}f}") is None


@pytest.mark.parametrize(
    ("value", "printed", "how"),
    [
        (0.615580187436667, "0.616", Match.ROUNDED),
        (0.615580187436667, "0.615", Match.TRUNCATED),
        (-0.615580187436667, "-0.615", Match.TRUNCATED),
        (0.615580187436667, "0.614", None),
        (0.00565, "0.00565", Match.ROUNDED),
        (0.0004, "-0.000", Match.ROUNDED),
        (3.5e-05, "3.5e-05", Match.ROUNDED),
        (3.56e-05, "3.5e-05", Match.TRUNCATED),
        (1234.0, "1.2e3", Match.ROUNDED),
        (0.03423820536202088, "0.03423820536202099", Match.IN_ALL_BUT_ROUNDING_ERRORS),
        (0.03423820536, "0.03423820537", None),
        (math.nan, "0.5", None),
        (math.inf, "0.5", None),
    ],
)
def test_agreement(value: float, printed: str, how: Match | None) -> None:
    assert match(value, printed) is how


@pytest.mark.parametrize(
    ("value", "printed", "written"),
    [
        (0.29102777369359933, "0.291027924", "0.291027774"),
        (3.510187782978859e-05, "3.51085e-05", "3.51019e-05"),
        (-0.0001, "0.00", "0.00"),
        (1234.5, "1200", "1235"),
        (float("nan"), "1.0", "nan"),
    ],
)
def test_a_value_is_written_as_the_source_writes(
    value: float, printed: str, written: str
) -> None:
    assert written_like(value, printed) == written
    assert places("0.2910") == 4


@pytest.mark.parametrize(
    ("value", "printed", "said"),
    [
        (3.5084786296312774e-05, "0.0000351085", "a digit too many: 0.000035085 would be right"),
        (0.12345678, "0.12354678", "two digits are exchanged: 0.12345678 would be right"),
        (0.12345678, "0.1234678", "a digit is lost: 0.12345678 would be right"),
        (-0.12345678, "-0.1245678", "a digit is lost: -0.12345678 would be right"),
        (0.12345678, "0.12945678", "one digit is wrong: 0.12345678 would be right"),
    ],
)
def test_a_slip_of_the_pen_is_named(value: float, printed: str, said: str) -> None:
    assert said in slip(value, printed)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (3.510187782978859e-05, "0.0000351085"),  # the right loss, not the one that slipped
        (0.29102777369359933, "0.291027924"),  # the last digits differ: no slip
        (0.12345678, "0.12345698"),
        (0.123, "0.132"),  # three digits may be exchanged by chance
        (0.123, "0.173"),
        (math.nan, "0.12354678"),
    ],
)
def test_a_wrong_number_is_not_taken_for_a_slip(value: float, printed: str) -> None:
    assert slip(value, printed) == ""
