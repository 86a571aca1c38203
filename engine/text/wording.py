"""Words in a sentence: lists, and values of a document as an error repeats them, on one line."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

_LONGEST = 40

# Control characters, ends of a line that are seen nowhere, what turns the direction of reading
# round, and halves of characters, as in file names that are no UTF-8. Line ends, tabs and form
# feeds are not among them.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)"
)


def visible(text: str) -> str:
    """A text with a � for each character that would steer a terminal or hide what is written."""
    return UNSEEN.sub("\ufffd", text)


def on_one_line(text: str) -> str:
    """The same, and nothing in it breaks the line: for names, titles and paths."""
    return re.sub(r"[\t\n\f]", "\ufffd", visible(text))


def shortened(text: str) -> str:
    """A text cut to what a sentence can hold, with nothing in it that would break the line."""
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return "".join(char if char.isprintable() else "\ufffd" for char in cut)


def listed(words: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def as_sentence(text: str) -> str:
    """A text with a capital at its beginning and a full stop at its end."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def shown(value: Any) -> str:
    """A value of a JSON tree: what kind it is where it is large, else itself."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return f'"{shortened(value)}"'
    if isinstance(value, float) and math.isinf(value):
        return "a number that is too large"
    return shortened(json.dumps(value))
