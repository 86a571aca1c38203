"""How long it takes to open a table: from its text to what is proposed, and on to a network.

    python benchmarks/tables.py [--json]

100,000 rows of 19 numbers and a class, once with decimal points and once with decimal commas.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.figure import Figure, show, slowness
from engine.data.preparation import prepared, proposed_plan, spec_of
from engine.data.table import read_table
from engine.run.limits import SAMPLES

_COLUMNS = 19
_WANTED = 3.0  # seconds


def text() -> str:
    """A table, its cells separated by semicolons."""
    rows = np.random.default_rng(0).normal(size=(SAMPLES.most, _COLUMNS))
    lines = [";".join(f"x{k}" for k in range(_COLUMNS)) + ";kind"]
    for number, row in enumerate(rows.tolist()):
        lines.append(";".join(f"{value:.6f}" for value in row) + ";" + "abc"[number % 3])
    return "\n".join(lines)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="Times the opening of a large table.")
    parser.add_argument("--json", action="store_true", help="for scripts")
    options = parser.parse_args()
    slow, content = slowness(), text()
    figures = []
    for what, written in (("points", content), ("commas", content.replace(".", ","))):
        began = perf_counter()
        table = read_table(written)
        plan = proposed_plan(table)
        seconds = perf_counter() - began
        words = f"a table of 100,000 × 20 opened, decimal {what}"
        figures.append(Figure(words, seconds, "s", at_most=_WANTED, slowness=slow))
        began = perf_counter()
        spec_of(prepared(table, plan), plan)
        figures.append(Figure(f"its network, decimal {what}", perf_counter() - began, "s"))
    show(figures, options.json)


if __name__ == "__main__":
    main()
