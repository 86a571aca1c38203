"""The command line of Backpass: opens the window, or does one job without it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# `engine` and `gui` are this program's own, also where another distribution brings such names.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from command_line.printing import complain
from command_line.refusal import Refused
from command_line.streams import prepare_streams, silence, why_not
from command_line.window import open_window

COMMANDS = (
    "open", "examples", "run", "trace", "check", "published", "seeds", "exercise", "results", "new",
    "predict", "screenshot", "picture", "-h", "--help",
)


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    prepare_streams()
    words = sys.argv[1:] if arguments is None else arguments
    try:
        try:
            return _do(words)
        finally:
            sys.stdout.flush()  # not at the very end, when nobody could say that it failed
    except Refused as error:
        complain(error)
        return 2
    except BrokenPipeError:
        silence(sys.stdout)
        return 0
    except OSError as error:
        silence(sys.stdout)
        what = "Standard output cannot be written" if error.filename is None else error.filename
        complain(f"{what}: {why_not(error)}.")
        return 2
    except KeyboardInterrupt:
        complain("\nInterrupted.")
        return 130


def _do(words: list[str]) -> int:
    is_name = len(words) == 1 and words[0] not in COMMANDS and not words[0].startswith("-")
    if not words or is_name:
        # The window is up sooner without what the other commands need.
        return open_window(argparse.Namespace(document=words[0] if words else None))
    from command_line.words import run_command

    return run_command(words if words[0] in COMMANDS else ["open", *words])


if __name__ == "__main__":
    sys.exit(main())
