"""A setting: a number that an optimizer or an activation reads, with its names and its limits."""

from __future__ import annotations

from msgspec import Struct


class Setting(Struct, frozen=True, kw_only=True):
    """A setting that a row of a table reads.

    `title` names it in a sentence, `label` beside a field, `brief` where there is little room.
    `symbol` is how formulas write it, β_1 for a β with 1 below; in a list of settings `listed`
    stands before it, or nothing where the setting before speaks for both. Values lie between `low`
    and `high`, `low` among them where it `may_be_low`; `limits` says the same of another value.
    A file has to name one that is `required`; any other is the `default` where it is not named.
    """

    key: str
    title: str
    label: str
    brief: str
    symbol: str
    listed: str = ""
    default: float
    low: float = 0.0
    high: float = 1.0
    may_be_low: bool = False
    limits: str
    required: bool = False

    def allows(self, value: float) -> bool:
        """Whether it can have this value."""
        return self.low < value < self.high or (self.may_be_low and value == self.low)
