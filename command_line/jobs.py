"""The jobs that need no window: each takes the parsed words and returns an exit code or None."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from command_line.columns import in_columns
from command_line.printing import complain, draw, say, say_json
from command_line.published_report import published_report, published_text
from command_line.refusal import Refused
from command_line.reports import (
    check_report,
    gradient_check,
    numbered_iteration,
    run_report,
    seeds_report,
    showing,
    trace_report,
)
from engine.documents.document import Document
from engine.documents.examples import example_names, load, read_example
from engine.documents.whole_file import write_whole
from engine.export.formats import FORMATS
from engine.export.worked import worked_solution
from engine.learn.exercises.exercise import Exercise
from engine.learn.exercises.files import write_exercises
from engine.learn.many_seeds.runs import SeedRuns
from engine.learn.predict.class_results import read_results, results_table
from engine.learn.published.comparison import compare
from engine.learn.published.mistake_search import explained, search
from engine.run.column_words import scaled_note
from engine.run.gradient_check import STEP, TOLERANCE, GradientCheck, unseen_mistakes
from engine.run.mistakes import MISTAKES, made_on_purpose, why_not
from engine.run.spec import drawn_start
from engine.text.numbers import counted, format_count, machine_number
from engine.text.wording import shortened
from engine.training.goal import Goal
from engine.training.patience import Patience

MOST_TOLD = 10_000_000  # epochs in what is printed; each takes some 20 characters
_TOLD = 20  # samples, units and weights that are printed to be read


def examples(options: argparse.Namespace) -> None:
    """List the bundled examples."""
    rows = [{"name": name, "title": read_example(name).title} for name in example_names()]
    if options.json:
        say_json(rows, indent=1)
        return
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        say(f"{row['name']:{width}}  {row['title']}")


def _loaded(options: argparse.Namespace) -> tuple[str, Document]:
    """The document that was named, with the mistakes that were asked for."""
    name, document = load(options.document)
    mistakes = mistakes_of(name, document, options.mistake)
    return name, replace(document, spec=replace(document.spec, mistakes=mistakes))


def _unlocked(name: str, document: Document) -> tuple[str, Document]:
    """What was given, unless it is locked: the window shows no derivation and no tool then."""
    if document.lock is not None and document.lock.closed:
        raise Refused(
            f"{name} is locked: what is to be predicted is not written. "
            "Unlock it in the window's Learn menu first."
        )
    return name, document


def mistakes_of(name: str, document: Document, keys: list[str]) -> tuple[str, ...]:
    """A document's own mistakes and those that were asked for."""
    for key in keys:
        if key not in MISTAKES:
            known = ", ".join(MISTAKES)
            raise Refused(f'There is no mistake "{shortened(key)}"; known are {known}.')
        reason = why_not(document.spec, key)
        if reason:
            raise Refused(f'The mistake "{key}" cannot be made in {name}: {reason}')
    return tuple(key for key in MISTAKES if key in (*document.spec.mistakes, *keys))


def run(options: argparse.Namespace) -> None:
    """Train a document from its start values, and say what came of it."""
    name, document = _loaded(options)
    total = options.epochs * document.spec.iterations_per_epoch
    if options.json and options.epochs > MOST_TOLD:
        raise Refused(f"--json gives every epoch, and at most {format_count(MOST_TOLD)} of them.")
    report = run_report(
        document, name, options.epochs, _progress_bar(total), options.json, _goal(options)
    )
    if options.json:
        say_json(report)
        return
    wrong = made_on_purpose(document.spec.mistakes)
    say(f"{document.title or name}: {_epochs(report['epochs'])}{wrong and f', {wrong}'}")
    if note := scaled_note(document.spec):
        say(f"  {note}")
    if "stopped" in report:
        say(f"  {report['stopped']['why']}")
    for key, column in report["history"].items():
        say(f"  {key}: {machine_number(column[0])} -> {machine_number(column[-1])}")
    say("  outputs:")
    for number, outputs in enumerate(report["outputs"][:_TOLD], start=1):
        say(f"    sample {number}: " + "  ".join(machine_number(value) for value in outputs))
    _tell_of_more(len(report["outputs"]))
    layers = zip(report["weights"], report["biases"], strict=True)
    for layer, (rows, biases) in enumerate(layers, start=1):
        word = document.spec.network.layers[layer - 1].bias_word
        say(f"  layer {layer}:")
        for unit, row in enumerate(rows[:_TOLD]):
            bias = "" if biases is None else f"  {word} {machine_number(biases[unit])}"
            more = "  …" if len(row) > _TOLD else ""
            say("    " + "  ".join(machine_number(value) for value in row[:_TOLD]) + more + bias)
        _tell_of_more(len(rows))


def _tell_of_more(count: int) -> None:
    """Say that of so many rows only the first were printed, where it is so."""
    if count > _TOLD:
        say(f"    … and {format_count(count - _TOLD)} more; --json gives all")


def _goal(options: argparse.Namespace) -> Goal | Patience | None:
    """What is to end the run before all epochs are done."""
    if options.patience is not None:
        return Patience(options.patience, options.least_improvement or 0.0)
    if options.least_improvement is not None:
        raise Refused("--least-improvement says what an improvement is for --patience K.")
    if options.until_right:
        return Goal()
    return None if options.until_loss is None else Goal(options.until_loss)


def _epochs(count: int) -> str:
    return f"{format_count(count)} epoch{'' if count == 1 else 's'}"


