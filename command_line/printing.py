"""What the command line prints: no name, title or path in it can steer the terminal.

Nothing else prints; tests/test_command_line_printing.py watches.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from engine.text.wording import UNSEEN, visible


def say(text: object, end: str = "\n") -> None:
    """Print lines of text."""
    print(visible(str(text)), end=end)


def complain(text: object) -> None:
    """Print what is wrong, apart from what was asked for."""
    print(visible(str(text)), file=sys.stderr)


def say_json(tree: Any, indent: int | None = None) -> None:
    """Print a tree as JSON on one line, or indented. What is not to be seen is written as JSON
    writes it, \\u202e, and is read back as it was."""
    print(UNSEEN.sub(_escaped, json.dumps(tree, ensure_ascii=False, indent=indent)))


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def draw(line: str) -> None:
    """Write over the line on standard error."""
    print(f"\r{line}", end="", file=sys.stderr, flush=True)
