"""Table: text of a spreadsheet as columns, with what is wrong in it by its lines."""

from __future__ import annotations

import csv
import io
from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain, islice
from typing import BinaryIO

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.maths.activations import Array
from engine.run.iteration import Check, never
from engine.run.limits import HEADING, MAX_TABLE_CELLS, MAX_TABLE_LINE, MAX_TABLE_LINES, SAMPLES
from engine.text.numbers import LARGEST, counted, format_count, parse_number

# What stands in a cell where nothing is known, in small letters.
EMPTY = frozenset(("", "na", "n/a", "nan", "null", "?", "-"))
_SEPARATORS = "\t;,|"
_LOOKED_AT = 50  # lines that decide what separates the cells
_CHECKED = 1000  # rows from one look whether the person called it off to the next
MAX_COLUMNS = 2000
_START = 200  # bytes that tell an encoding
_PART = 2**20


class TableError(ValueError):
    """A text that is no table: a sentence for the person who opened it."""


class TooManyRows(TableError):
    """A table with more rows than can be trained on; `most` of them can be read as a sample."""

    def __init__(self, rows: int, most: int) -> None:
        super().__init__(
            f"The table has {format_count(rows)} rows, and at most {format_count(most)} can be "
            "taken. A sample of them can be, drawn at random from a seed."
        )
        self.rows, self.most = rows, most


class Sampled(Struct, frozen=True):
    """Take so many rows of a table, drawn from a seed, in the order of the table; as many as there
    may be where there are not so many."""

    rows: int
    seed: int


class TableFile(Struct, frozen=True):
    """A file that is too large to be held as a text, of which a sample is taken as it is read from
    its beginning: how it is opened, and its encoding."""

    opened: Callable[[], BinaryIO]
    encoding: str

    def lines(self) -> Iterator[str]:
        """The lines, each with its end."""
        with io.TextIOWrapper(self.opened(), self.encoding, "replace", newline="") as text:
            while line := text.readline(MAX_TABLE_LINE + 1):
                yield line


