"""Training where numba is not there, or does not work, or is still being compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("raise ImportError('no numba here')", "NumPy; numba is not installed"),
        (
            "raise RuntimeError('cannot cache function: no locator')",
            "NumPy; numba does not work here: cannot cache function: no locator.",
        ),
    ],
)
def test_training_goes_on_without_numba(tmp_path: Path, line: str, expected: str) -> None:
    (tmp_path / "numba.py").write_text(line, encoding="utf-8")
    code = (
        "from engine.training.kernels import choice\n"
        "choice.load_in_background().join()\n"
        "print(choice.kernel_line())\n"
        "from engine.documents.examples import read_example\n"
        "print(choice.fastest(read_example('xor-3-4-1').spec, float('inf'), ''))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert expected in done.stdout.splitlines()[0]
    assert done.stdout.splitlines()[1] == "numpy"
    assert done.stderr == ""


def test_another_process_compiles_so_that_the_window_stays_free(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    code = (
        "from engine.training.kernels import choice\n"
        "choice.load_in_background().join()\n"
        "from engine.training.kernels import numba_code\n"
        "print(sum(numba_code.train.stats.cache_hits.values()))\n"
        "print(sum(numba_code.train.stats.cache_misses.values()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["1", "0"]
