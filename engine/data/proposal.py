"""Proposal: what each column of a table is taken for, as long as nobody says otherwise."""

from __future__ import annotations

import re

import numpy as np
from msgspec import Struct

from engine.data.table import Column, Table
from engine.run.limits import CLASS_NAME
from engine.text.numbers import format_count, machine_number, refused_number

ROLES = {"input": "input", "target": "target", "out": "left out"}
KINDS = {"number": "number", "class": "class"}

_TARGETS = re.compile(
    r"(y|t|target|class|label|species|outcome|output|category|diagnosis|survived|play|quality|price"
    r"|result|klasse|ziel|zielwert|art)(?:[ _]?\d+)?",
    re.IGNORECASE,
)
_CLASS_NAMES = re.compile(
    r"(class|label|species|category|diagnosis|survived|play|klasse|art)", re.IGNORECASE
)
_NUMBERS_OF_ROWS = re.compile(r"(|#|id|index|nr\.?|no\.?|row|rowid|unnamed: 0|column 1)", re.I)
_FEW = 10  # values of whole numbers that may well be classes
MOST_CLASSES = 50  # of a column that is proposed as classes
_NUMERIC_SHARE = 0.8  # of the cells that are numbers, and the others are mistakes in all likelihood


class Role(Struct, frozen=True):
    """What a column is taken for: a key of ROLES, and one of KINDS; `why` says why it is left out,
    as far as that is the program's doing."""

    role: str
    kind: str
    why: str = ""


MOST_LOOKED_AT = 200  # columns; a network has fewer inputs than that
_BEYOND = Role("out", "number", f"only the first {MOST_LOOKED_AT} columns are looked at")


def proposed(table: Table) -> tuple[Role, ...]:
    """A role for every column. A table whose columns are all left out has no target either."""
    roles = [
        _as_input(column, len(table), table.has_heading) if number < MOST_LOOKED_AT else _BEYOND
        for number, column in enumerate(table.columns)
    ]
    targets = _targets(table, roles)
    for number in targets:
        column = table.columns[number]
        roles[number] = Role("target", "class" if _are_classes(column) else _kind(column))
    return tuple(roles)


def classes_of(column: Column) -> tuple[str, ...]:
    """The classes of a column, in order: of numbers by size, of texts as in a dictionary. The
    numbers 1 and 1.0 are one class."""
    if column.is_numeric:
        values = np.unique(column.numbers[~column.empty])
        return tuple(machine_number(float(value), None) for value in values)
    names = set(map(_kept, column.counts))
    return tuple(sorted(names, key=lambda text: (text.casefold(), text)))


def _kept(text: str) -> str:
    """A class as a document keeps its name: printable, and not too long."""
    return "".join(c if c.isprintable() else " " for c in text)[: CLASS_NAME.most]


def class_names(column: Column) -> list[str]:
    """The class of each row, "" where nothing is known."""
    if not column.is_numeric:
        known = zip(column.cells, column.empty.tolist(), strict=True)
        kept = {cell: _kept(cell) for cell in column.counts}
        return ["" if empty else kept[cell] for cell, empty in known]
    names = {value: machine_number(value, None) for value in set(column.numbers.tolist())}
    return [
        "" if empty else names[value]
        for value, empty in zip(column.numbers.tolist(), column.empty, strict=True)
    ]


def _kind(column: Column) -> str:
    """Number or class, by what most cells are, or were meant as: “1.234,5” is refused as a number,
    but it is no class either."""
    known = ~column.empty
    if not known.any():
        return "number"
    are_numbers = np.isfinite(column.numbers[known])
    count = int(are_numbers.sum())
    if count < len(are_numbers):
        count += sum(n for cell, n in column.counts.items() if refused_number(cell))
    share = count / len(are_numbers)
    return "number" if share >= _NUMERIC_SHARE else "class"


def _as_input(column: Column, rows: int, has_heading: bool) -> Role:
    kind = _kind(column)
    if column.empty.all():
        return Role("out", kind, "nothing stands in it")
    if kind == "number":
        if has_heading and _NUMBERS_OF_ROWS.fullmatch(column.heading) and _counts_rows(column):
            return Role("out", kind, "it numbers the rows")
        return Role("input", kind)
    count = len(column.counts)
    if count > MOST_CLASSES or (count > 10 and count > rows // 2):
        return Role("out", kind, f"{format_count(count)} different texts are too many for classes")
    return Role("input", kind)


def _counts_rows(column: Column) -> bool:
    values = column.numbers[~column.empty]
    rises = bool((np.diff(values) > 0.0).all() and (values == np.round(values)).all())
    return len(values) > 2 and rises


def _targets(table: Table, roles: list[Role]) -> list[int]:
    """The columns that are called as targets are; else the last one that is not left out."""
    possible = [number for number, role in enumerate(roles) if role.role != "out"]
    named = [n for n in possible if _TARGETS.fullmatch(table.columns[n].heading)]
    if named and len(named) < len(possible):
        stems = {_stem(table.columns[n].heading) for n in named}
        return named if len(stems) == 1 else named[-1:]
    return possible[-1:] if len(possible) > 1 else []


def _stem(heading: str) -> str:
    return heading.rstrip("0123456789 _").casefold()


def _are_classes(column: Column) -> bool:
    """Whether the values of a target are rather classes than numbers to come near to."""
    if _kind(column) == "class":
        return True
    values = column.numbers[np.isfinite(column.numbers)]
    distinct = np.unique(values)
    if len(distinct) > _FEW or (distinct != np.round(distinct)).any():
        return False
    return set(distinct.tolist()) == {0.0, 1.0} or bool(_CLASS_NAMES.match(column.heading))
