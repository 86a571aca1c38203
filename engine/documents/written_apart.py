"""Written apart: a document becomes a file in another process, so that this one is not held up.

Only one thread at a time can run Python, and the text of a large document takes seconds. What goes
to the other process is pickled: a few long copies of memory.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine.documents.document import Document
from engine.documents.json_text import DocumentError
from engine.documents.reading import write_document
from engine.documents.whole_file import FileError, write_whole

_ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from engine.documents.written_apart import main; sys.exit(main(sys.argv[2]))"
)
_POLITENESS = 10  # steps of priority below what a person waits for


class WritingApart:
    """A document on its way into a file, which may be called off from another thread."""

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(_ROOT), str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C in the terminal is not meant for it
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def write(self, document: Document) -> None:
        """Write the document, and wait for it. Raises FileError, also if it was called off."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        with process:
            try:
                with process.stdin as stdin:
                    _Pickler(stdin, pickle.HIGHEST_PROTOCOL).dump(document)
            except BrokenPipeError:  # it ended, and has said why
                pass
            sentence = process.stdout.read().decode()
        if process.returncode != 0:
            raise FileError(sentence or "The process that writes it ended.")

    def cancel(self) -> None:
        """Call it off: nothing is written, or all was already."""
        self._process.kill()


class _Pickler(pickle.Pickler):
    """As every pickler, and read-only mappings too."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, MappingProxyType):
            return _read_only, (dict(value),)
        return NotImplemented


def _read_only(entries: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(entries)


def main(path: str) -> int:
    """What the other process does: its input is the document; it prints why it failed."""
    if hasattr(os, "nice"):
        os.nice(_POLITENESS)
    try:
        document = pickle.load(sys.stdin.buffer)
        write_whole(Path(path), write_document(document))
    except (FileError, DocumentError) as error:
        sys.stdout.buffer.write(str(error).encode())
        return 1
    return 0