class Column(Struct, frozen=True, eq=False, dict=True):
    """A column: its heading, made up where there is none, and its cells, without blanks around."""

    heading: str
    cells: tuple[str, ...]

    @cached_property
    def empty(self) -> NDArray[np.bool_]:
        """Where nothing is known, shape (rows,)."""
        if np.isfinite(self.numbers).all():
            return np.zeros(len(self.cells), dtype=bool)
        words = {cell: cell.casefold() in EMPTY for cell in set(self.cells)}
        return np.array([words[cell] for cell in self.cells], dtype=bool)

    @cached_property
    def numbers(self) -> Array:
        """The numbers, shape (rows,); NaN where there is none."""
        return _numbers(self.cells)

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each cell is there that is not empty."""
        return Counter(
            {text: n for text, n in Counter(self.cells).items() if text.casefold() not in EMPTY}
        )

    @cached_property
    def is_numeric(self) -> bool:
        """Whether every cell that is not empty is a number, and there is one."""
        known = ~self.empty
        return bool(known.any() and np.isfinite(self.numbers[known]).all())


class Table(Struct, frozen=True, eq=False, dict=True):
    """A table as it was read: columns of equal length, and in which line of the text each row
    begins, shape (rows,). `ragged` are rows that are not among them, having another number of
    cells, each as (line, cells). `whole` says how many rows there were where these are a sample.
    """

    columns: tuple[Column, ...]
    lines: NDArray[np.intp]
    ragged: tuple[tuple[int, int], ...] = ()
    has_heading: bool = True
    whole: int | None = None

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def headings(self) -> tuple[str, ...]:
        """The names of all columns, no two alike."""
        return tuple(column.heading for column in self.columns)


def text_of(raw: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 (also where no byte order mark says so), or Latin-1."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    start = raw[:_START]
    if b"\0" in start:
        return raw.decode(_utf_16_without_mark(start), errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def table_file(opened: Callable[[], BinaryIO], check: Check = never) -> TableFile:
    """A file as a table to take a sample of; its encoding as `text_of` has it. Raises OSError, and
    what `check` raises."""
    with opened() as file:
        start = file.read(_START)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return TableFile(opened, "utf-16")
        if b"\0" in start:
            return TableFile(opened, _utf_16_without_mark(start))
        decoder, part = getincrementaldecoder("utf-8")(), start
        try:
            while part:
                check()
                decoder.decode(part)
                part = file.read(_PART)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            return TableFile(opened, "latin-1")
    return TableFile(opened, "utf-8-sig")


def _utf_16_without_mark(start: bytes) -> str:
    odd = start[1::2].count(b"\0") > start[::2].count(b"\0")
    return "utf-16-le" if odd else "utf-16-be"


def read_table(
    text: str | TableFile,
    heading: bool | None = None,
    sample: Sampled | None = None,
    check: Check = never,
) -> Table:
    """Read a table. Tabs, semicolons, commas or strokes separate the cells, whichever cuts the
    first lines alike; but with commas, a comma may be the decimal one. The first line is a heading
    if there is no number in it, unless `heading` says whether. Blank lines are skipped.

    Raises TableError with a sentence, TooManyRows among them, and what `check` raises.
    """
    if isinstance(text, str) and not text.strip():
        raise TableError("There is nothing in this table.")
    delimiter = _delimiter(text)
    chosen: set[int] | None = None
    whole: int | None = None
    records: Iterator[tuple[int, list[str]]] = _records(text, delimiter, check)
    first_line, first = next(records, (0, []))
    if not first:
        raise TableError("There is nothing in this table.")
    has_heading = _has_heading(first, heading)
    width = _width(text, delimiter, first if has_heading else None)
    if width > MAX_COLUMNS:
        raise TableError(f"The table has {width} columns; at most {MAX_COLUMNS} are possible.")
    most = max(1, min(SAMPLES.most, MAX_TABLE_CELLS // width))
    if sample is not None:
        whole = sum(1 for _ in _records(text, delimiter, check)) - has_heading
        taken = min(sample.rows, most)
        chosen = set(np.random.default_rng(sample.seed).permutation(whole)[:taken].tolist())
    heading_cells = _fitted(first, width) if has_heading else [""] * width
    if len(heading_cells) != width:
        raise TableError(
            f"Line {first_line}, the heading, has {counted(len(heading_cells), 'cell')}, and most "
            f"rows have {width}. Give each column one name, or take the first line for no heading."
        )
    headings = _headings(heading_cells)
    rows: list[list[str]] = []
    lines: list[int] = []
    ragged: list[tuple[int, int]] = []
    count = 0
    if not has_heading:
        records = chain([(first_line, first)], records)
    for line, cells in records:
        count += 1
        if chosen is not None and count - 1 not in chosen:
            continue
        if len(rows) == most:
            continue  # only counted, for the sentence
        cells = _fitted(cells, width)
        if len(cells) == width:
            rows.append(cells)
            lines.append(line)
        else:
            ragged.append((line, len(cells)))
    if chosen is None and count - len(ragged) > most:
        raise TooManyRows(count, most)
    if not rows:
        raise TableError("There are no rows below the heading; write one sample in each line.")
    columns = tuple(
        Column(name, tuple(map(str.strip, cells)))
        for name, cells in zip(headings, zip(*rows, strict=True), strict=True)
    )
    table = Table(columns, np.array(lines), tuple(ragged), has_heading, whole)
    for column in columns:
        check()
        if not column.is_numeric:  # worked out here, where one can wait
            _ = column.counts
    return table


def _records(
    text: str | TableFile, delimiter: str, check: Check
) -> Iterator[tuple[int, list[str]]]:
    """The records of a text that are not blank, each with the line that it begins in, from 1."""
    reader = csv.reader(_lines(text), delimiter=delimiter, skipinitialspace=delimiter == ",")
    try:
        last = 0
        for number, cells in enumerate(reader):
            if number % _CHECKED == 0:
                check()
            line, last = last + 1, reader.line_num
            if cells and (len(cells) > 1 or cells[0].strip()) and any(map(str.strip, cells)):
                yield line, cells
    except csv.Error as error:
        raise TableError(f"Line {reader.line_num} cannot be read as CSV: {error}.") from None


def _lines(text: str | TableFile) -> Iterator[str]:
    """The lines of a text. Raises TableError for one too many, and for one that is too long."""
    is_text = isinstance(text, str)
    lines = io.StringIO(text, newline="") if isinstance(text, str) else text.lines()
    for number, line in enumerate(lines, start=1):
        if is_text and number > MAX_TABLE_LINES:
            raise TableError(
                f"The file goes on after line {format_count(MAX_TABLE_LINES)}, and it may have no "
                "more lines than that, blank ones among them."
            )
        if len(line) > MAX_TABLE_LINE:
            raise TableError(
                f"Line {number} has {format_count(len(line))} characters; "
                f"at most {format_count(MAX_TABLE_LINE)} are possible."
            )
        yield line


def _delimiter(text: str | TableFile) -> str:
    """The separator that cuts most of the first lines into equally many cells, two or more. Of
    those that do so equally well, the first: a comma may well be a decimal one."""
    best, delimiter = 0, ","
    for separator in _SEPARATORS:
        widths = _widths(text, separator)
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
        if width > 1 and count > best:
            best, delimiter = count, separator
    return delimiter


def _widths(text: str | TableFile, delimiter: str) -> Counter[int]:
    """How many of the first records have how many cells."""
    try:
        records = islice(_records(text, delimiter, never), _LOOKED_AT)
        return Counter(len(_trimmed(cells)) for _, cells in records)
    except TableError:  # whoever reads the line will say so
        return Counter()


def _width(text: str | TableFile, delimiter: str, heading: list[str] | None) -> int:
    """How many cells a row has: as many as the heading or, where few rows have, as most rows."""
    widths = _widths(text, delimiter)
    if heading is not None:
        widths[len(_trimmed(heading))] -= 1
        if widths[len(heading)] * 2 >= sum(widths.values()):
            return len(heading)
    return max(widths.items(), key=lambda pair: (pair[1], pair[0]))[0]


def _trimmed(cells: list[str]) -> list[str]:
    """Without one separator too many at the end of the line."""
    return cells[:-1] if len(cells) > 2 and not cells[-1].strip() else cells


def _fitted(cells: list[str], width: int) -> list[str]:
    """The cells of a row, without empty ones beyond the last column."""
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _has_heading(cells: list[str], told: bool | None) -> bool:
    if told is not None:
        return told
    return not any(np.isfinite(_number(cell)) for cell in cells)


def _headings(cells: list[str]) -> tuple[str, ...]:
    """Names of columns, no two alike: those of the heading, one made up where there is none."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = "".join(c if c.isprintable() else " " for c in cell).strip()[: HEADING.most - 10]
        name = whole = name or f"column {number}"
        again = 2
        while name in names:
            name, again = f"{whole} ({again})", again + 1
        names.append(name)
    return tuple(names)


def _number(cell: str) -> float:
    """The number in a cell; NaN where there is none."""
    try:
        return parse_number(cell)
    except ValueError:
        return np.nan


def _numbers(cells: tuple[str, ...]) -> Array:
    """The numbers of a column; NaN where there is none."""
    # float() is the quick way, but it reads "1_000" and "nan", which are no numbers here.
    joined = "\n".join(cells)
    with_points = joined.replace(",", ".").split("\n") if "," in joined else cells
    for texts in (cells, with_points):
        if len(texts) != len(cells):
            continue  # a cell of several lines
        try:
            values = np.fromiter(map(float, texts), np.float64, len(cells))
        except ValueError:
            continue
        if (np.abs(values) < LARGEST).all() and "_" not in joined:
            return values
    known = {cell: _number(cell) for cell in set(cells)}
    return np.array([known[cell] for cell in cells])


def problem_of_row(line: int, cells: int, width: int) -> str:
    """What is wrong with a ragged row."""
    return f"Line {line} has {counted(cells, 'cell')}; the table has {counted(width, 'column')}."
