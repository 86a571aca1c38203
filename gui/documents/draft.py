"""Draft: what was filled in for a new document, kept until the document is there."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from PySide6.QtCore import QStandardPaths

from engine.documents.whole_file import FileError, read_up_to, reason, write_whole
from engine.maths.activations import Array


class Draft(Struct, frozen=True):
    """The fields of the New dialog: keys of what was chosen, counts, the hidden units as they were
    typed, the table, a row a sample, with the inputs before the targets, and the settings of the
    hidden units' activation, of the data set and of the initializer, by their keys."""

    data: str
    inputs: int
    outputs: int
    samples: int
    hidden: str
    activation: str
    output: str
    numbers: tuple[tuple[float, ...], ...]
    settings: dict[str, float] = {}
    of_data: dict[str, float] = {}
    initializer: str = ""
    of_initializer: dict[str, float] = {}

    @property
    def table(self) -> Array:
        """The numbers, shape (samples, inputs + outputs)."""
        return np.array(self.numbers, dtype=float)

    @property
    def is_whole(self) -> bool:
        """Whether there are as many numbers as the counts say."""
        columns = self.inputs + self.outputs
        rows = [len(row) for row in self.numbers]
        return min(self.inputs, self.outputs) > 0 and rows == [columns] * self.samples != []


def kept_draft() -> Draft | None:
    """What was filled in last and nothing was made of; None where there is nothing, or what stands
    there cannot be meant."""
    try:
        draft = msgspec.json.decode(read_up_to(_path()), type=Draft)
    except (OSError, msgspec.MsgspecError):
        return None
    return draft if draft.is_whole else None


def keep_draft(draft: Draft) -> None:
    """Keep what is filled in. Raises FileError."""
    path = _path()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {reason(error)}.") from error
    write_whole(path, msgspec.json.encode(draft))


def forget_draft() -> None:
    """Keep nothing any more."""
    _path().unlink(missing_ok=True)


def _path() -> Path:
    kind = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(kind)) / "new.json"
