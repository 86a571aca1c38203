"""Preparation: a table and what its columns are taken for become a training set and a network."""

from __future__ import annotations

import re
from itertools import groupby

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.data.proposal import Role, class_names, classes_of, proposed
from engine.data.split import test_rows, validation_rows
from engine.data.table import Column, Table, problem_of_row
from engine.maths.activations import Array
from engine.maths.losses import LOSSES
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.check_spec import check_spec
from engine.run.limits import INPUTS, NAME, UNITS
from engine.run.rescaling import scaling_for
from engine.run.spec import Batching, Data, Source, Spec
from engine.text.numbers import counted, format_count, refused_number
from engine.text.wording import listed, shortened

_LONGEST_UNIT = 16  # characters of a heading that a unit is called by
_NEAR = 3.0  # inputs within that size need no scaling
_FEW_ROWS = 200  # that are taken all at once
_BATCH = 32


class Plan(Struct, frozen=True):
    """What is made of a table: a role for each column; two classes of a target in one output or in
    two; the scaling (a key of SCALINGS, "" for none); hidden units layer by layer; the learning
    rate; the share of the rows that is kept out of training; and the seed of start values and of
    whatever else is drawn. Rows that cannot be taken are refused unless they are to be left out."""

    roles: tuple[Role, ...]
    two_in_one: bool = True
    scaling: str = ""
    hidden: tuple[int, ...] = ()
    activation: str = "tanh"
    learning_rate: float = 0.1
    seed: int = 1
    test: float = 0.0
    validation: float = 0.0
    leave_out: bool = False

    @property
    def inputs(self) -> list[int]:
        """The numbers of the columns that are inputs."""
        return [number for number, role in enumerate(self.roles) if role.role == "input"]

    @property
    def targets(self) -> list[int]:
        """The numbers of the columns that are targets."""
        return [number for number, role in enumerate(self.roles) if role.role == "target"]


class Problem(Struct, frozen=True):
    """A row that cannot be taken: its line in the file, a sentence, and the number of the column
    that it is about; None for a row with another number of cells."""

    line: int
    sentence: str
    column: int | None = None


class Prepared(Struct, frozen=True, eq=False):
    """A training set, names of its inputs, and which rows of the table it is made of."""

    data: Data
    inputs: tuple[str, ...]
    rows: NDArray[np.intp]
    problems: tuple[Problem, ...] = field(default=())


def proposed_plan(table: Table, targets: tuple[str, ...] = ()) -> Plan:
    """A plan for a table; `targets` names the columns that are targets, where that is not to be
    guessed. Raises ValueError for a name that no column has."""
    roles = list(proposed(table))
    if targets:
        wanted = [column_number(table, name) for name in targets]
        for number, role in enumerate(roles):
            if number in wanted:
                roles[number] = Role("target", role.kind)
            elif role.role == "target":
                roles[number] = Role("input", role.kind)
    plan = Plan(tuple(roles))
    columns = [table.columns[number] for number in plan.inputs]
    width = sum(len(column.counts) if role.kind == "class" else 1 for column, role in
                zip(columns, (plan.roles[n] for n in plan.inputs), strict=True))
    far = any(
        np.nanmax(np.abs(table.columns[n].numbers)) > _NEAR
        for n in (*plan.inputs, *plan.targets)
        if plan.roles[n].kind == "number" and np.isfinite(table.columns[n].numbers).any()
    )
    hidden = min(8, max(3, width))
    return Plan(
        tuple(roles),
        scaling="standard" if far else "",
        hidden=(hidden, 8) if len(table) > 1000 else (hidden,),
    )


