"""The command line of Backpass: opens the window, or does one job without it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

# `engine` and `gui` are this program's own, also where another distribution brings such names.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from command_line.printing import complain
from command_line.refusal import Refused
from command_line.window import open_window

COMMANDS = (
    "open", "examples", "run", "trace", "check", "published", "seeds", "exercise", "results",
    "screenshot", "-h", "--help",
)


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    words = sys.argv[1:] if arguments is None else arguments
    try:
        return _do(words)
    except Refused as error:
        complain(error)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
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
