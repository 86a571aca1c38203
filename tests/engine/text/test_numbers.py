"""Numbers to text and back: format_number, machine_number, parse_number and pasted rows."""

import json
import math
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.text.numbers import (
    LARGEST,
    format_count,
    format_distinct,
    format_number,
    machine_number,
    parse_number,
    parse_table,
)

BELOW_LARGEST = math.nextafter(LARGEST, 0)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
READABLE = st.floats(-BELOW_LARGEST, BELOW_LARGEST)
EVERYDAY = st.one_of(st.floats(-10, 10), st.decimals(-1000, 1000, places=3).map(float))
DIGITS = st.sampled_from([4, 6, 9])


# --- to text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.15, "0.15"),
        (0.4, "0.4"),
        (1.0, "1"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.3775, "0.3775"),
        (-0.038, "−0.038"),
        (100.0, "100"),
        (0.02356002558, "0.0235600"),
        (0.593269992, "0.593270"),
        (0.082167040564, "0.0821670"),
        (0.29837110876, "0.298371"),
        (2 / 3, "0.666667"),
        (0.9999999, "1.00000"),
        (123456.7, "123457"),
        (999999.7, "1.00000e+06"),
        (123456.0, "123456"),
        (1234567.0, "1.23457e+06"),
        (1000000.0, "1e+06"),
        (0.0001, "0.0001"),
        (0.000438568, "0.000438568"),
        (0.0000351, "3.51e−05"),
        (-0.0000350851234, "−3.50851e−05"),
        (5e-324, "5e−324"),
        (1.7976931348623157e308, "1.79769e+308"),
        (math.nan, "not a number"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_six_digits_on_the_screen(value: float, text: str) -> None:
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.593269992, 4, "0.5933"),
        (0.593269992107, 9, "0.593269992"),
        (0.1, None, "0.1"),
        (1.0, None, "1"),
        (0.1 + 0.2, None, "0.30000000000000004"),
        (123456789.5, None, "123456789.5"),
        (-3.5e-05, None, "−3.5e−05"),
        (10000.0, 4, "10000"),
        (120000.0, 4, "120000"),
        (12345.0, 4, "1.234e+04"),
        (1234.5678, 4, "1235"),
        (123456789.0, 9, "123456789"),
        (0.125, 2, "0.12"),
        (0.375, 2, "0.38"),
        (7.0, 1, "7"),
        (7.6, 1, "8"),
        (0.000036, 1, "4e−05"),
    ],
)
def test_other_numbers_of_digits(value: float, digits: int | None, text: str) -> None:
    assert format_number(value, digits) == text


def test_a_tie_of_the_written_decimal_is_rounded_by_the_exact_value() -> None:
    assert format_number(1.0000005) == "1.00000"
    assert format_number(2.675, 3) == "2.67"  # the double lies just below
    assert format_number(1.005, 3) == "1.00"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.038, "-0.038"),
        (3.5e-05, "3.5e-05"),
        (-0.0, "0"),
        (1e6, "1e+06"),
        (-0.02356002558, "-0.0235600"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
    ],
)
def test_machine_numbers_are_ascii(value: float, text: str) -> None:
    assert machine_number(value) == text


@given(FINITE)
def test_a_machine_number_with_all_digits_is_json_of_the_same_number(value: float) -> None:
    text = machine_number(value, None)
    assert json.loads(text) == value
    assert text == (json.dumps(value).removesuffix(".0") if value else "0")


@given(st.floats(), st.floats(), st.one_of(st.none(), st.integers(1, 17)))
@example(math.nan, math.nan, 6)
@example(1e300, math.inf, 1)
@example(-0.0, 0.0, None)
@example(math.nextafter(math.inf, 0.0), math.inf, 1)
@example(5e-324, 0.0, 1)
def test_every_float_can_be_written(first: float, second: float, digits: int | None) -> None:
    """Whatever the engine comes to: by itself, and beside another number."""
    assert format_number(first, digits)
    assert math.isnan(first) or float(machine_number(first, None)) == first
    old, new = format_distinct(first, second, digits)
    assert (old == new) == (first == second or (math.isnan(first) and math.isnan(second)))


def test_numpy_scalars_are_written_like_floats() -> None:
    assert machine_number(np.float64(0.1) + np.float64(0.2), None) == "0.30000000000000004"
    assert format_number(np.float64(-2.5)) == "−2.5"