def _progress_bar(total: int) -> Any:
    """A bar on standard error for runs that people wait for; nothing when it is no terminal."""
    if not sys.stderr.isatty():
        return None
    shown = False

    def show(done: int) -> None:
        nonlocal shown
        if done < total:
            shown = True
            filled = 40 * done // total
            bar = "█" * filled + "░" * (40 - filled)
            draw(f"{bar} {100 * done // total:3d} %")
        elif shown:
            draw(" " * 48 + "\r")

    return show


def trace(options: argparse.Namespace) -> None:
    """Write one iteration worked out."""
    name, document = _unlocked(*_loaded(options))
    document = showing(document, options.also)
    show = _progress_bar(options.iteration - 1)
    if options.json:
        if options.gaps or options.digits != 6:
            raise Refused("--gaps and --digits are for documents; --json gives every number.")
        say_json(trace_report(document, name, options.iteration, show))
        return
    iteration = numbered_iteration(document, options.iteration, show)
    title = document.title or name
    solution = worked_solution(iteration, title, options.digits, options.gaps)
    say(FORMATS[options.format].data(solution).decode(), end="")


def check(options: argparse.Namespace) -> int:
    """Compare backward with central differences; 0 if they agree, 1 if not."""
    name, document = _unlocked(*_loaded(options))
    found = gradient_check(document, options.iteration, _progress_bar(options.iteration - 1))
    if options.json:
        report = check_report(document, name, options.iteration, found)
        say_json(report)
    else:
        wrong = made_on_purpose(document.spec.mistakes)
        number = format_count(options.iteration)
        say(f"{document.title or name}, iteration {number}{wrong and f', {wrong}'}")
        if note := scaled_note(document.spec):
            say(note)
        _print_check(document, found)
    return 0 if found.agrees else 1


def _print_check(document: Document, found: GradientCheck) -> None:
    rows = [("parameter", "backward", "by differences", "relative error", "verdict")]
    for each in found.checked:
        name = document.spec.network.parameter_name(each.parameter)
        error = machine_number(each.relative_error, 2)
        numbers = machine_number(each.gradient), machine_number(each.numeric)
        rows.append((name, *numbers, error, each.verdict))
    say("\n".join(in_columns(rows)))
    verb = "agrees with" if found.agrees else "differs from"
    say(
        f"backward {verb} central differences (h = {STEP:g}, tolerance {TOLERANCE:g}): "
        f"largest relative error {machine_number(found.max_relative_error, 2)}"
    )
    for note in unseen_mistakes(document.spec, found):
        say(note)
    if found.is_sample:
        count, size = format_count(len(found.checked)), format_count(found.size)
        say(f"checked {count} of {size} parameters, chosen at random and always the same")
    if found.count("kink"):
        say(f"{format_count(found.count('kink'))} at a kink, where a difference tells nothing")


def published(options: argparse.Namespace) -> None:
    """Compare the figures that a source prints with right ones."""
    name, document = _unlocked(*_loaded(options))
    spec, start = document.spec, document.start
    figures = tuple(figure for figure in document.published if figure.fits(spec))
    others = len(document.published) - len(figures)
    document = replace(document, published=figures)
    compared, answer = compare(spec, start, figures), None
    if options.search:
        answer = search(spec, start, figures, None if spec.mistakes else compared)
        compared = compared if spec.mistakes else explained(compared, answer)
    if options.json:
        say_json(published_report(document, name, compared, answer))
    else:
        say(published_text(document, compared, answer))
        if others:
            say(f"left out, being of another road of this document: {counted(others, 'figure')}")


def results(options: argparse.Namespace) -> int:
    """Gather result files in one table; 2 if some could not be read."""
    table = Path(options.table)
    if table.suffix.lower() != ".csv":
        raise Refused(f"The last name is the table that is written, as in OUT.csv; got {table}.")
    read, problems = read_results(map(Path, options.files))
    for problem in problems:
        complain(problem)
    if not read:
        raise Refused("There is no result to gather; nothing was written.")
    write_whole(table, results_table(read).encode("utf-8-sig"))
    return 2 if problems else 0


def seeds(options: argparse.Namespace) -> None:
    """Train from many seeds, and say how many learn."""
    name, document = _unlocked(*load(options.document))
    spec, seeds = document.spec, range(options.first, options.first + options.count)
    start_of = partial(drawn_start, spec, document.start)
    runs = SeedRuns(spec, start_of, seeds, options.epochs, options.tolerance)
    show = _progress_bar(1000)
    while runs.result is None:
        runs.advance(seconds=0.2)
        if show is not None:
            show(int(1000 * runs.share_done))
    result = runs.result
    if options.json:
        say_json(seeds_report(result, name))
        return
    say(f"{document.title or name}, {_epochs(options.epochs)}: {result.sentence}")
    if note := scaled_note(spec):
        say(f"  {note}")
    for group in result.stuck:
        listed = ", ".join(str(seed) for seed in group.seeds[:20])
        more = f" and {len(group.seeds) - 20} more" if len(group.seeds) > 20 else ""
        say(f"  {len(group.seeds):3d} {group.words}: seed {listed}{more}")


def exercise(options: argparse.Namespace) -> None:
    """Write exercises for a class."""
    first = Exercise(
        options.sizes, options.activation, options.loss, options.decimals, options.seed
    )
    format = FORMATS[options.format]
    for path in write_exercises(options.folder, first, options.count, format):
        say(path)
