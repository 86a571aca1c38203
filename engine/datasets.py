"""Training sets: small ones made from a seed, and samples read from CSV text."""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from engine.activations import Array
from engine.numbers import LARGEST, format_count, parse_number
from engine.spec import MAX_SAMPLES, Data

_DECIMALS = 3  # so that a drawn sample can be read, and typed into a calculator


class DatasetRule(Struct, frozen=True):
    """A training set that can be made, and a network that can learn it.

    `make(seed)` is a pure function; the seed means nothing where there is nothing to draw.
    `loss` and `activation` (of the output) suit the targets, `hidden` are sizes of hidden layers
    that are enough.
    """

    key: str
    title: str
    make: Callable[[int], Data]
    inputs: int
    outputs: int
    loss: str
    activation: str
    hidden: tuple[int, ...]


def _gate(*targets: float) -> Callable[[int], Data]:
    """The four samples of a logic gate, its targets in the order 00, 01, 10, 11."""

    def make(seed: int) -> Data:
        inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
        return Data(inputs, np.array(targets).reshape(-1, 1), ("t",))

    return make


def _drawn(
    draw: Callable[[np.random.Generator], tuple[Array, Array]], *target_names: str
) -> Callable[[int], Data]:
    """A set whose samples come from a generator, rounded and in a drawn order."""

    def make(seed: int) -> Data:
        generator = np.random.default_rng(seed)
        inputs, targets = draw(generator)
        order = generator.permutation(len(inputs))
        # Adding zero turns -0 into 0.
        inputs = np.round(inputs, _DECIMALS) + 0.0
        targets = np.round(targets, _DECIMALS) + 0.0
        return Data(inputs[order], targets[order], target_names)

    return make


def _circle(generator: np.random.Generator, count: int = 120) -> tuple[Array, Array]:
    """Points of the square ±1; those within the circle that covers half of it are 1."""
    points = generator.uniform(-1.0, 1.0, (count, 2))
    inside = (points**2).sum(axis=1) < 2.0 / np.pi
    return points, inside.astype(float).reshape(-1, 1)


def _moons(generator: np.random.Generator, each: int = 60) -> tuple[Array, Array]:
    """Two half circles of radius 1 that reach into one another."""
    angle = generator.uniform(0.0, np.pi, each)
    upper = np.column_stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25])
    points = np.vstack([upper, -upper]) + generator.normal(0.0, 0.08, (2 * each, 2))
    return points, _classes(each)


def _spirals(generator: np.random.Generator, each: int = 80) -> tuple[Array, Array]:
    """Two spirals of one and a half turns, each the other's mirror image."""
    along = np.sqrt(generator.uniform(0.01, 1.0, each))
    angle = 3.0 * np.pi * along
    arm = np.column_stack([along * np.cos(angle), along * np.sin(angle)])
    points = np.vstack([arm, -arm]) + generator.normal(0.0, 0.015, (2 * each, 2))
    return points, _classes(each)


def _classes(each: int) -> Array:
    """Targets of two classes, 0 and then 1, shape (2 each, 1)."""
    return np.repeat([0.0, 1.0], each).reshape(-1, 1)


def _groups(generator: np.random.Generator, each: int = 40) -> tuple[Array, Array]:
    """Three clouds around the corners of a triangle; one target column for each cloud."""
    corner = np.repeat(np.arange(3), each)
    angle = np.pi / 2.0 + corner * 2.0 * np.pi / 3.0
    centres = 0.7 * np.column_stack([np.cos(angle), np.sin(angle)])
    return centres + generator.normal(0.0, 0.2, centres.shape), np.eye(3)[corner]


def _line(generator: np.random.Generator, count: int = 40) -> tuple[Array, Array]:
    """y = 0.8 x + 0.2, measured with an error of 0.1."""
    x = generator.uniform(-1.0, 1.0, (count, 1))
    return x, 0.8 * x + 0.2 + generator.normal(0.0, 0.1, x.shape)


def _sine(generator: np.random.Generator, count: int = 60) -> tuple[Array, Array]:
    """y = sin πx, measured with an error of 0.05."""
    x = generator.uniform(-1.0, 1.0, (count, 1))
    return x, np.sin(np.pi * x) + generator.normal(0.0, 0.05, x.shape)


