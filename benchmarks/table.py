"""All that is measured, in one table: training, the window, a step.

    python benchmarks/table.py [--json] [--short]

Each part runs in a process of its own, with the threads and the memory that it asks for. `--short`
leaves out what takes minutes: the largest network, and memory after a million epochs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figure import Figure, read, show

PARTS = (("training.py",), ("window.py", "--long"), ("stepping.py",), ("tables.py",))


def main() -> None:
    """Measure part by part, and print a table or JSON."""
    parser = argparse.ArgumentParser(description="Measures everything.")
    parser.add_argument("--json", action="store_true", help="for scripts")
    parser.add_argument("--short", action="store_true", help="without what takes minutes")
    options = parser.parse_args()
    figures: list[Figure] = []
    notes: list[str] = []
    for script, *words in PARTS:
        path = str(Path(__file__).resolve().with_name(script))
        words = [word for word in words if not (options.short and word == "--long")]
        command = [sys.executable, path, "--json", *words]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
        found, said = read(done.stdout)
        figures += found
        notes += said
    show(figures, options.json, notes)


if __name__ == "__main__":
    main()
