"""The words of the command line, and what may stand behind them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from command_line import data_jobs, jobs, window
from command_line.refusal import Refused
from command_line.reports import CannotTrain, Diverged, NoGoal, NothingToShow
from engine.documents.json_text import DocumentError
from engine.documents.whole_file import FileError
from engine.export.formats import FORMATS
from engine.export.worked import TooLong
from engine.learn.exercises.exercise import DECIMALS, Exercise, ExerciseError, activations_by_hand
from engine.learn.exercises.files import MAX_COUNT
from engine.learn.many_seeds.runs import MAX_SEEDS, SeedsRefused
from engine.learn.many_seeds.runs import TOLERANCE as NEAR_ENOUGH
from engine.maths.losses import LOSSES
from engine.run.gradient_check import STEP
from engine.run.limits import MAX_TABLE_BYTES, SAMPLES
from engine.run.scaling import SCALINGS
from engine.run.value_kinds import ALSO
from engine.text.numbers import LARGEST, parse_number
from engine.text.wording import listed, shortened, visible

DEFAULT_EPOCHS = 1000
SEED_EPOCHS = 10_000


# What cannot be done, each a sentence for the person who asked.
_SENTENCES = (
    DocumentError, Diverged, CannotTrain, NoGoal, NothingToShow, TooLong, SeedsRefused,
    ExerciseError, FileError,
)


def run_command(words: list[str]) -> int:
    """Do what the words say; returns the exit code. Raises Refused with a sentence."""
    options = parser().parse_args(words)
    try:
        return int(options.job(options) or 0)
    except _SENTENCES as error:
        raise Refused(str(error)) from error


class _Parser(argparse.ArgumentParser):
    """Repeats what it refuses as complain prints it."""

    def error(self, message: str) -> NoReturn:
        super().error(visible(message))


def parser() -> argparse.ArgumentParser:
    """The parser of everything but the bare name of a document."""
    parser = _Parser(
        prog="backpass",
        description="See backpropagation happen, one number at a time or thousands of epochs "
        "a second.",
        usage="backpass [FILE|EXAMPLE]\n"
        "       backpass {examples,run,trace,check,published,seeds,exercise,results,new,predict,"
        "screenshot,picture} …",
    )
    titles = listed([format.title for format in FORMATS.values()], "or")
    commands = parser.add_subparsers(metavar="command", required=True, prog="backpass")

    def command(name: str, job: Callable[..., object], **words: Any) -> argparse.ArgumentParser:
        added = commands.add_parser(name, **words)
        added.set_defaults(job=job)
        return added

    def on_document(name: str, job: Callable[..., object], **words: Any) -> argparse.ArgumentParser:
        added = command(name, job, **words)
        added.add_argument("document", metavar="FILE|EXAMPLE")
        return added

    opening = command("open", window.open_window, help="open the window (also without this word)")
    opening.add_argument("document", nargs="?", metavar="FILE|EXAMPLE", default=None)

    examples = command("examples", jobs.examples, help="list the bundled examples")
    examples.add_argument("--json", action="store_true", help="as JSON")

    new = command(
        "new", data_jobs.new, help="a document with a network for a table of data",
        description="Write a document whose network has the shape of a table: what each column is "
        "for is guessed, and said.",
    )
    new.add_argument("data", metavar="DATA.csv")
    new.add_argument("out", metavar="OUT.backpass.json")
    new.add_argument("--target", action="append", default=[], metavar="COLUMN",
                     help="a column that is to be learnt; may be given several times")
    new.add_argument("--class", action="append", default=[], metavar="COLUMN", dest="classes",
                     help="a column to take as classes; may be given several times")
    new.add_argument("--number", action="append", default=[], metavar="COLUMN", dest="numbers",
                     help="a column to take as numbers; may be given several times")
    new.add_argument("--without", action="append", default=[], metavar="COLUMN",
                     help="a column to leave out; may be given several times")
    new.add_argument("--hidden", type=_hidden, metavar="8,4",
                     help="hidden units layer by layer; 0 for none")
    new.add_argument("--scale", choices=(*SCALINGS, "none"), help="how numbers are scaled")
    test = new.add_mutually_exclusive_group()
    test.add_argument("--test", type=_share, default=0.0, metavar="0.2",
                      help="the share of the rows that is kept out of training")
    test.add_argument("--test-table", metavar="TEST.csv",
                      help="test with the rows of another table, its columns by their names")
    new.add_argument("--validation", type=_share, default=0.0, metavar="0.2",
                     help="the share of the other rows by which it is decided when to stop")
    new.add_argument("--leave-out", action="store_true",
                     help="leave out rows that cannot be taken; they are listed")
    new.add_argument("--sample", type=_up_to(SAMPLES.most), metavar="N",
                     help="take N rows of a longer table, drawn from the seed; that of one larger "
                     f"than {MAX_TABLE_BYTES >> 20} MiB is read from the file")
    new.add_argument("--seed", type=_count, default=1, metavar="N",
                     help="of start values and of what else is drawn (default 1)")

    predict = on_document(
        "predict", data_jobs.predict, help="answers for the rows of a table",
        description="Answer the rows of a table, in the data's own units and the names of its "
        "classes. Columns are found by their names where the table has a heading.",
    )
    predict.add_argument("data", metavar="DATA.csv")
    predict.add_argument("out", metavar="OUT.csv")

    run = on_document("run", jobs.run, help="train a document from its start values")
    run.add_argument("--epochs", type=_count, default=DEFAULT_EPOCHS, metavar="N",
                     help=f"how many epochs (default {DEFAULT_EPOCHS})")
    end = run.add_mutually_exclusive_group()
    end.add_argument("--until-loss", type=_tolerance, metavar="X",
                     help="end at the first epoch after which the loss is below X")
    end.add_argument("--until-right", action="store_true",
                     help="end at the first epoch after which every training sample is right")
    end.add_argument("--patience", type=_positive, metavar="K",
                     help="end once the loss, of the validation samples if there are any, has not "
                     "improved for K epochs")
    run.add_argument("--least-improvement", type=_least, metavar="D",
                     help="with --patience: an improvement is more than D (default 0)")
    run.add_argument("--json", action="store_true", help="one JSON object, full precision")

    trace = on_document("trace", jobs.trace, help="one iteration worked out, step by step")
    trace.add_argument("--iteration", type=_positive, default=1, metavar="K",
                       help="which iteration, from 1 (default 1)")
    form = trace.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object, full precision")
    form.add_argument("--format", choices=tuple(FORMATS), default="md",
                      help=f"a document for standard output: {titles} (default md)")
    trace.add_argument("--gaps", action="store_true",
                       help="leave the values blank, with the key on a page of its own")
    trace.add_argument("--also", type=_also, default=(), metavar="KIND[,KIND…]",
                       help="show these too: " + ", ".join(ALSO) + ", or all")
    trace.add_argument("--digits", type=_digits, default=6, metavar="4|6|9|all",
                       help="significant digits of the document (default 6)")

    check = on_document(
        "check", jobs.check,
        help="the gradient of one iteration against differences of the loss",
        description="Compare the gradient that backward gives with central differences of the "
        f"loss (h = {STEP:g}), for every parameter. Exit code 0: they agree; 1: they differ; "
        "2: it could not be checked.",
    )
    check.add_argument("--iteration", type=_positive, default=1, metavar="K",
                       help="which iteration, from 1 (default 1)")
    check.add_argument("--json", action="store_true", help="one JSON object, full precision")

    published = on_document(
        "published", jobs.published,
        help="the figures that a document's source prints, against right ones",
    )
    published.add_argument("--search", action="store_true",
                           help="ask which mistake gives those that differ")
    published.add_argument("--json", action="store_true", help="one JSON object, full precision")

    seeds = on_document(
        "seeds", jobs.seeds, help="how many seeds learn, and what the others are stuck on",
        description="Draw start values from many seeds, train each run, and say how many learn.",
    )
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

    exercise = command(
        "exercise", jobs.exercise, help="exercises for a class: documents, sheets and keys",
        description="Make exercises to be worked by hand, each variant with numbers of its own.",
    )
    usual = Exercise()
    exercise.add_argument("folder", type=Path, metavar="OUT_FOLDER")
    exercise.add_argument("--sizes", type=_sizes, default=usual.sizes, metavar="2-2-1",
                          help="units per layer, the inputs first (default 2-2-1)")
    exercise.add_argument("--activation", choices=activations_by_hand(), default=usual.activation)
    exercise.add_argument("--loss", choices=tuple(LOSSES), default=usual.loss)
    exercise.add_argument("--decimals", type=int, choices=DECIMALS, default=usual.decimals,
                          help=f"digits after the point (default {usual.decimals})")
    exercise.add_argument("--seed", type=_count, default=usual.seed, metavar="N",
                          help=f"number of the first variant (default {usual.seed})")
    exercise.add_argument("--count", type=_up_to(MAX_COUNT), default=1, metavar="N",
                          help="how many variants (default 1)")
    exercise.add_argument("--format", choices=tuple(FORMATS), default="md",
                          help=f"of sheets and keys: {titles} (default md)")

    results = command("results", jobs.results, help="a class's result files in one table")
    results.add_argument("files", nargs="+", metavar="FILE",
                         help="results of “Predict, then reveal”")
    results.add_argument("table", metavar="OUT.csv")

    shot = on_document("screenshot", window.screenshot, help="a picture of the window")
    shot.add_argument("picture", metavar="OUT.png")
    drawing = on_document(
        "picture", window.picture, help="a picture of the network, the loss curve or the surface",
        description="Draw the network (also as TikZ, with its weights), the loss curve, or what "
        "the network answers over its inputs. The ending of the file chooses the format.",
    )
    drawing.add_argument("picture", metavar="OUT.svg|png|tex")
    drawing.add_argument("--what", choices=("network", "loss", "surface"), default="network")
    for each in (shot, drawing):
        each.add_argument("--epochs", type=_count, default=0, metavar="N", help="train first")
        each.add_argument("--steps", type=_count, default=0, metavar="K", help="then step")
        each.add_argument("--size", type=_size, default=(1440, 900), metavar="1440x900",
                          help="of the window that it is taken from (default 1440x900)")
        each.add_argument("--theme", choices=("light", "dark", "contrast"), default="light")
        each.add_argument("--text-size", type=_text_size, default=100, metavar="PERCENT",
                          help="how large text is, from 80 to 200 (default 100)")
    for each in (run, trace, check, published, shot, drawing):
        each.add_argument("--mistake", action="append", default=[], metavar="KEY",
                          help="make a classic mistake; may be given several times")
    return parser


def _count(text: str) -> int:
    number = int(text) if text.isdecimal() else -1
    if not 0 <= number <= 1_000_000_000:
        raise argparse.ArgumentTypeError(f'expected a whole number from 0, got "{text}"')
    return number


def _text_size(text: str) -> int:
    percent = int(text) if text.isdecimal() and len(text) < 4 else 0
    if not 80 <= percent <= 200:
        raise argparse.ArgumentTypeError(f'expected a percentage from 80 to 200, got "{text}"')
    return percent


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


def _least(text: str) -> float:
    try:
        value = parse_number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not 0.0 <= value < LARGEST:
        raise argparse.ArgumentTypeError(f'expected a number from 0, got "{text}"')
    return value


def _share(text: str) -> float:
    try:
        value = parse_number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not 0.0 <= value < 1.0:
        raise argparse.ArgumentTypeError(f'expected a share from 0 to below 1, got "{text}"')
    return value


def _hidden(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip() not in ("", "0")]
    if not all(part.isdecimal() and len(part) < 5 for part in parts):
        raise argparse.ArgumentTypeError(f'expected units per layer such as 8,4, got "{text}"')
    return tuple(int(part) for part in parts)


def _sizes(text: str) -> tuple[int, ...]:
    parts = text.split("-")
    if not all(part.isdecimal() and len(part) < 5 for part in parts):
        raise argparse.ArgumentTypeError(f'expected units per layer such as 2-2-1, got "{text}"')
    return tuple(int(part) for part in parts)


def _also(text: str) -> tuple[str, ...]:
    keys = tuple(ALSO) if text == "all" else tuple(text.split(","))
    for key in keys:
        if key not in ALSO:
            known = f"{', '.join(ALSO)}, or all"
            raise argparse.ArgumentTypeError(f'expected {known}, got "{shortened(key)}"')
    return keys


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