@given(FINITE, st.one_of(st.none(), DIGITS))
def test_screen_and_machine_text_differ_only_in_the_minus(value: float, digits: int | None) -> None:
    text = format_number(value, digits)
    assert text.replace("−", "-") == machine_number(value, digits)
    assert re.fullmatch(r"−?\d+(\.\d+)?(e[+−]\d{2,3})?", text)


@given(st.one_of(FINITE, EVERYDAY), DIGITS)
@example(0.0235600, 6)
@example(9.9999995, 6)
@example(12345.0, 4)
def test_the_shown_number_is_rounded_never_truncated(value: float, digits: int) -> None:
    text = machine_number(value, digits)
    error = abs(Fraction(text) - Fraction(value))
    if abs(Fraction(text) - Fraction(repr(value))) <= abs(Fraction(value)) / 10**12:
        return  # shown as it is, but for the rounding errors of a computed number
    shown = Decimal(text).as_tuple()
    assert len(shown.digits) == digits
    assert isinstance(shown.exponent, int)
    assert error <= Fraction(10) ** shown.exponent / 2


@given(st.integers(-(10**4) + 1, 10**4 - 1), st.integers(-4, 0), DIGITS)
def test_what_needs_few_digits_is_shown_as_it_is(n: int, exponent: int, digits: int) -> None:
    value = float(f"{n}e{exponent}")
    text = machine_number(value, digits)
    assert float(text) == value
    assert "." not in text or not text.endswith("0")


@given(FINITE, FINITE, st.one_of(st.none(), DIGITS))
@example(0.3, 0.30000001, 6)
@example(1.0, math.nextafter(1.0, 2.0), 6)
@example(1e6, 1000000.0000000001, 4)
def test_distinct_numbers_never_look_equal(first: float, second: float, digits: int | None) -> None:
    texts = format_distinct(first, second, digits)
    numbers = [float(text.replace("−", "-")) for text in texts]
    assert (numbers[0] == numbers[1]) == (first == second)


@pytest.mark.parametrize(
    ("first", "second", "texts"),
    [
        (0.4, 0.35891648, ("0.4", "0.358916")),
        (0.298371109, 0.291027924, ("0.298371", "0.291028")),
        (0.2983711088, 0.2983711092, ("0.2983711088", "0.2983711092")),
        (0.3, 0.30000001, ("0.3", "0.30000001")),
        (0.5, 0.5, ("0.5", "0.5")),
        (1 / 3, 1 / 3, ("0.333333", "0.333333")),
        (math.nan, 1.0, ("not a number", "1")),
        (math.nan, math.nan, ("not a number", "not a number")),
        (1.0, math.inf, ("1", "∞")),
    ],
)
def test_digits_are_added_only_where_needed(
    first: float, second: float, texts: tuple[str, str]
) -> None:
    assert format_distinct(first, second) == texts


def test_counts_are_grouped() -> None:
    assert [format_count(n) for n in (0, 999, 10_000, 1_234_567)] == [
        "0",
        "999",
        "10,000",
        "1,234,567",
    ]


# --- and back


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.15", 0.15),
        ("0,15", 0.15),
        ("1,234", 1.234),
        ("  -2e-3\n", -0.002),
        ("\u00a0\u20092.5\u202f", 2.5),
        ("\u202d0.5\u202c", 0.5),
        ("\ufeff7", 7.0),
        ("−0.5", -0.5),
        ("–0,5", -0.5),
        ("\uff0d3", -3.0),
        ("2E−3", 0.002),
        ("1e+3", 1000.0),
        ("+4", 4.0),
        ("\uff0b4", 4.0),
        (".5", 0.5),
        (",5", 0.5),
        ("-.5", -0.5),
        ("5.", 5.0),
        ("007", 7.0),
        ("1/3", 1 / 3),
        ("1 / 3", 1 / 3),
        ("-2/7", -2 / 7),
        ("−2⁄7", -2 / 7),
        ("1/-4", -0.25),
        ("1,5/2", 0.75),
        ("3e12/4", 7.5e11),
        ("0/5", 0.0),
        ("3.50851e−05", 3.50851e-05),
        ("0.1000000000000000055511151231257827021181583404541015625", 0.1),
        ("999999999999", 999999999999.0),
    ],
)
def test_what_people_type_is_read(text: str, value: float) -> None:
    assert parse_number(text) == value


