"""The bundled example documents, and what a person may name on the command line."""

from __future__ import annotations

import os
from pathlib import Path

from engine.documents.document import Document
from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document, read_file
from engine.documents.whole_file import reason

SUFFIX = ".backpass.json"
TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".dat")  # of files that are tables

# resources/ stands beside engine/, in a checkout and in a wheel.
_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "examples"

# From the smallest network on, which is the order to look at them in.
_NAMES = (
    "one-neuron",
    "hand-2-2-1",
    "matrix-2-2-1",
    "mazur-2-2-2",
    "xor-2-2-1-step",
    "xor-2-2-1",
    "xor-2-3-1",
    "xor-3-4-1",
    "xor-2-3-1-adam",
)


def without_ending(name: str) -> str:
    """The name of a file without the ending of a document, whichever it has."""
    ending = next((each for each in (SUFFIX, ".json") if name.lower().endswith(each)), "")
    return name[: len(name) - len(ending)] or name


def example_names() -> tuple[str, ...]:
    """Names of the bundled examples, in the order to look at them in."""
    return _NAMES


def read_example(name: str) -> Document:
    """A bundled example. Raises DocumentError for a name that none has."""
    if name not in _NAMES:
        raise DocumentError("", f'there is no example "{name}"; there are {", ".join(_NAMES)}')
    return read_document((_FOLDER / f"{name}{SUFFIX}").read_bytes())


def load(file_or_example: str) -> tuple[str, Document]:
    """A document and its name: that of an example, or a file's without its ending.

    A file goes before an example of the same name. Raises DocumentError with a sentence if there
    is neither, or the file cannot be read.
    """
    path = Path(file_or_example)
    if not os.path.isfile(path) and file_or_example in _NAMES:
        return file_or_example, read_example(file_or_example)
    try:
        return _readable(without_ending(path.name)), read_file(path)
    except OSError as error:
        if file_or_example and os.path.exists(path):
            raise DocumentError(file_or_example, f"cannot be read: {reason(error)}") from None
        known = ", ".join(_NAMES)
        raise DocumentError(
            "", f'there is no file "{file_or_example}", and no example of that name ({known})'
        ) from None
    except DocumentError as error:
        told = error.told
        if path.suffix.lower() in TABLE_ENDINGS:
            told += f"; a document is made of a table by main.py new {path.name} OUT{SUFFIX}"
        raise DocumentError(path.name, told) from None


def _readable(name: str) -> str:
    """A file's name as text that can be written anywhere: names need not be UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")