DATASETS: dict[str, DatasetRule] = {
    rule.key: rule
    for rule in (
        DatasetRule(
            "xor", "XOR", _gate(0, 1, 1, 0), 2, 1, "half_squared_error", "sigmoid", (3,)
        ),
        DatasetRule("and", "AND", _gate(0, 0, 0, 1), 2, 1, "half_squared_error", "sigmoid", ()),
        DatasetRule("or", "OR", _gate(0, 1, 1, 1), 2, 1, "half_squared_error", "sigmoid", ()),
        DatasetRule(
            "circle", "points inside a circle", _drawn(_circle, "t"), 2, 1,
            "binary_cross_entropy", "sigmoid", (4,),
        ),
        DatasetRule(
            "moons", "two moons", _drawn(_moons, "t"), 2, 1,
            "binary_cross_entropy", "sigmoid", (6,),
        ),
        DatasetRule(
            "spirals", "two spirals", _drawn(_spirals, "t"), 2, 1,
            "binary_cross_entropy", "sigmoid", (16, 16),
        ),
        DatasetRule(
            "groups", "three groups of points", _drawn(_groups, "t1", "t2", "t3"), 2, 3,
            "categorical_cross_entropy", "softmax", (),
        ),
        DatasetRule(
            "line", "points along a line", _drawn(_line, "t"), 1, 1,
            "mean_squared_error", "linear", (),
        ),
        DatasetRule(
            "sine", "points along a sine wave", _drawn(_sine, "t"), 1, 1,
            "mean_squared_error", "linear", (6,),
        ),
    )
}


class CsvSamples(NamedTuple):
    """Samples read from CSV text: inputs (samples, inputs), targets (samples, outputs), and the
    names of all columns, or None without a heading that names each column differently."""

    inputs: Array
    targets: Array
    names: tuple[str, ...] | None


def text_of(raw: bytes) -> str:
    """The text of a CSV file: UTF-8, UTF-16 where a byte order mark says so, or Latin-1."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def read_csv(text: str, inputs: int, outputs: int) -> CsvSamples:
    """Read samples: in each line the inputs, then the targets.

    Separated by tabs, semicolons or commas; with the first two, a comma may be the decimal one. A
    first line without any number is a heading. Blank lines are skipped. Raises ValueError with a
    sentence that names the line and the column, both from 1.
    """
    width = inputs + outputs
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, width))
    # float() is the quick way, but it reads "1_000", which is no number to parse_number.
    quick = "_" not in text
    values = array("d")
    names: tuple[str, ...] | None = None
    first = True
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            heading = first and not any(_is_number(cell) for cell in cells)
            first = False
            if len(cells) != width:
                raise ValueError(
                    f"Line {reader.line_num} has {_count(len(cells), 'column')}; this network "
                    f"needs {width}: {_count(inputs, 'input')}, then {_count(outputs, 'target')}."
                )
            if heading:
                names = _names(cells)
                continue
            if len(values) == MAX_SAMPLES * width:
                raise ValueError(
                    f"Line {reader.line_num} is one too many; "
                    f"at most {format_count(MAX_SAMPLES)} samples are possible."
                )
            values.extend(_numbers(cells, reader.line_num, quick))
    except csv.Error as error:
        raise ValueError(f"Line {reader.line_num} cannot be read as CSV: {error}.") from None
    if not values:
        raise ValueError("There are no samples in this file; write one in each line.")
    rows = np.array(values).reshape(-1, width)
    return CsvSamples(rows[:, :inputs], rows[:, inputs:], names)


def _delimiter(text: str, width: int) -> str:
    """The separator that cuts the first line into `width` cells, else one that stands in it."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    found = [separator for separator in "\t;," if separator in line]
    for separator in found:
        if len(next(csv.reader([line], delimiter=separator))) == width:
            return separator
    return found[0] if found else ","


def _names(cells: list[str]) -> tuple[str, ...] | None:
    names = tuple(cell.strip() for cell in cells)
    return names if all(names) and len(set(names)) == len(names) else None


def _is_number(cell: str) -> bool:
    try:
        parse_number(cell)
    except ValueError:
        return False
    return True


def _numbers(cells: list[str], line: int, quick: bool) -> list[float]:
    if quick:
        try:
            row = [float(cell) for cell in cells]
            if all(-LARGEST < value < LARGEST for value in row):
                return row
        except ValueError:
            pass  # a decimal comma, a fraction, or what is refused below
    row = []
    for column, cell in enumerate(cells, start=1):
        try:
            row.append(parse_number(cell))
        except ValueError as error:
            raise ValueError(f"Line {line}, column {column}: {error}") from None
    return row


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
