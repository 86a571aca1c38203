"""How much there may be of everything: one table for who checks and for the JSON Schema.

A `Limit` is checked by engine.run.check_spec and engine.documents.document, with sentences that
say more than msgspec's, and the schema is told of it. `Count` and `FromOne` msgspec checks itself.
"""

# Without `from __future__ import annotations`, as engine.documents.format.

from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import Meta, Struct

from engine.text.numbers import LARGEST


def told(**words: Any) -> Meta:
    """What the schema says, and somebody else checks with a better sentence."""
    return Meta(extra_json_schema=words)


def one_of(keys: Iterable[str]) -> Meta:
    """The schema of a text that is a key of a table."""
    return told(enum=list(keys))


class Limit(Struct, frozen=True):
    """From `least` to `most`, both of them possible."""

    least: int
    most: int

    def __contains__(self, count: int) -> bool:
        return self.least <= count <= self.most

    def __str__(self) -> str:
        return f"{self.least} to {self.most}"

    @property
    def entries(self) -> Meta:
        """The schema of a list with so many entries."""
        return self._told("Items")

    @property
    def characters(self) -> Meta:
        """The schema of a text with so many characters."""
        return self._told("Length")

    @property
    def values(self) -> Meta:
        """The schema of a whole number between them, which msgspec checks too."""
        return Meta(ge=self.least, lt=self.most + 1)

    def _told(self, of: str) -> Meta:
        least = {f"min{of}": self.least} if self.least else {}
        return told(**least, **{f"max{of}": self.most})


INPUTS = Limit(1, 64)
HIDDEN_LAYERS = Limit(0, 8)
LAYERS = Limit(1, HIDDEN_LAYERS.most + 1)  # with the output layer
UNITS = Limit(1, 512)  # of a layer
SAMPLES = Limit(1, 100_000)
COUNTS = Limit(0, int(LARGEST) - 1)  # of updates, epochs …, and seeds
FROM_ONE = Limit(1, COUNTS.most)  # numbers of iterations, sizes of batches

# Characters.
NAME = Limit(1, 40)
HEADING = Limit(0, 200)  # of a column of a table
CLASS_NAME = Limit(0, 100)
TITLE = Limit(0, 200)
NOTE = Limit(0, 20_000)
PRINTED = Limit(0, 40)  # a published figure
REMARK = Limit(0, 300)
ROAD_NAME = Limit(1, 200)

ROADS = Limit(0, 1000)  # of a document
FIGURES = Limit(0, 1000)  # that a document's source prints
MAX_CURVE_POINTS = 2000
MAX_READABLE = 1024  # numbers of a matrix that a document writes out; a longer one is a text
MAX_FILE_BYTES = 256 * 2**20
MAX_TABLE_BYTES = 64 * 2**20  # of a CSV file
MAX_CONTAINERS = 4_000_000  # lists and objects in a document, which take the most memory
QUICK_BYTES = 2**21  # of a file that is read in a moment; for a larger one there is a Cancel
MAX_TABLE_LINES = 10 * SAMPLES.most  # of a CSV file, blank ones too
MAX_TABLE_CELLS = 5_000_000  # that are held at once
MAX_TABLE_LINE = 2**20  # characters of a line of it

Count = Annotated[int, COUNTS.values]
FromOne = Annotated[int, FROM_ONE.values]
Name = Annotated[str, NAME.characters]
Heading = Annotated[str, HEADING.characters]
ClassName = Annotated[str, CLASS_NAME.characters]
# No bound, but a measure: how wide and high the plane is in which positions of units are kept.
PLANE = 1000.0