@given(READABLE)
def test_all_digits_read_back_to_the_same_number(value: float) -> None:
    assert parse_number(format_number(value, None)) == value
    assert parse_number(machine_number(value, None)) == value
    assert parse_number(repr(value).replace(".", ",").replace("-", "–")) == value


@given(st.floats(-1e11, 1e11), DIGITS)
def test_rounded_numbers_are_read_as_they_stand(value: float, digits: int) -> None:
    assert parse_number(format_number(value, digits)) == float(machine_number(value, digits))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "no number here"),
        (" \u00a0\u200b ", "no number here"),
        ("abc", '"abc" is not a number'),
        ("-", "not a number"),
        (".", "not a number"),
        ("e5", "not a number"),
        ("1e", "not a number"),
        ("5,", "not a number"),
        ("1e0.5", "not a number"),
        ("1_000", "not a number"),
        ("0x1F", "not a number"),
        ("٣", "not a number"),
        ("10²", "not a number"),
        ("½", "not a number"),
        ("50%", "not a number"),
        ("--1", "not a number"),
        ("1/", "not a number"),
        ("/2", "not a number"),
        ("1/2/3", "not a number"),
        ("1.2.3", "more than one decimal point"),
        ("0,1,2", "more than one decimal point"),
        ("1,234,567", "group"),
        ("1.234,5", "group"),
        ("1,234.5", "group"),
        ("-1.234.567,89", "group"),
        ("1 234", "group"),
        ("1\u202f234,5", "group"),
        ("1’234.5", "group"),
        ("0.1 0.2", "blank inside"),
        ("1/0", "divides by zero"),
        ("0/0,0", "divides by zero"),
        ("nan", "not a finite number"),
        ("-Infinity", "not a finite number"),
        ("−∞", "not a finite number"),
        ("not a number", "not a finite number"),
        ("1e12", "too large"),
        ("-1000000000000", "too large"),
        ("1e999999999", "too large"),
        ("1/1e-12", "too large"),
        ("1e400/1e400", "too large"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(text: str, part: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_number(text)
    sentence = str(caught.value)
    assert part in sentence
    assert sentence.endswith(".") and "\n" not in sentence
    assert not text.strip(" \u00a0\u200b") or sentence.startswith('"')


@pytest.mark.parametrize(
    "text",
    ["1" * 400, "0." + "0" * 400 + "1", "x" * 10_000_000, "1,234" * 2_000_000, "1\n" * 5_000_000],
    ids=["digits", "zeros", "letters", "groups", "lines"],
)
def test_long_text_is_refused_and_quoted_short(text: str) -> None:
    with pytest.raises(ValueError, match="too long") as caught:
        parse_number(text)
    assert len(str(caught.value)) < 120
    assert text[0] in str(caught.value)


def test_what_is_quoted_can_be_printed_on_one_line() -> None:
    with pytest.raises(ValueError) as caught:
        parse_number("a\nb\tc\x00\ud800\u202ed")
    assert str(caught.value).encode().startswith(b'"a b c   d" is not')


@given(st.text(max_size=120))
def test_any_text_gives_a_number_below_the_limit_or_a_sentence(text: str) -> None:
    try:
        assert abs(parse_number(text)) < LARGEST
    except ValueError as error:
        assert str(error).endswith(".")


# --- rows and tables


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("0.15", [0.15]),
        ("0,15", [0.15]),
        ("0.1 0.2", [0.1, 0.2]),
        ("  0,1   0,2 \r\n", [0.1, 0.2]),
        ("0.1\t0.2", [0.1, 0.2]),
        ("0,1\t0,2\n", [0.1, 0.2]),
        ("0,1; 0,2", [0.1, 0.2]),
        ("0,1;0.2;−3", [0.1, 0.2, -3.0]),
        ("0.1, 0.2", [0.1, 0.2]),
        ("0.1 , 0.2", [0.1, 0.2]),
        ("1, 2", [1.0, 2.0]),
        ("0.1,0.2", [0.1, 0.2]),
        ("0.150,1", [0.15, 1.0]),
        ("-1,-2", [-1.0, -2.0]),
        ("1,2,3", [1.0, 2.0, 3.0]),
        ("1e-3,2e-3", [0.001, 0.002]),
        ("1/2,1/3", [0.5, 1 / 3]),
        ("1/2 −1/3", [0.5, -1 / 3]),
        ("1 / 2\t1 / 4", [0.5, 0.25]),
        ("1,5/2", [0.75]),
    ],
)
def test_a_row_is_read(text: str, row: list[float]) -> None:
    assert parse_table(text) == [row]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Row 1, column 1: There is no number here"),
        ("0.1\tx\t0.3", 'Row 1, column 2: "x" is not a number'),
        ("0.1\t\t0.3", "Row 1, column 2: There is no number here"),
        ("\t0.3", "Row 1, column 1: There is no number here"),
        ("0.1, 0.2,", "Row 1, column 3: There is no number here"),
        ("0.1;0.2;1e12", 'Row 1, column 3: "1e12" is too large'),
        ("1,234,567", 'Row 1, column 1: "1,234,567" seems to group .* Semicolons'),
        ("1.234,5", "Row 1, column 1: .* group .* Semicolons"),
        ("1.234,567", "Row 1, column 1: .* group .* Semicolons"),
        ("1\u00a0234 5", "Row 1, column 1: .* group"),
        ("1,5, 2,5", 'Row 1, column 1: "1,5," .* Semicolons'),
        ("1, 2,3", 'Row 1, column 1: "1," .* Semicolons'),
        ("0.1,0.2 0.3", "Row 1, column 1: .* Semicolons"),
    ],
)
def test_a_doubtful_row_is_refused_at_its_column(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        parse_table(text)


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("0\t0\n0\t1\n", [[0, 0], [0, 1]]),
        ("0,5\t1\r\n1,5\t2\r\n\r\n", [[0.5, 1], [1.5, 2]]),
        ("0,15\n0,2\n", [[0.15], [0.2]]),
        ("0,1 0,2\n1 2", [[0.1, 0.2], [1, 2]]),
        ("0, 1\n1,0", [[0, 1], [1, 0]]),
        ("1,2\n0.5,1", [[1, 2], [0.5, 1]]),
        ("100,200,300\n1,2,3", [[100, 200, 300], [1, 2, 3]]),
        ("1;2\r3;4", [[1, 2], [3, 4]]),
        ("7", [[7]]),
    ],
)
def test_a_table_is_read(text: str, table: list[list[float]]) -> None:
    assert parse_table(text) == table


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Row 1, column 1: There is no number here"),
        ("1 2\n3 4\n5", "Row 3 has 1 number and row 1 has 2 numbers"),
        ("1\n2 3", "Row 2 has 2 numbers and row 1 has 1 number"),
        ("1\t2\n3\tfour", 'Row 2, column 2: "four" is not a number'),
        ("1 2\n\n3 4", "Row 2, column 1: There is no number here"),
        ("1\t2\n3\t\n", "Row 2, column 2: There is no number here"),
        ("x1\tx2\n0\t1", 'Row 1, column 1: "x1" is not a number'),
        ("1;2\n3\t4", 'Row 1, column 1: "1;2" is not a number'),
    ],
)
def test_a_wrong_table_is_refused_at_its_place(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        parse_table(text)


def test_a_long_line_without_separators_is_refused_and_quoted_short() -> None:
    with pytest.raises(ValueError, match="^Row 1, column 1: .* too long") as caught:
        parse_table("1" * 10_000_000)
    assert len(str(caught.value)) < 150


TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(READABLE, min_size=width, max_size=width), min_size=1, max_size=4
    )
)


@given(TABLES, st.sampled_from(["\t", ";", "; ", " ", "  "]), st.sampled_from(["\n", "\r\n"]))
def test_a_pasted_table_reads_back(table: list[list[float]], separator: str, end: str) -> None:
    written = [separator.join(format_number(value, None) for value in row) for row in table]
    assert parse_table(end.join(written) + end) == table
    assert parse_table(end.join(written).replace(".", ",")) == table


@given(TABLES)
def test_a_table_with_commas_and_blanks_reads_back(table: list[list[float]]) -> None:
    lines = (", ".join(machine_number(value, None) for value in row) for row in table)
    assert parse_table("\n".join(lines)) == table


@given(st.text(alphabet="01.,; \t\n-e/", max_size=40))
def test_any_paste_gives_a_full_table_or_a_place(text: str) -> None:
    try:
        table = parse_table(text)
    except ValueError as error:
        assert re.match(r"Row \d+(, column \d+:| has)", str(error))
    else:
        assert len({len(row) for row in table}) == 1
