"""Origin: where the open document came from, as far as that matters when it is saved."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from engine.documents.examples import without_ending


class Origin(Struct, frozen=True):
    """Where a document came from: what it is called without a file, the file that was open, and the
    digest of what stood in it."""

    name: str
    path: str | None = None
    known: bytes = b""

    @property
    def title(self) -> str:
        """What a person knows it by."""
        return without_ending(Path(self.path).name) if self.path else self.name
