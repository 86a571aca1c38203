"""The command line of Backpass: opens the window, or does one job without it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

# `engine` and `gui` are this program's own, also where another distribution brings such names.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from engine.class_results import read_results, results_table
from engine.document import Document, DocumentError
from engine.examples import example_names, load, read_example
from engine.exercise import ACTIVATIONS_BY_HAND, DECIMALS, Exercise, ExerciseError
from engine.exercise_files import MAX_COUNT, write_exercises
from engine.export.html import html
from engine.export.latex import latex
from engine.export.markdown import markdown
from engine.export.working import TooLong, worked_solution
from engine.gradient_check import STEP, TOLERANCE, GradientCheck
from engine.kernels.choice import load_in_background
from engine.losses import LOSSES
from engine.mistake_search import explained, search
from engine.mistakes import MISTAKES, why_not
from engine.numbers import LARGEST, format_count, machine_number, parse_number
from engine.published import compare
from engine.published_report import published_report, published_text
from engine.report import (
    CannotTrain,
    Diverged,
    check_report,
    gradient_check,
    iteration_number,
    run_report,
    seeds_report,
    trace_report,
)
from engine.seeds import MAX_SEEDS, SeedRuns, SeedsRefused, drawn_start
from engine.seeds import TOLERANCE as NEAR_ENOUGH
from engine.wording import shortened

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

DEFAULT_EXAMPLE = "xor-2-3-1"
DEFAULT_EPOCHS = 1000
SEED_EPOCHS = 10_000
_SETTLED_MILLISECONDS = 1_000  # after which the window is up, and what loads is in nobody's way
TARGETS = {"md": markdown, "html": html, "tex": latex}
WITHOUT_WINDOW = (
    "examples, run, trace, check, published, seeds, exercise, results and screenshot work "
    "without one"
)


class Refused(Exception):
    """Something that cannot be done, as a sentence for the person who asked."""


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    words = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(words if words[:1] and words[0] in _COMMANDS else
                                   ["open", *words])
    try:
        return int(options.job(options) or 0)
    except _SENTENCES as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="backpass",
        description="See backpropagation happen, one number at a time or thousands of epochs "
        "a second.",
        usage="backpass [FILE|EXAMPLE]\n"
        "       backpass {examples,run,trace,check,published,seeds,exercise,results,screenshot} …",
    )
    commands = parser.add_subparsers(metavar="command", required=True, prog="backpass")

    window = commands.add_parser("open", help="open the window (also without this word)")
    window.add_argument("document", nargs="?", metavar="FILE|EXAMPLE", default=None)
    window.set_defaults(job=_open)

    examples = commands.add_parser("examples", help="list the bundled examples")
    examples.add_argument("--json", action="store_true", help="as JSON")
    examples.set_defaults(job=_examples)

    run = commands.add_parser("run", help="train a document from its start values")
    run.add_argument("document", metavar="FILE|EXAMPLE")
    run.add_argument("--epochs", type=_count, default=DEFAULT_EPOCHS, metavar="N",
                     help=f"how many epochs (default {DEFAULT_EPOCHS})")
    run.add_argument("--json", action="store_true", help="one JSON object, full precision")
    run.set_defaults(job=_run)

    trace = commands.add_parser("trace", help="one iteration worked out, step by step")
    trace.add_argument("document", metavar="FILE|EXAMPLE")
    trace.add_argument("--iteration", type=_positive, default=1, metavar="K",
                       help="which iteration, from 1 (default 1)")
    form = trace.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object, full precision")
    form.add_argument("--format", choices=tuple(TARGETS), default="md",
                      help="a document for standard output: Markdown, HTML or LaTeX (default md)")
    trace.add_argument("--gaps", action="store_true",
                       help="leave the values blank, with the key on a page of its own")
    trace.add_argument("--digits", type=_digits, default=6, metavar="4|6|9|all",
                       help="significant digits of the document (default 6)")
    trace.set_defaults(job=_trace)

    check = commands.add_parser(
        "check",
        help="the gradient of one iteration against differences of the loss",
        description="Compare the gradient that backward gives with central differences of the "
        f"loss (h = {STEP:g}), for every parameter. Exit code 0: they agree; 1: they differ; "
        "2: it could not be checked.",
    )
    check.add_argument("document", metavar="FILE|EXAMPLE")
    check.add_argument("--iteration", type=_positive, default=1, metavar="K",
                       help="which iteration, from 1 (default 1)")
    check.add_argument("--json", action="store_true", help="one JSON object, full precision")
    check.set_defaults(job=_check)

    published = commands.add_parser(
        "published", help="the figures that a document's source prints, against right ones"
    )
    published.add_argument("document", metavar="FILE|EXAMPLE")
    published.add_argument("--search", action="store_true",
                           help="ask which mistake gives those that differ")
    published.add_argument("--json", action="store_true", help="one JSON object, full precision")
    published.set_defaults(job=_published)

    seeds = commands.add_parser(
        "seeds", help="how many seeds learn, and what the others are stuck on",
        description="Draw start values from many seeds, train each run, and say how many learn.",
    )
    seeds.add_argument("document", metavar="FILE|EXAMPLE")
    seeds.add_argument("--count", type=_up_to(MAX_SEEDS), default=100, metavar="N",
                       help="how many seeds (default 100)")
    seeds.add_argument("--first", type=_count, default=0, metavar="SEED",
                       help="the first of them (default 0)")
    seeds.add_argument("--epochs", type=_count, default=SEED_EPOCHS, metavar="N",
                       help=f"epochs of each run (default {SEED_EPOCHS})")
    seeds.add_argument("--tolerance", type=_tolerance, default=NEAR_ENOUGH, metavar="T",
                       help="how far an output may be from its target to have learnt it "
                       f"(default {NEAR_ENOUGH:g})")
    seeds.add_argument("--json", action="store_true", help="one JSON object, full precision")
    seeds.set_defaults(job=_seeds)

    exercise = commands.add_parser(
        "exercise", help="exercises for a class: documents, sheets and keys",
        description="Make exercises to be worked by hand, each variant with numbers of its own.",
    )
    usual = Exercise()
    exercise.add_argument("folder", type=Path, metavar="OUT_FOLDER")
    exercise.add_argument("--sizes", type=_sizes, default=usual.sizes, metavar="2-2-1",
                          help="units per layer, the inputs first (default 2-2-1)")
    exercise.add_argument("--activation", choices=ACTIVATIONS_BY_HAND, default=usual.activation)
    exercise.add_argument("--loss", choices=tuple(LOSSES), default=usual.loss)
    exercise.add_argument("--decimals", type=int, choices=DECIMALS, default=usual.decimals,
                          help=f"digits after the point (default {usual.decimals})")
    exercise.add_argument("--seed", type=_count, default=usual.seed, metavar="N",
                          help=f"number of the first variant (default {usual.seed})")
    exercise.add_argument("--count", type=_up_to(MAX_COUNT), default=1, metavar="N",
                          help="how many variants (default 1)")
    exercise.add_argument("--format", choices=tuple(TARGETS), default="md",
                          help="of sheets and keys: Markdown, HTML or LaTeX (default md)")
    exercise.set_defaults(job=_exercise)

    results = commands.add_parser("results", help="a class's result files in one table")
    results.add_argument("files", nargs="+", metavar="FILE",
                         help="results of “Predict, then reveal”")
    results.add_argument("table", metavar="OUT.csv")
    results.set_defaults(job=_results)

    shot = commands.add_parser("screenshot", help="a picture of the window")
    shot.add_argument("document", metavar="FILE|EXAMPLE")
    shot.add_argument("picture", metavar="OUT.png")
    shot.add_argument("--epochs", type=_count, default=0, metavar="N", help="train first")
    shot.add_argument("--steps", type=_count, default=0, metavar="K", help="then step")
    shot.add_argument("--size", type=_size, default=(1440, 900), metavar="1440x900")
    shot.add_argument("--theme", choices=("light", "dark"), default="light")
    shot.set_defaults(job=_screenshot)
    for command in (run, trace, check, published, shot):
        command.add_argument("--mistake", action="append", default=[], metavar="KEY",
                             help="make a classic mistake; may be given several times")
    return parser


# What cannot be done, each a sentence for the person who asked.
_SENTENCES = (
    Refused, DocumentError, Diverged, CannotTrain, TooLong, SeedsRefused, ExerciseError
)
_COMMANDS = (
    "open", "examples", "run", "trace", "check", "published", "seeds", "exercise", "results",
    "screenshot", "-h", "--help",
)


def _count(text: str) -> int:
    number = int(text) if text.isdecimal() else -1
    if not 0 <= number <= 1_000_000_000:
        raise argparse.ArgumentTypeError(f'expected a whole number from 0, got "{text}"')
    return number


def _positive(text: str) -> int:
    if _count(text) < 1:
        raise argparse.ArgumentTypeError(f'expected a whole number from 1, got "{text}"')
    return int(text)


def _up_to(most: int) -> Callable[[str], int]:
    """A type of argument: a whole number from 1 to `most`."""

    def read(text: str) -> int:
        if _positive(text) > most:
            raise argparse.ArgumentTypeError(f"at most {most} are possible, not {text}")
        return int(text)

    return read


def _tolerance(text: str) -> float:
    try:
        value = parse_number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not 0.0 < value < LARGEST:
        raise argparse.ArgumentTypeError(f'expected a number above 0, got "{text}"')
    return value


def _sizes(text: str) -> tuple[int, ...]:
    parts = text.split("-")
    if not all(part.isdecimal() and len(part) < 5 for part in parts):
        raise argparse.ArgumentTypeError(f'expected units per layer such as 2-2-1, got "{text}"')
    return tuple(int(part) for part in parts)


def _digits(text: str) -> int | None:
    if text not in ("4", "6", "9", "all"):
        raise argparse.ArgumentTypeError(f'expected 4, 6, 9 or all, got "{text}"')
    return None if text == "all" else int(text)


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f'expected a size such as 1440x900, got "{text}"')
    if not (320 <= int(width) <= 8000 and 240 <= int(height) <= 8000):
        raise argparse.ArgumentTypeError(f'a window of {text} is not possible; try 1440x900')
    return int(width), int(height)


def _examples(options: argparse.Namespace) -> None:
    rows = [{"name": name, "title": read_example(name).title} for name in example_names()]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        print(f"{row['name']:{width}}  {row['title']}")


def _load(options: argparse.Namespace) -> tuple[str, Document]:
    """The document that was named, with the mistakes that were asked for."""
    name, document = load(options.document)
    mistakes = _mistakes(name, document, options.mistake)
    return name, replace(document, spec=replace(document.spec, mistakes=mistakes))


def _mistakes(name: str, document: Document, keys: list[str]) -> tuple[str, ...]:
    """A document's own mistakes and those that were asked for."""
    for key in keys:
        if key not in MISTAKES:
            known = ", ".join(MISTAKES)
            raise Refused(f'There is no mistake "{shortened(key)}"; known are {known}.')
        reason = why_not(document.spec, key)
        if reason:
            raise Refused(f'The mistake "{key}" cannot be made in {name}: {reason}')
    return tuple(key for key in MISTAKES if key in (*document.spec.mistakes, *keys))


