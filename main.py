"""The command line of Backpass: opens the window, or does one job without it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

# `engine` and `gui` are this program's own, also where another distribution brings such names.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from engine.document import DocumentError
from engine.examples import example_names, load, read_example
from engine.export.html import html
from engine.export.latex import latex
from engine.export.markdown import markdown
from engine.export.working import TooLong, worked_solution
from engine.numbers import format_count, machine_number
from engine.report import Diverged, iteration_number, run_report, trace_report

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

DEFAULT_EXAMPLE = "xor-2-3-1"
DEFAULT_EPOCHS = 1000
TARGETS = {"md": markdown, "html": html, "tex": latex}
WITHOUT_WINDOW = "examples, run, trace and screenshot work without one"


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
    except (Refused, DocumentError, Diverged, TooLong) as error:
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
        usage="backpass [FILE|EXAMPLE]\n       backpass {examples,run,trace,screenshot} …",
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

    shot = commands.add_parser("screenshot", help="a picture of the window")
    shot.add_argument("document", metavar="FILE|EXAMPLE")
    shot.add_argument("picture", metavar="OUT.png")
    shot.add_argument("--epochs", type=_count, default=0, metavar="N", help="train first")
    shot.add_argument("--steps", type=_count, default=0, metavar="K", help="then step")
    shot.add_argument("--size", type=_size, default=(1440, 900), metavar="1440x900")
    shot.add_argument("--theme", choices=("light", "dark"), default="light")
    shot.set_defaults(job=_screenshot)
    return parser


_COMMANDS = ("open", "examples", "run", "trace", "screenshot", "-h", "--help")


def _count(text: str) -> int:
    number = int(text) if text.isdecimal() else -1
    if not 0 <= number <= 1_000_000_000:
        raise argparse.ArgumentTypeError(f'expected a whole number from 0, got "{text}"')
    return number


def _positive(text: str) -> int:
    if _count(text) < 1:
        raise argparse.ArgumentTypeError(f'expected a whole number from 1, got "{text}"')
    return int(text)


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


def _run(options: argparse.Namespace) -> None:
    name, document = load(options.document)
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
    name, document = load(options.document)
    if options.json:
        if options.gaps or options.digits != 6:
            raise Refused("--gaps and --digits are for documents; --json gives every number.")
        print(json.dumps(trace_report(document, name, options.iteration), ensure_ascii=False))
        return
    iteration = iteration_number(document, options.iteration)
    title = document.title or name
    solution = worked_solution(iteration, title, options.digits, options.gaps)
    print(TARGETS[options.format](solution), end="")


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
    return app.exec()


def _screenshot(options: argparse.Namespace) -> None:
    from gui import system_check

    name, document = load(options.document)
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
