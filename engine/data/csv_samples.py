"""Samples read from CSV text."""

from __future__ import annotations

import csv
import io
from array import array
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from engine.maths.activations import Array
from engine.run.iteration import Check, never
from engine.run.limits import MAX_TABLE_LINE, MAX_TABLE_LINES, SAMPLES
from engine.text.numbers import LARGEST, counted, format_count, parse_cells, parse_number


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


def read_csv(text: str, inputs: int, outputs: int, check: Check = never) -> CsvSamples:
    """Read samples: in each line the inputs, then the targets.

    Separated by tabs, semicolons or commas; with the first two, a comma may be the decimal one. A
    first line without any number is a heading. Blank lines are skipped. Raises ValueError with a
    sentence that names the line and the column, both from 1, and what `check` raises.
    """
    width = inputs + outputs
    reader = csv.reader(_lines(text), delimiter=_delimiter(text, width))
    # float() is the quick way, but it reads "1_000", which is no number to parse_number.
    quick = "_" not in text
    values = array("d")
    names: tuple[str, ...] | None = None
    first = True
    try:
        for cells in reader:
            check()
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != width:
                raise ValueError(
                    f"Line {reader.line_num} has {counted(len(cells), 'column')}; this network "
                    f"needs {width}: {counted(inputs, 'input')}, then {counted(outputs, 'target')}."
                )
            heading = first and not any(_is_number(cell) for cell in cells)
            first = False
            if heading:
                names = _names(cells)
                continue
            if len(values) == SAMPLES.most * width:
                raise ValueError(
                    f"Line {reader.line_num} is one too many; "
                    f"at most {format_count(SAMPLES.most)} samples are possible."
                )
            values.extend(_numbers(cells, reader.line_num, quick))
    except csv.Error as error:
        raise ValueError(f"Line {reader.line_num} cannot be read as CSV: {error}.") from None
    if not values:
        raise ValueError("There are no samples in this file; write one in each line.")
    rows = np.array(values).reshape(-1, width)
    return CsvSamples(rows[:, :inputs], rows[:, inputs:], names)


def _lines(text: str) -> Iterator[str]:
    """The lines of a text. Raises ValueError for one too many, and for one that is too long."""
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if number > MAX_TABLE_LINES:
            raise ValueError(
                f"The file goes on after line {format_count(MAX_TABLE_LINES)}, and it may have no "
                "more lines than that, blank ones among them."
            )
        if len(line) > MAX_TABLE_LINE:
            raise ValueError(
                f"Line {number} has {format_count(len(line))} characters; "
                f"at most {format_count(MAX_TABLE_LINE)} are possible."
            )
        yield line


def _delimiter(text: str, width: int) -> str:
    """The separator that cuts the first line into `width` cells, else one that stands in it."""
    line = next((line for line in _lines(text) if line.strip()), "")
    found = [separator for separator in "\t;," if separator in line]
    for separator in found:
        with suppress(csv.Error):  # whoever reads the line will say so
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
    return parse_cells(cells, f"Line {line}, column")