def column_number(table: Table, name: str) -> int:
    """The number of the column with a heading. Raises ValueError where there is none."""
    headings = table.headings
    if name in headings:
        return headings.index(name)
    alike = [n for n, each in enumerate(headings) if each.casefold() == name.strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    raise ValueError(
        f'There is no column "{shortened(name)}"; there are {listed(list(headings[:20]))}.'
    )


def problems(table: Table, plan: Plan) -> list[Problem]:
    """The rows that cannot be taken, in the order of their lines; one problem for each."""
    width = len(table.columns)
    found = {
        line: Problem(line, problem_of_row(line, cells, width)) for line, cells in table.ragged
    }
    for number, role in enumerate(plan.roles):
        if role.role == "out":
            continue
        column = table.columns[number]
        wrong = column.empty if role.kind == "class" else ~np.isfinite(column.numbers)
        for row in np.flatnonzero(wrong).tolist():
            line, cell = int(table.lines[row]), column.cells[row]
            where = f"Line {line}: “{column.heading}”"
            if column.empty[row]:
                sentence = f"{where} is empty{f' ({cell})' if cell else ''}."
            else:
                why = refused_number(cell)
                sentence = f"{where}: {why}" if why else (
                    f"{where} is no number but “{shortened(cell)}”."
                )
            found.setdefault(line, Problem(line, sentence, number))
    return [found[line] for line in sorted(found)]


def prepared(table: Table, plan: Plan) -> Prepared:
    """The training set of a table. Raises ValueError with a sentence where it cannot be."""
    _check_roles(table, plan)
    wrong = problems(table, plan)
    if wrong and not plan.leave_out:
        raise ValueError(
            f"{counted(len(wrong), 'row')} cannot be taken, the first for this: "
            f"{wrong[0].sentence}"
        )
    lines = {problem.line for problem in wrong}
    rows = np.array([n for n, line in enumerate(table.lines.tolist()) if line not in lines], int)
    if not len(rows):
        raise ValueError("No row can be taken; leave columns out, or take them as classes.")
    input_sources, target_sources = (_sources(table, plan, n) for n in (plan.inputs, plan.targets))
    inputs, targets = (
        np.hstack([_values(table.columns[n], plan.roles[n], plan, rows) for n in numbers])
        for numbers in (plan.inputs, plan.targets)
    )
    if inputs.shape[1] not in INPUTS:
        raise ValueError(
            f"These are {format_count(inputs.shape[1])} inputs with a column for each class, and a "
            f"network has {INPUTS}. Leave some columns out."
        )
    if targets.shape[1] not in UNITS:
        raise ValueError(
            f"These are {format_count(targets.shape[1])} outputs with one for each class, and a "
            f"network has {UNITS}. Take the target as a number, or another column."
        )
    names = _target_names(target_sources)
    data = Data(inputs, targets, names, input_sources, target_sources)
    return Prepared(data, _input_names(input_sources), rows, tuple(wrong))


def _check_roles(table: Table, plan: Plan) -> None:
    if not plan.inputs:
        raise ValueError("A network needs an input: take a column as one.")
    if not plan.targets:
        raise ValueError("Training needs a target: take a column as one.")
    for number in (*plan.inputs, *plan.targets):
        column, role = table.columns[number], plan.roles[number]
        if role.kind == "number" and not np.isfinite(column.numbers).any():
            why = next(filter(None, map(refused_number, column.counts)), "")
            raise ValueError(
                f"There is no number in “{column.heading}”"
                + (f": {why}" if why else "; take it as classes.")
            )
        if role.kind == "class":
            _check_classes(column, role)


def _check_classes(column: Column, role: Role) -> None:
    count = len(classes_of(column))
    if role.role == "target" and count < 2:
        raise ValueError(
            f"The target “{column.heading}” has a single class: there is nothing to tell apart."
        )
    most = UNITS.most if role.role == "target" else INPUTS.most
    if count > most:
        raise ValueError(
            f"“{column.heading}” has {format_count(count)} classes, and at most {most} are "
            "possible. Leave it out."
        )


def _sources(table: Table, plan: Plan, numbers: list[int]) -> tuple[Source, ...]:
    """Where the columns of the training set come from that some columns of the table become."""
    return tuple(
        source
        for number in numbers
        for source in _sources_of(table.columns[number], plan.roles[number], plan)
    )


def _sources_of(column: Column, role: Role, plan: Plan) -> tuple[Source, ...]:
    if role.kind == "number":
        return (Source(column.heading),)
    classes = classes_of(column)
    if _share_one(len(classes), role, plan):
        return (Source(column.heading, classes[1], classes[0]),)
    return tuple(Source(column.heading, name) for name in classes)


def _share_one(classes: int, role: Role, plan: Plan) -> bool:
    """Whether classes share one column, 0 and 1."""
    return classes == 2 and (role.role == "input" or plan.two_in_one)


def _values(column: Column, role: Role, plan: Plan, rows: NDArray[np.intp]) -> Array:
    """The columns of the training set that a column of the table becomes, shape (rows, columns):
    itself, or 0 and 1 for classes."""
    if role.kind == "number":
        return column.numbers[rows, np.newaxis]
    number_of = {text: number for number, text in enumerate(classes_of(column))}
    names = class_names(column)
    numbers = np.array([number_of[names[row]] for row in rows.tolist()])
    if _share_one(len(number_of), role, plan):
        return numbers[:, np.newaxis].astype(np.float64)
    return np.asarray(np.eye(len(number_of))[numbers])


class Shape(Struct, frozen=True):
    """What a plan comes to: how many inputs and outputs, the activation of the output, the loss,
    and whether a target has two classes."""

    inputs: int
    outputs: int
    activation: str
    loss: str
    has_two_classes: bool


def shape_of(table: Table, plan: Plan) -> Shape:
    """What a plan would come to, whether or not its rows can be taken."""
    targets = _sources(table, plan, plan.targets)
    activation, loss = _output_for(targets)
    has_two = any(
        plan.roles[n].kind == "class" and len(classes_of(table.columns[n])) == 2
        for n in plan.targets
    )
    inputs = len(_sources(table, plan, plan.inputs))
    return Shape(inputs, len(targets), activation, loss, has_two)


def _short(heading: str) -> str:
    """A heading as the name of a unit: without a unit of measure in brackets; "" if too long."""
    name = re.sub(r"\s*[(\[][^)\]]*[)\]]\s*$", "", heading).strip() or heading.strip()
    return name if 0 < len(name) <= _LONGEST_UNIT else ""


def _input_names(sources: tuple[Source, ...]) -> tuple[str, ...]:
    """Names of inputs: headings, numbered where there is a column for each class; x3 where a
    heading is long, or is the name of another unit."""
    names: list[str] = []
    for heading, group in groupby(sources, key=lambda source: source.heading):
        columns = list(group)
        short = "" if re.fullmatch(r"[ho]\d*(\.\d+)?", _short(heading)) else _short(heading)
        for number in range(1, len(columns) + 1):
            name = f"{short}{number}" if short and len(columns) > 1 else short
            taken = name in names or not name or re.fullmatch(r"x\d+", name) is not None
            names.append(f"x{len(names) + 1}" if taken else name)
    return tuple(names)


def _target_names(sources: tuple[Source, ...]) -> tuple[str, ...]:
    """Names of targets: the heading, numbered where there is a column for each class."""
    if len(sources) == 1:
        return (_short(sources[0].heading) or "t",)
    names: list[str] = []
    for number, source in enumerate(sources, start=1):
        name = "" if source.one else _short(source.heading)
        names.append(name if name and name not in names else f"t{number}")
    return tuple(name[: NAME.most] for name in names)


def _output_for(sources: tuple[Source, ...]) -> tuple[str, str]:
    """The activation of the output, and the loss, that suit targets: a column for each class of
    one target, classes otherwise, or numbers."""
    if not all(source.one for source in sources):
        return "linear", "mean_squared_error"
    if len(sources) > 1 and len({source.heading for source in sources}) == 1:
        return "softmax", "categorical_cross_entropy"
    return "sigmoid", "binary_cross_entropy"


def spec_of(made: Prepared, plan: Plan) -> Spec:
    """The network for a training set, and how it is trained. Raises ValueError with a sentence."""
    activation, loss = _output_for(made.data.target_sources)
    test = test_rows(len(made.data), plan.test, plan.seed)
    validation = validation_rows(len(made.data), test, plan.validation, plan.seed)
    sizes = (len(made.inputs), *plan.hidden, len(made.data.target_names))
    names = default_unit_names(sizes)
    layers = [*(Layer(units, plan.activation) for units in names[1:-1]),
              Layer(names[-1], activation)]
    spec = Spec(
        Network(made.inputs, tuple(layers)),
        loss,
        LOSSES[loss].reduction or "mean",
        Optimizer().changed(learning_rate=plan.learning_rate),
        replace(made.data, test=test, validation=validation),
        Batching() if len(made.data) <= _FEW_ROWS else Batching(_BATCH, shuffled=True),
        metrics=() if activation == "linear" else ("accuracy",),
        initializer="glorot_uniform",
        seed=plan.seed,
    )
    spec = replace(spec, scaling=scaling_for(spec, plan.scaling))
    check_spec(spec)
    return spec