def _run(options: argparse.Namespace) -> None:
    name, document = _load(options)
    total = options.epochs * document.spec.iterations_per_epoch
    report = run_report(document, name, options.epochs, _progress_bar(total))
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
        return
    plural = "" if options.epochs == 1 else "s"
    print(f"{document.title or name}: {format_count(options.epochs)} epoch{plural}")
    for key, column in report["history"].items():
        print(f"  {key}: {machine_number(column[0])} -> {machine_number(column[-1])}")
    print("  outputs:")
    for row, outputs in enumerate(report["outputs"][:20]):
        print(f"    sample {row}: " + "  ".join(machine_number(value) for value in outputs))
    layers = zip(report["weights"], report["biases"], strict=True)
    for layer, (rows, biases) in enumerate(layers, start=1):
        print(f"  layer {layer}:")
        for unit, row in enumerate(rows[:20]):
            bias = "" if biases is None else f"  bias {machine_number(biases[unit])}"
            print("    " + "  ".join(machine_number(value) for value in row[:20]) + bias)


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
            print(f"\r{bar} {100 * done // total:3d} %", end="", file=sys.stderr, flush=True)
        elif shown:
            print("\r" + " " * 48 + "\r", end="", file=sys.stderr, flush=True)

    return show


def _trace(options: argparse.Namespace) -> None:
    name, document = _load(options)
    if options.json:
        if options.gaps or options.digits != 6:
            raise Refused("--gaps and --digits are for documents; --json gives every number.")
        print(json.dumps(trace_report(document, name, options.iteration), ensure_ascii=False))
        return
    iteration = iteration_number(document, options.iteration)
    title = document.title or name
    solution = worked_solution(iteration, title, options.digits, options.gaps)
    print(TARGETS[options.format](solution), end="")


