"""Answers: what a network says of new rows, which are given and answered in the data's own units
and in the names of its classes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from itertools import groupby

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from engine.data.preparation import Problem
from engine.data.proposal import class_names
from engine.data.table import Column, Table, problem_of_row
from engine.maths.activations import Array
from engine.maths.backprop import forward
from engine.maths.losses import LOSSES
from engine.maths.metrics import class_values
from engine.run.scaling import own, scaled
from engine.run.spec import NO_ROWS, Data, Source, Spec
from engine.text.numbers import counted, machine_number, parse_number
from engine.text.wording import listed, shortened

_CHUNK = 20_000  # rows of a pass


class Field(Struct, frozen=True):
    """What a person gives, or is told, as one cell: a number, or one of some classes. `first` is
    its first column among the inputs (or outputs), and there are `columns` of them. A column is 1
    for its class, and `low` for any other."""

    heading: str
    first: int
    columns: int
    classes: tuple[str, ...] = ()
    low: float = 0.0

    @property
    def shares_column(self) -> bool:
        """Whether two classes share one column, `low` for the first and 1 for the second."""
        return bool(self.classes) and self.columns == 1

    def encoded(self, cell: str) -> list[float]:
        """The columns that a cell becomes. Raises ValueError with a sentence."""
        if not self.classes:
            return [parse_number(cell)]
        name = self._class_in(cell)
        number = self.classes.index(name)
        if self.shares_column:
            return [1.0 if number else self.low]
        return [1.0 if column == number else self.low for column in range(self.columns)]

    def _class_in(self, cell: str) -> str:
        if cell in self.classes:
            return cell
        try:
            written = machine_number(parse_number(cell), None)  # 1.0 is the class 1
        except ValueError:
            written = cell
        if written in self.classes:
            return written
        known = listed([f"“{name}”" for name in self.classes[:10]], "or")
        if not cell:
            raise ValueError(f"nothing stands here; known are {known}")
        raise ValueError(f"“{shortened(cell)}” is none of the classes; known are {known}")


def input_fields(spec: Spec) -> tuple[Field, ...]:
    """What is given for one row."""
    names = spec.network.inputs
    return _fields(spec.data.input_sources or (Source(),) * len(names), names)


def output_fields(spec: Spec) -> tuple[Field, ...]:
    """What is answered for one row."""
    names, activation = spec.data.target_names, spec.network.layers[-1].activation
    low, _ = class_values(spec.data.targets, activation, LOSSES[spec.loss].classes)
    fields = _fields(spec.data.target_sources or (Source(),) * len(names), names)
    return tuple(replace(field, low=low) if field.classes else field for field in fields)


def _fields(sources: Sequence[Source], names: Sequence[str]) -> tuple[Field, ...]:
    fields: list[Field] = []
    numbered = list(enumerate(sources))
    for (heading, is_class), group in groupby(
        numbered, key=lambda pair: (pair[1].heading, bool(pair[1].one) and not pair[1].zero)
    ):
        columns = list(group)
        if is_class and len(columns) > 1:
            classes = tuple(source.one for _, source in columns)
            fields.append(Field(heading or names[columns[0][0]], columns[0][0],
                                len(columns), classes))
            continue
        for number, source in columns:
            classes = (source.zero, source.one) if source.zero else ()
            fields.append(Field(heading or names[number], number, 1, classes))
    return tuple(fields)


def outputs_of(spec: Spec, theta: Array, inputs: Array) -> Array:
    """The outputs, shape (rows, outputs), for inputs of shape (rows, inputs), both in the data's
    own units."""
    scaling, parts = spec.scaling, []
    for start in range(0, len(inputs), _CHUNK):
        rows = inputs[start : start + _CHUNK]
        if scaling is not None:
            rows = scaled(rows, scaling.inputs)
        with np.errstate(all="ignore"):
            outputs = forward(spec.network, theta, rows, spec.rules).a[-1]
        parts.append(outputs if scaling is None else own(outputs, scaling.targets))
    return np.concatenate(parts) if parts else np.zeros((0, len(spec.data.target_names)))


def answer(field: Field, outputs: Array) -> str:
    """What outputs, shape (outputs,), say of a field: a class or, with all its digits, a number."""
    values = outputs[field.first : field.first + field.columns]
    if field.shares_column:
        return field.classes[int(values[0] >= (field.low + 1.0) / 2.0)]
    return field.classes[int(values.argmax())] if field.classes else machine_number(values[0], None)


class NewRows(Struct, frozen=True, eq=False):
    """Rows of a table that were given for answers: their numbers there, the inputs, shape (rows,
    inputs), and the rows that are not among them."""

    rows: tuple[int, ...]
    inputs: Array
    problems: tuple[Problem, ...]


def new_rows(spec: Spec, table: Table, columns: tuple[Column, ...] | None = None) -> NewRows:
    """The inputs that stand in a table, in these of its columns or else those of columns_for.
    Raises ValueError with a sentence where they are not there."""
    columns = columns_for(spec, table) if columns is None else columns
    return _encoded(input_fields(spec), columns, table)


def samples_of(spec: Spec, table: Table) -> Data:
    """The samples in a table with the columns that the network was made for: inputs and targets,
    classes by their names. Raises ValueError with a sentence for the first row that is none."""
    fields = _sample_fields(spec)
    found = _encoded(fields, _found(fields, 0, table), table)
    if found.problems:
        others = len(found.problems) - 1
        more = f" So it is with {counted(others, 'other row')}." if others else ""
        raise ValueError(f"{found.problems[0].sentence}{more}")
    inputs, targets = np.split(found.inputs, [len(spec.network.inputs)], axis=1)
    return replace(spec.data, inputs=inputs, targets=targets, test=NO_ROWS, validation=NO_ROWS)


class NewSamples(Struct, frozen=True, eq=False):
    """Samples that a table has: inputs, shape (rows, inputs), targets, shape (rows, outputs), and
    the rows that are none; `places` says which column was taken for which where they are not found
    by their names, "" where they are."""

    inputs: Array
    targets: Array
    problems: tuple[Problem, ...]
    places: str


def samples_to_test_with(spec: Spec, table: Table) -> NewSamples:
    """The samples in a table of its own to test with, classes by their names. Its columns are found
    by their names alone where it has a heading: two that were mixed up would be a wrong test that
    nobody sees. Raises ValueError with a sentence where they are not there, or no row is one."""
    fields = _sample_fields(spec)
    columns = _found(fields, 0, table)
    names = [field.heading for field in fields]
    is_by_name = all(map(_is_called, columns, names))
    if table.has_heading and not is_by_name:
        raise ValueError(f"The table has no column {listed([f'“{name}”' for name in names])}.")
    found = _encoded(fields, columns, table)
    if not found.rows:
        said = " ".join(problem.sentence for problem in found.problems[:1])
        raise ValueError(f"No row of it can be taken. {said}".strip())
    places = "" if is_by_name else places_told(columns, fields)
    inputs, targets = np.split(found.inputs, [len(spec.network.inputs)], axis=1)
    return NewSamples(inputs, targets, found.problems, places)


def _sample_fields(spec: Spec) -> tuple[Field, ...]:
    """The inputs of a sample, and its targets in the columns after them."""
    width = len(spec.network.inputs)
    asked = (replace(field, first=field.first + width) for field in output_fields(spec))
    return (*input_fields(spec), *asked)


def _is_called(column: Column, name: str) -> bool:
    return column.heading.casefold() == name.casefold()


def places_told(columns: Sequence[Column], fields: Sequence[Field]) -> str:
    """Which columns are taken for which, where it is not by their names."""
    pairs = (f"{c.heading} for {f.heading}" for c, f in zip(columns, fields, strict=True))
    return f"taken by their places, for want of the names: {listed(list(pairs))}"


def _encoded(
    fields: tuple[Field, ...], columns: tuple[Column, ...], table: Table
) -> NewRows:
    """The rows of some columns of a table as numbers."""
    width = sum(field.columns for field in fields)
    inputs = np.zeros((len(table), width))
    wrong: dict[int, str] = {}
    for field, column in zip(fields, columns, strict=True):
        if not field.classes:
            inputs[:, field.first] = column.numbers
            for row in np.flatnonzero(~np.isfinite(column.numbers)).tolist():
                cell = column.cells[row]
                what = "is empty" if column.empty[row] else f"is no number but “{shortened(cell)}”"
                wrong.setdefault(row, f"“{column.heading}” {what}")
            continue
        known: dict[str, list[float] | str] = {}
        for row, cell in enumerate(class_names(column)):
            if cell not in known:
                known[cell] = _tried(field.encoded, cell)
            found = known[cell]
            if isinstance(found, str):
                wrong.setdefault(row, f"“{column.heading}”: {found}")
            else:
                inputs[row, field.first : field.first + field.columns] = found
    problems = [
        Problem(int(table.lines[row]), f"Line {table.lines[row]}: {says}.")
        for row, says in wrong.items()
    ]
    problems += [
        Problem(line, problem_of_row(line, cells, len(table.columns)))
        for line, cells in table.ragged
    ]
    rows = [row for row in range(len(table)) if row not in wrong]
    problems.sort(key=lambda problem: problem.line)
    return NewRows(tuple(rows), inputs[rows], tuple(problems))


def _tried(encode: Callable[[str], list[float]], cell: str) -> list[float] | str:
    try:
        return encode(cell)
    except ValueError as error:
        return str(error)


def columns_for(spec: Spec, table: Table) -> tuple[Column, ...]:
    """The columns of a table that are given to the network, in its order. They are found by their
    names where the table has a heading; else it has as many as are needed, or the targets after
    them. Raises ValueError with a sentence where they are not there."""
    return _found(input_fields(spec), len(output_fields(spec)), table)


def _found(fields: tuple[Field, ...], targets: int, table: Table) -> tuple[Column, ...]:
    by_name = {column.heading.casefold(): column for column in table.columns}
    named = [by_name.get(field.heading.casefold()) for field in fields]
    found = [column for column in named if column is not None]
    if len(found) == len(fields):
        return tuple(found)
    if table.has_heading and found:
        missing = [f"“{f.heading}”" for f, c in zip(fields, named, strict=True) if c is None]
        raise ValueError(f"The table has no column {listed(missing, 'and')}.")
    width = len(table.columns)
    if width not in (len(fields), len(fields) + targets):
        names = listed([field.heading for field in fields])
        raise ValueError(
            f"The table has {counted(width, 'column')}, and the network needs "
            f"{len(fields)}: {names}."
        )
    return table.columns[: len(fields)]


def answered(spec: Spec, theta: Array, table: Table, given: NewRows) -> str:
    """A CSV of the rows that could be answered: all columns of the table, then an answer for each
    target and, where it is a class, what the outputs for its classes are."""
    outputs = outputs_of(spec, theta, given.inputs)
    fields = output_fields(spec)
    heads = list(table.headings)
    for field in fields:
        heads.append(f"answer {field.heading}")
        if field.classes:
            shown = field.classes[1:] if field.shares_column else field.classes
            heads += [f"output {name}" for name in shown]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    for row, values in zip(given.rows, outputs, strict=True):
        cells = [column.cells[row] for column in table.columns]
        for field in fields:
            cells.append(answer(field, values))
            if field.classes:
                of_field = values[field.first : field.first + field.columns].tolist()
                cells += [machine_number(value, None) for value in of_field]
        writer.writerow(cells)
    return text.getvalue()
