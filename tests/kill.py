"""Kills the real program: `python -m tests.kill --kills 50`.

It trains, saves, and is edited in its own window, and is killed (SIGKILL) at a moment drawn from a
seed. Afterwards every document in its home opens, whoever wrote it there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random, SystemRandom

from engine.data.datasets import DATASETS
from engine.documents.document import Document
from engine.documents.examples import SUFFIX
from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document, write_document
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.spec import Spec
from tests.real_window import Window, screen, wait_for

# What is done last, and within how many seconds of it the program is killed.
MOMENTS = {"train": 1.0, "pause": 0.3, "save": 0.15, "edit": 0.5}
_LONGEST_TRAINING = 0.5  # seconds, before that


def large_document() -> Document:
    """A document that takes a moment to write: three hidden layers of 64 units."""
    rule = DATASETS["spirals"]
    names = default_unit_names((rule.inputs, 64, 64, 64, rule.outputs))
    layers = (*(Layer(units, "tanh") for units in names[1:-1]), Layer(names[-1], rule.activation))
    optimizer = Optimizer().changed(learning_rate=0.1)
    spec = Spec(Network(names[0], layers), rule.loss, "mean", optimizer, rule.make(1), seed=1)
    return Document(spec=spec, start=spec.network.draw(spec.initializer, spec.seed), title="large")


def kill_once(display: str, home: Path, random: Random) -> tuple[str, list[str]]:
    """Kill the program at one moment; what it was doing, and what is wrong afterwards."""
    own = home / f"own{SUFFIX}"
    own.write_bytes(write_document(large_document()))
    window = Window(display, home, str(own))
    try:
        wait_for(lambda: own.name in window.title)
        window.press("t")
        time.sleep(random.random() * _LONGEST_TRAINING)
        window.press("t", "ctrl+s")
        moment = random.choice(list(MOMENTS))
        if moment == "edit":
            window.press("ctrl+Page_Down", "e", "r")
        else:
            window.press("t")
            window.press({"train": "Shift_L", "pause": "t", "save": "ctrl+s"}[moment])
        time.sleep(random.random() * MOMENTS[moment])
        ended = window.process.poll()
        said = window.log()
    finally:
        window.close()  # SIGKILL
    wrong = [f"it had ended by itself, with code {ended}"] if ended is not None else []
    wrong += [f"it said: {said}"] if said else []
    return moment, wrong + broken(home)


def broken(home: Path) -> list[str]:
    """The documents in a folder and below that do not open."""
    found = []
    for path in sorted(home.rglob(f"*{SUFFIX}")):
        try:
            read_document(path.read_bytes())
        except DocumentError as error:
            found.append(f"{path.relative_to(home)} is broken: {error}")
    return found


def kill(seed: int, count: int) -> list[str]:
    """Kill the program at so many moments; what was wrong afterwards."""
    wrong, random = [], Random(seed)
    with screen() as display:
        for number in range(1, count + 1):
            with tempfile.TemporaryDirectory(prefix="backpass-kill-") as home:
                moment, found = kill_once(display, Path(home), random)
            wrong += [f"kill {number}, {moment}: {each}" for each in found]
    return wrong


def main() -> int:
    """Kill it as often as the command line says, by a seed that is drawn if none is named."""
    parser = argparse.ArgumentParser(description="Kills the real program at random moments.")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    parser.add_argument("--kills", type=int, default=50)
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.kills} kills", flush=True)
    wrong = kill(options.seed, options.kills)
    print("\n".join(wrong) or "every file opens")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
