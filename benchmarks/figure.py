"""A measured figure, what is wanted of it, and how a row of the table says both.

Milliseconds and frames a second are wanted of a certain machine, known by how long the tutorial's
loop takes on it. Where this machine is slower at the moment of measuring (told by the same loop),
what reaches its target in proportion says so.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from os import cpu_count
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from benchmarks import tutorial_loop
from engine.documents.examples import read_example
from engine.run.spec import start_state

_REFERENCE = 28.9e-3  # seconds for 1,000 epochs of the tutorial's loop on the targets' machine
_ROUNDS = 5

HEAD = "| work | measured | × tutorial | wanted | |\n|---|---|---|---|---|"


@dataclass(frozen=True)
class Figure:
    """A value with its unit, and for work that a tutorial's loop does too, how many times as fast
    as that it is (`times`). What is wanted (`at_least` or `at_most`) is wanted of `times` where
    that is given, else of the value. `slowness` is how many times as slow as the targets' machine
    this one was; None for what does not depend on that, as ratios."""

    what: str
    value: float
    unit: str
    times: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    slowness: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether it is as wanted; None if nothing is wanted."""
        return self._reached(1.0)

    @property
    def reached_in_proportion(self) -> bool | None:
        """Whether it would be on a machine as fast as that of the targets."""
        return self._reached(max(1.0, self.slowness or 1.0))

    def _reached(self, slowness: float) -> bool | None:
        counts = self.value if self.times is None else self.times
        if self.at_least is not None:
            return counts * slowness >= self.at_least
        return None if self.at_most is None else counts <= self.at_most * slowness

    @property
    def _verdict(self) -> str:
        if self.reached is None:
            return ""
        if self.reached:
            return "✓"
        if self.reached_in_proportion:
            return f"in proportion: this machine is {self.slowness:.2g}× as slow"
        return "not reached"

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
        return f"| {self.what} | {measured} | {times} | {wanted} | {self._verdict} |"

    @property
    def _unit(self) -> str:
        """The unit as it follows a number."""
        return self.unit if self.unit in "×%" else f" {self.unit}"


def _written(value: float) -> str:
    """Three digits, no exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def slowness() -> float:
    """How many times as long as on the targets' machine the tutorial's loop takes here and now."""
    document = read_example("xor-3-4-1")
    spec, theta = document.spec, start_state(document.spec, document.start).theta
    times = []
    for _ in range(_ROUNDS):
        weights, biases = tutorial_loop.arrays(spec.network, theta)
        began = perf_counter()
        tutorial_loop.train(
            weights, biases, "sigmoid", spec.data.inputs, spec.data.targets, 1000,
            spec.batch_size, 0.1,
        )
        times.append(perf_counter() - began)
    return median(times) / _REFERENCE


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
        found = [
            {
                **asdict(figure),
                "reached": figure.reached,
                "reached_in_proportion": figure.reached_in_proportion,
            }
            for figure in figures
        ]
        whole = {"machine": machine(), "notes": list(notes), "figures": found}
        print(json.dumps(whole, ensure_ascii=False, indent=1))
        return
    print(f"{machine()}. {' '.join(notes)}\n\n{HEAD}")
    for figure in figures:
        print(figure.row)


def read(text: str) -> tuple[list[Figure], list[str]]:
    """Figures and notes from the JSON that `show` printed."""
    whole = json.loads(text)
    names = [each.name for each in fields(Figure)]
    figures = [Figure(**{name: each[name] for name in names}) for each in whole["figures"]]
    return figures, whole["notes"]
