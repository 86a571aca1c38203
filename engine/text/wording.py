"""Words in a sentence: lists, and values of a document as an error repeats them, on one line."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

_LONGEST = 40


def shortened(text: str) -> str:
    """A text cut to what a sentence can hold, with nothing in it that would break the line."""
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return "".join(char if char.isprintable() else "\ufffd" for char in cut)


def listed(words: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


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
