"""What the command line prints: no name, title or path in it can steer the terminal.

Nothing else prints; tests/test_command_line_printing.py watches.
"""

from __future__ import annotations

import json
import math
import re
import sys
from typing import Any

from command_line.streams import silence
from engine.text.wording import UNSEEN, visible


def say(text: object, end: str = "\n") -> None:
    """Print lines of text."""
    print(visible(str(text)), end=end)


def complain(text: object) -> None:
    """Print what is wrong, apart from what was asked for, if anybody can read it."""
    try:
        print(visible(str(text)), file=sys.stderr, flush=True)
    except OSError:
        silence(sys.stderr)


def say_json(tree: Any, indent: int | None = None) -> None:
    """Print a tree as JSON on one line, or indented. What is not to be seen is written as JSON
    writes it, \\u202e, and is read back as it was. JSON has no infinity and no NaN: what is no
    finite number is null."""
    try:
        text = json.dumps(tree, ensure_ascii=False, indent=indent, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(tree), ensure_ascii=False, indent=indent)
    print(UNSEEN.sub(_escaped, text))


def _finite(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _finite(value) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_finite(value) for value in tree]
    return None if isinstance(tree, float) and not math.isfinite(tree) else tree


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def draw(line: str) -> None:
    """Write over the line on standard error."""
    print(f"\r{line}", end="", file=sys.stderr, flush=True)
