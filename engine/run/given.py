"""Given: a number that no step works out, beside the parameters: an input or a target."""

from __future__ import annotations

from typing import NamedTuple


class Given(NamedTuple):
    """An input or a target of the sample that is looked at: `kind` is input or target, `unit` the
    input or the output that it belongs to."""

    kind: str
    unit: int
