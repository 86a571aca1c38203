"""Hunts for failures and shrinks them: `python -m tests.gui.monkey.hunt --actions 20000`.

The window runs in a process of its own, which a failure may take with it. From the actions of the
episode that failed, as many are left out as can be without the failure going away; what remains is
printed as the command that plays it again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import SystemRandom

PROJECT = Path(__file__).resolve().parents[3]
_PATIENCE_SECONDS = 120.0  # for leaving out
_LAST_LINES = 40  # of what the process said


class Played:
    """What came of playing: the actions of the last episode, and what was said of a failure."""

    def __init__(self, *words: str) -> None:
        with tempfile.TemporaryDirectory(prefix="backpass-monkey-") as folder:
            log = Path(folder) / "actions.txt"
            done = subprocess.run(
                [sys.executable, "-m", "tests.gui.monkey.play", "--log", str(log), *words],
                cwd=PROJECT,
                env={**os.environ, "TMPDIR": folder},  # all that it leaves goes with the folder
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
            last = log.read_text(encoding="utf-8").rpartition("episode\n")[2]
        self.failed = done.returncode != 0
        self.actions = last.split()
        self.said = "\n".join(done.stderr.splitlines()[-_LAST_LINES:])


def fails(actions: list[str]) -> bool:
    """Whether these actions fail by themselves."""
    return Played("--replay", " ".join(actions)).failed


def shrunk(actions: list[str]) -> list[str]:
    """The fewest of some failing actions that still fail, as far as a bounded time finds:
    stretches of them are left out, then shorter ones, at last single actions."""
    deadline, length = time.monotonic() + _PATIENCE_SECONDS, len(actions) // 2
    while length:
        start = 0
        while start < len(actions):
            rest = actions[:start] + actions[start + length :]
            if time.monotonic() > deadline:
                return actions
            if rest and fails(rest):
                actions = rest
            else:
                start += length
        length //= 2
    return actions


def report(seed: int, count: int) -> str:
    """Play the actions of a seed; "" if all went well, else what failed, and how it comes again."""
    played = Played("--seed", str(seed), "--actions", str(count))
    if not played.failed:
        return ""
    actions = played.actions
    if not actions or not fails(actions):
        again = f"--seed {seed} --actions {count}"
        note = "It did not fail when the last episode was played again by itself."
    else:
        actions = shrunk(actions)
        again, note = f'--replay "{" ".join(actions)}"', f"{len(actions)} actions are left of it."
        played = Played("--replay", " ".join(actions))
    return f"{played.said}\n{note}\nTo play it again:\npython -m tests.gui.monkey.play {again}\n"


def main() -> int:
    """Play what the command line asks for, from a seed that is drawn if none is named."""
    parser = argparse.ArgumentParser(description="Plays random actions, and shrinks what fails.")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    parser.add_argument("--actions", type=int, default=20_000)
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.actions} actions", flush=True)
    began = time.monotonic()
    said = report(options.seed, options.actions)
    print(said or f"nothing found in {time.monotonic() - began:.0f} s")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
