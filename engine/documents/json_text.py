"""JSON as bytes and back: strict and with the place named in reading, made for people in writing.

Numbers that no double holds (NaN, 1e999, 400-digit integers) come out of `decode` as NaN and
infinity, so that whoever checks the numbers can name the place they stand at.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from engine.run.iteration import Check, never
from engine.run.limits import MAX_CONTAINERS, MAX_FILE_BYTES
from engine.text.wording import shortened

_LINE_WIDTH = 96
_LISTS = (list, tuple)
_CONTAINERS = (dict, list, tuple)
_LONGEST_INTEGER = 300  # characters; one of more than 308 digits is no double
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class DocumentError(ValueError):
    """A document that cannot be read or written: one sentence, and the place it speaks of.

    The place is a path ($.layers[1].units), a line and column, or empty for the whole file. `words`
    say what the path is, where that is known.
    """

    def __init__(self, place: str, sentence: str, words: str = "") -> None:
        super().__init__(place, sentence, words)
        self.place = place
        self.sentence = sentence
        self.words = words

    @property
    def told(self) -> str:
        """Place and sentence, to go on from words before them."""
        if self.words:
            return f"{self.words}: {self.sentence} ({self.place})"
        return f"{self.place}: {self.sentence}" if self.place else self.sentence

    def __str__(self) -> str:
        if self.place and not self.words:
            return self.told
        return f"{self.told[:1].upper()}{self.told[1:]}" + ("." if not self.words else "")


def decode(data: bytes, check: Check = never) -> Any:
    """The objects, lists, texts, numbers, booleans and nulls that JSON bytes (UTF-8) stand for.

    Raises DocumentError for what is not JSON, for an object with a key twice, for text that is
    no Unicode, and for more than there is memory for; and what `check` raises, which is called at
    every number: the decoder knows no other moment to stop, or to let another thread go on.
    """
    if len(data) > MAX_FILE_BYTES:
        raise DocumentError("", f"the file is larger than {MAX_FILE_BYTES >> 20} MiB")
    if not data.strip():
        raise DocumentError("", "the file is empty")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"byte {error.start}", "this is not text in UTF-8") from None
    if text.count("[") + text.count("{") > MAX_CONTAINERS:
        raise DocumentError("", f"the file has more than {MAX_CONTAINERS:,} lists and objects")
    repeated: list[tuple[dict[str, Any], str]] = []

    def entry(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            repeated.append((found, next(key for key, count in counts.items() if count > 1)))
        return found

    def integer(text: str) -> int | float:
        check()
        return _integer(text)

    def real(text: str) -> float:
        check()
        return float(text)

    try:
        if check is never:
            tree = json.loads(text, object_pairs_hook=entry, parse_int=_integer)
        else:
            tree = json.loads(
                text, object_pairs_hook=entry, parse_int=integer, parse_float=real
            )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise DocumentError(place, f"this is not JSON: {_reason(error.msg)}") from None
    if repeated:
        _refuse_repeated(tree, repeated)
    if _SURROGATE_ESCAPE.search(text):
        _refuse_surrogates(tree)
    return tree


def _integer(text: str) -> int | float:
    if len(text) <= _LONGEST_INTEGER:
        return int(text)
    return -math.inf if text.startswith("-") else math.inf


def _reason(message: str) -> str:
    """What Python's decoder found, as the middle of a sentence."""
    return (message[:1].lower() + message[1:]).removesuffix(" at").removesuffix(" starting")


def places(value: Any, place: str = "$") -> Iterator[tuple[str, Any]]:
    """Every value of a tree with its path, outermost first."""
    yield place, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, f"{place}.{shortened(key)}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, f"{place}[{index}]")


def _refuse_repeated(tree: Any, repeated: list[tuple[dict[str, Any], str]]) -> None:
    keys = {id(found): key for found, key in repeated}
    for place, value in places(tree):
        if isinstance(value, dict) and id(value) in keys:
            raise DocumentError(place, f'the key "{shortened(keys[id(value)])}" stands here twice')


def _refuse_surrogates(tree: Any) -> None:
    for place, value in places(tree):
        texts = [value] if isinstance(value, str) else value if isinstance(value, dict) else ()
        if any(_LONE_SURROGATE.search(text) for text in texts):
            raise DocumentError(place, "half a character (a lone surrogate such as \\ud800)")


def encode(tree: Any) -> bytes:
    """A tree as JSON bytes (UTF-8) that are pleasant to read, the same for the same tree.

    Each row of numbers stands on one line, and so does a short object. Numbers keep every bit;
    whole ones are written without a decimal point. All must be finite.
    """
    return (_block(tree, "") + "\n").encode("utf-8", "replace")


def _block(value: Any, margin: str) -> str:
    """A value over as many lines as it needs; the margin is that of its first line."""
    inner = margin + "  "
    if isinstance(value, dict):
        if not any(_has_containers(entry) for entry in value.values()):
            line = _line(value)
            if len(margin) + len(line) <= _LINE_WIDTH and margin:
                return line
        lines = [f"{inner}{_line(key)}: {_block(entry, inner)}" for key, entry in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{margin}}}" if lines else "{}"
    if isinstance(value, _LISTS) and _has_containers(value):
        lines = [inner + _block(entry, inner) for entry in value]
        return "[\n" + ",\n".join(lines) + f"\n{margin}]"
    return _line(value)


def _has_containers(value: Any) -> bool:
    entries = value.values() if isinstance(value, dict) else value
    return isinstance(value, _CONTAINERS) and any(isinstance(e, _CONTAINERS) for e in entries)


def _line(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, _LISTS):
        return "[" + ", ".join(map(_line, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_line(key)}: {_line(v)}" for key, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    minus_zero = value == 0.0 and math.copysign(1.0, value) < 0.0
    if value.is_integer() and abs(value) < 1e15 and not minus_zero:
        return str(int(value))
    return repr(value)
