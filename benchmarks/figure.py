"""A measured figure, what is wanted of it, and how a row of the table says both."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from os import cpu_count
from pathlib import Path

import numpy as np

HEAD = "| work | measured | × tutorial | wanted | |\n|---|---|---|---|---|"


@dataclass(frozen=True)
class Figure:
    """A value with its unit, and for work that a tutorial's loop does too, how many times as fast
    as that it is (`times`). What is wanted (`at_least` or `at_most`) is wanted of `times` where
    that is given, else of the value."""

    what: str
    value: float
    unit: str
    times: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether it is as wanted; None if nothing is wanted."""
        counts = self.value if self.times is None else self.times
        if self.at_least is not None:
            return counts >= self.at_least
        return None if self.at_most is None else counts <= self.at_most

    @property
    def row(self) -> str:
        """The figure in a table with HEAD."""
        times = "" if self.times is None else f"{_written(self.times)}×"
        unit = "×" if self.times is not None else self._unit
        measured, wanted = f"{_written(self.value)}{self._unit}", ""
        if self.at_least is not None:
            wanted = f"≥ {_written(self.at_least)}{unit}"
        elif self.at_most is not None:
            wanted = f"≤ {_written(self.at_most)}{unit}"
        verdict = {None: "", True: "✓", False: "not reached"}[self.reached]
        return f"| {self.what} | {measured} | {times} | {wanted} | {verdict} |"

    @property
    def _unit(self) -> str:
        """The unit as it follows a number."""
        return self.unit if self.unit in "×%" else f" {self.unit}"


def _written(value: float) -> str:
    """Three digits, no exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def machine() -> str:
    """What this was measured on, in one line."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    return (
        f"{processor}, {cpu_count()} cores, {platform.system()}; Python "
        f"{platform.python_version()}, NumPy {np.__version__}"
    )


def show(figures: Sequence[Figure], as_json: bool, notes: Sequence[str] = ()) -> None:
    """Print a table, or JSON for scripts; both with the machine."""
    if as_json:
        found = [{**asdict(figure), "reached": figure.reached} for figure in figures]
        whole = {"machine": machine(), "notes": list(notes), "figures": found}
        print(json.dumps(whole, ensure_ascii=False, indent=1))
        return
    print(f"{machine()}. {' '.join(notes)}\n\n{HEAD}")
    for figure in figures:
        print(figure.row)


def read(text: str) -> tuple[list[Figure], list[str]]:
    """Figures and notes from the JSON that `show` printed."""
    whole = json.loads(text)
    figures = [{k: v for k, v in each.items() if k != "reached"} for each in whole["figures"]]
    return [Figure(**each) for each in figures], whole["notes"]
