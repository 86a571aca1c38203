"""The jobs about data that people bring: a network for a table, and answers for new rows."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from command_line.printing import complain, say
from command_line.refusal import Refused
from engine.data.answers import (
    NewSamples,
    answered,
    columns_for,
    input_fields,
    new_rows,
    places_told,
    samples_to_test_with,
)
from engine.data.preparation import Plan, column_number, prepared, problems, proposed_plan, spec_of
from engine.data.proposal import Role
from engine.data.table import (
    Sampled,
    Table,
    TableError,
    TableFile,
    TooManyRows,
    read_table,
    table_file,
    text_of,
)
from engine.documents.document import Document
from engine.documents.examples import load
from engine.documents.reading import write_document
from engine.documents.titles import new_title
from engine.documents.whole_file import open_regular, read_up_to, reason, write_whole
from engine.run.check_spec import SpecError
from engine.run.edits import replace_test
from engine.run.limits import MAX_TABLE_BYTES
from engine.run.rescaling import constant_columns
from engine.run.scaling import SCALINGS
from engine.run.spec import Spec, start_state
from engine.text.numbers import counted, format_count
from engine.text.wording import listed

_TOLD = 20  # rows that are listed; of the others their number


def new(options: argparse.Namespace) -> None:
    """Write a document with a network for a table."""
    path, out = Path(options.data), Path(options.out)
    if out.suffix.lower() != ".json":
        raise Refused(f"The last name is the document that is written, as in OUT.backpass.json; "
                      f"got {out}.")
    _spare_table(out, options.data, options.test_table)
    sample = None if options.sample is None else Sampled(options.sample, options.seed)
    table = read_path(path, sample, "Add --sample N to take N of them.")
    try:
        plan = _plan(table, options)
        made = prepared(table, plan)
        spec = spec_of(made, plan)
    except ValueError as error:
        raise Refused(f"{path}: {error}") from error
    tested = None
    if options.test_table is not None:
        spec, tested = _tested(spec, Path(options.test_table), options.leave_out)
    start = start_state(spec).theta
    title = new_title(spec.network.sizes, path.stem)
    document = Document(spec=spec, start=start, title=title, sample=spec.data.first_row)
    write_whole(out, write_document(document))
    say(f"{out}: {counted_rows(len(made.data))}, network {document.title.split(',')[0]}")
    for column, role in zip(table.columns, plan.roles, strict=True):
        as_class = " as classes" if role.kind == "class" and role.role != "out" else ""
        what = {"input": f"input{as_class}", "target": f"target{as_class}"}.get(role.role)
        say(f"  {column.heading}: {what or 'left out'}{f' ({role.why})' if role.why else ''}")
    if spec.scaling is not None:
        say(f"  scaled: {SCALINGS[spec.scaling.kind].title}")
        if constant := constant_columns(spec):
            say(f"  one and the same number in all rows, so that its scale is 1: "
                f"{listed(constant)}")
    _tell_left_out([problem.sentence for problem in made.problems])
    if tested is not None:
        say(f"  to test with: {counted_rows(len(tested.inputs))} of {options.test_table}")
        if tested.places:
            say(f"  {tested.places}")
        _tell_left_out([problem.sentence for problem in tested.problems], options.test_table)


def _tested(spec: Spec, path: Path, leave_out: bool) -> tuple[Spec, NewSamples]:
    """The same with the samples of a table to test with, and what was found there."""
    table = read_path(path)
    try:
        found = samples_to_test_with(spec, table)
        if found.problems and not leave_out:
            raise Refused(
                f"{path}: {_cannot_be_taken([problem.sentence for problem in found.problems])} "
                "Add --leave-out to go on without these rows."
            )
        return replace_test(spec, start_state(spec), found.inputs, found.targets)[0], found
    except SpecError as error:
        raise Refused(f"{path}: {error.told}") from error
    except ValueError as error:
        raise Refused(f"{path}: {error}") from error


def _cannot_be_taken(sentences: list[str]) -> str:
    """Which rows are refused, and why."""
    return (
        f"{counted(len(sentences), 'row')} cannot be taken as "
        f"{'it is' if len(sentences) == 1 else 'they are'}. " + " ".join(sentences[:_TOLD])
        + (f" … and {len(sentences) - _TOLD} more." if len(sentences) > _TOLD else "")
    )


def counted_rows(count: int) -> str:
    """So many samples."""
    return f"{format_count(count)} sample{'s' * (count != 1)}"


def _plan(table: Table, options: argparse.Namespace) -> Plan:
    plan = proposed_plan(table, tuple(options.target))
    roles = list(plan.roles)
    for names, role, kind in (
        (options.classes, None, "class"), (options.numbers, None, "number"),
        (options.without, "out", None),
    ):
        for name in names:
            number = column_number(table, name)
            old = roles[number]
            kept = role or ("input" if old.role == "out" else old.role)
            roles[number] = Role(kept, kind or old.kind)
    plan = replace(
        plan, roles=tuple(roles), seed=options.seed, test=options.test,
        validation=options.validation,
        leave_out=options.leave_out,
    )
    if options.hidden is not None:
        plan = replace(plan, hidden=options.hidden)
    if options.scale is not None:
        plan = replace(plan, scaling="" if options.scale == "none" else options.scale)
    wrong = problems(table, plan)
    if wrong and not options.leave_out:
        raise Refused(
            f"{options.data}: {_cannot_be_taken([problem.sentence for problem in wrong])}"
            " Add --leave-out to go on without these rows, or --class COLUMN to take the texts "
            "of a column as classes, or --without COLUMN."
        )
    return plan


def read_path(path: Path, sample: Sampled | None = None, hint: str = "") -> Table:
    """The table in a file. Raises Refused with a sentence, `hint` after one of too many rows."""
    text: str | TableFile
    try:
        content = read_up_to(path, MAX_TABLE_BYTES)
        if len(content) <= MAX_TABLE_BYTES:
            text = text_of(content)
        elif sample is not None:
            text = table_file(partial(open_regular, path))
        else:
            raise Refused(
                f"{path} is larger than {MAX_TABLE_BYTES >> 20} MiB.{hint and f' {hint}'}"
            )
        return read_table(text, sample=sample)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {reason(error)}.") from error
    except TooManyRows as error:
        raise Refused(f"{path}: {error}{hint and f' {hint}'}") from error
    except TableError as error:
        raise Refused(f"{path}: {error}") from error


def predict(options: argparse.Namespace) -> int:
    """Write what a document's network answers for the rows of a table; 2 if some have none."""
    out = Path(options.out)
    if out.suffix.lower() not in (".csv", ".txt"):
        raise Refused(f"The last name is the table that is written, as in OUT.csv; got {out}.")
    _spare_table(out, options.data)
    name, document = load(options.document)
    if document.lock is not None and document.lock.closed:
        raise Refused(f"{name} is locked: what is to be predicted is not written. "
                      "Unlock it in the window's Learn menu first.")
    table = read_path(Path(options.data))
    theta = document.start if document.state is None else document.state.theta
    try:
        columns = columns_for(document.spec, table)
        given = new_rows(document.spec, table, columns)
    except ValueError as error:
        raise Refused(f"{options.data}: {error}") from error
    text = answered(document.spec, theta, table, given)
    write_whole(out, text.encode("utf-8-sig"))
    say(f"{out}: answers for {counted(len(given.rows), 'row')}")
    if document.state is None or document.state.t == 0:
        say("  Nothing was trained: the network answers with its start values.")
    fields = input_fields(document.spec)
    if table.has_heading and [c.heading.casefold() for c in columns] != [
        f.heading.casefold() for f in fields
    ]:
        say(f"  {places_told(columns, fields)}")
    _tell_left_out([problem.sentence for problem in given.problems])
    return 2 if given.problems else 0


def _spare_table(out: Path, *tables: str | None) -> None:
    """Refuse to write over a table that is read; any other file is replaced, as everywhere on the
    command line."""
    if any(table and out.resolve() == Path(table).resolve() for table in tables):
        raise Refused(f"{out} is the table that is read; write to another file.")


def _tell_left_out(sentences: list[str], path: str = "") -> None:
    """List the rows that were left out, of the table at a path where that is not the only one."""
    if sentences:
        complain(f"Left out {counted(len(sentences), 'row')}{path and f' of {path}'}:")
    for sentence in sentences[:_TOLD]:
        complain(f"  {sentence}")
    if len(sentences) > _TOLD:
        complain(f"  … and {len(sentences) - _TOLD} more")