def _check(options: argparse.Namespace) -> int:
    name, document = _load(options)
    found = gradient_check(document, options.iteration)
    if options.json:
        report = check_report(document, name, options.iteration, found)
        print(json.dumps(report, ensure_ascii=False))
    else:
        print(f"{document.title or name}, iteration {format_count(options.iteration)}")
        _print_check(document, found)
    return 0 if found.agrees else 1


def _published(options: argparse.Namespace) -> None:
    name, document = _load(options)
    spec, start, figures = document.spec, document.start, document.published
    compared, answer = compare(spec, start, figures), None
    if options.search:
        answer = search(spec, start, figures, None if spec.mistakes else compared)
        compared = compared if spec.mistakes else explained(compared, answer)
    if options.json:
        print(json.dumps(published_report(document, name, compared, answer), ensure_ascii=False))
    else:
        print(published_text(document, compared, answer))


def _print_check(document: Document, found: GradientCheck) -> None:
    rows = [("parameter", "backward", "by differences", "relative error", "verdict")]
    for each in found.checked:
        name = document.spec.network.parameter_name(each.parameter)
        error = machine_number(each.relative_error, 2)
        numbers = machine_number(each.gradient), machine_number(each.numeric)
        rows.append((name, *numbers, error, each.verdict))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  " + "  ".join(f"{cell:{n}}" for cell, n in zip(row, widths, strict=True)).rstrip())
    verb = "agrees with" if found.agrees else "differs from"
    print(
        f"backward {verb} central differences (h = {STEP:g}, tolerance {TOLERANCE:g}): "
        f"largest relative error {machine_number(found.max_relative_error, 2)}"
    )
    if found.is_sample:
        count, size = format_count(len(found.checked)), format_count(found.size)
        print(f"checked {count} of {size} parameters, chosen at random and always the same")
    if found.count("kink"):
        print(f"{format_count(found.count('kink'))} at a kink, where a difference tells nothing")


