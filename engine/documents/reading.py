"""Bytes to Document and back: reading and writing .backpass.json files.

What is written reads back as the same document, bit for bit; what could not be read back is not
written. The format stands in engine.documents.format, its text in engine.documents.json_text.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from engine.documents import format as fmt
from engine.documents.document import Document, TooLarge, check, check_run, tidied
from engine.documents.from_file import document_from
from engine.documents.json_text import DocumentError, decode, encode
from engine.documents.own_keys import put_own_keys
from engine.documents.to_file import file_of
from engine.documents.whole_file import read_up_to
from engine.run.check_spec import SpecError
from engine.run.iteration import Check, never
from engine.run.limits import MAX_FILE_BYTES
from engine.run.spec import BEGINNING


def read_document(data: bytes, check: Check = never) -> Document:
    """The document that the bytes of a file stand for.

    Raises DocumentError with a sentence that names the place, and what `check` raises.
    """
    try:
        tree = decode(data, check)
        with _refusals(tree):
            document = document_from(*fmt.parse(tree))
            check_run(document)
    except RecursionError:
        raise DocumentError("", "the file is nested too deeply") from None
    return document


def read_file(path: Path, check: Check = never) -> Document:
    """The document in a file. Raises OSError if it cannot be read, and DocumentError."""
    return read_document(read_up_to(path), check)


def write_document(document: Document) -> bytes:
    """The bytes of a document's file.

    The curve is thinned, and what belongs to units and steps that are gone is left out. Raises
    DocumentError for a document that could not be read back: with numbers that are not finite or,
    as TooLarge, one too large for a file.
    """
    document = tidied(document)
    with _refusals(_names_of(document)):
        check(document)
    tree = msgspec.to_builtins(file_of(document))
    for settings in (tree, *tree.get("specs", ())):
        if settings["batching"]["since"] == msgspec.to_builtins(BEGINNING):  # goes without saying
            del settings["batching"]["since"]
    put_own_keys(tree, document.own_keys)
    data = encode(tree)
    if len(data) > MAX_FILE_BYTES:
        raise TooLarge(
            "",
            f"the document takes {len(data) >> 20} MiB and a file at most {MAX_FILE_BYTES >> 20}; "
            "with fewer units, samples or roads it is smaller",
        )
    return data


@contextmanager
def _refusals(tree: Any) -> Iterator[None]:
    """What cannot be trained is refused as a document is, and the place told in words, with the
    names that the tree of the file has."""
    try:
        yield
    except SpecError as error:
        from engine.documents.places_in_words import in_words  # loaded when something is wrong

        words = in_words(error.path, tree)
        raise DocumentError(error.path, error.sentence, words) from None
    except DocumentError as error:
        from engine.documents.places_in_words import in_words

        error.words = in_words(error.place, tree)
        raise


def _names_of(document: Document) -> Any:
    """The part of a document's tree that has names."""
    network, data = document.spec.network, document.spec.data
    layers = [{"units": layer.units} for layer in network.layers]
    return {
        "inputs": network.inputs, "layers": layers, "data": {"target_columns": data.target_names}
    }