def _results(options: argparse.Namespace) -> int:
    table = Path(options.table)
    if table.suffix.lower() != ".csv":
        raise Refused(f"The last name is the table that is written, as in OUT.csv; got {table}.")
    read, problems = read_results(map(Path, options.files))
    for problem in problems:
        print(problem, file=sys.stderr)
    if not read:
        raise Refused("There is no result to gather; nothing was written.")
    beside = table.with_name(f".{table.name}.part")  # an old table stays whole until then
    try:
        beside.write_text(results_table(read), encoding="utf-8-sig", newline="")
        beside.replace(table)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Refused(f"{table} cannot be written: {error.strerror or error}.") from error
    return 2 if problems else 0


def _seeds(options: argparse.Namespace) -> None:
    name, document = load(options.document)
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
        print(json.dumps(seeds_report(result, name), ensure_ascii=False))
        return
    plural = "" if options.epochs == 1 else "s"
    print(f"{document.title or name}, {format_count(options.epochs)} epoch{plural}: "
          f"{result.sentence}")
    for group in result.stuck:
        listed = ", ".join(str(seed) for seed in group.seeds[:20])
        more = f" and {len(group.seeds) - 20} more" if len(group.seeds) > 20 else ""
        print(f"  {len(group.seeds):3d} {group.words}: seed {listed}{more}")


def _exercise(options: argparse.Namespace) -> None:
    first = Exercise(
        options.sizes, options.activation, options.loss, options.decimals, options.seed
    )
    write = TARGETS[options.format]
    for path in write_exercises(options.folder, first, options.count, options.format, write):
        print(path)


def _open(options: argparse.Namespace) -> int:
    from gui import system_check

    problem = system_check.display_problem()
    if problem is not None:
        raise Refused(f"{problem} Without a window: {WITHOUT_WINDOW}.")
    app = _application()
    from gui.main_window import MainWindow

    window = MainWindow()
    window.documents.open_at_start(options.document, DEFAULT_EXAMPLE)
    window.show()
    from PySide6.QtCore import QTimer

    QTimer.singleShot(_SETTLED_MILLISECONDS, load_in_background)
    return app.exec()


def _screenshot(options: argparse.Namespace) -> None:
    from gui import system_check

    name, document = load(options.document)
    mistakes = _mistakes(name, document, options.mistake)
    missing = system_check.missing_libraries(screen=False)
    if missing:
        raise Refused(f"Qt needs system libraries that are missing: {' '.join(missing)}.")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("QT_SCALE_FACTOR", "1")
    app = _application(options.theme)
    from gui.main_window import MainWindow

    window = MainWindow(remember=False)
    window.documents.show(document, name)
    window.resize(*options.size)
    window.show()
    if mistakes != document.spec.mistakes:
        window.session.set_mistakes("Mistakes", mistakes)
    window.session.advance(options.epochs, options.steps)
    window.settle()
    app.processEvents()
    if not window.grab().save(options.picture, "PNG"):
        raise Refused(f"The picture could not be written to {options.picture}.")
    window.close_quietly()


def _application(theme_name: str | None = None) -> QApplication:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from gui import theme

    app = QApplication(sys.argv[:1])
    app.setApplicationName("Backpass")
    app.setOrganizationName("Backpass")
    theme.load_fonts()
    theme.apply(app, theme_name or str(QSettings().value("theme", "light")))
    return app


if __name__ == "__main__":
    sys.exit(main())
