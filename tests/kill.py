"""Kills the real program: `python -m tests.kill --kills 50`.

It trains, saves, is edited and keeps what is open in a recovery file, in its own window, and is
killed (SIGKILL) at a moment drawn from a seed. Afterwards every document in its home opens, whoever
wrote it there; the next start offers what was not saved, as far as it had been kept; and an edit
had been kept ten seconds after it was made.
"""

from __future__ import annotations

import argparse
import json
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
from tests.next_start import recovered
from tests.real_window import Window, screen, wait_for

# What is done last, and within how many seconds of it the program is killed.
MOMENTS = {"train": 1.0, "pause": 0.3, "save": 0.15, "edit": 0.5, "autosave": 0.3}
_LONGEST_TRAINING = 0.5  # seconds, before that
_KEPT_AFTER, _WRITTEN_WITHIN = 10.0, 5.0  # seconds: the promise, and what a busy machine may take
_OFFER = "Backpass ended without saving own."


def large_document() -> Document:
    """A document that takes a moment to write: three hidden layers of 64 units."""
    rule = DATASETS["spirals"]
    names = default_unit_names((rule.inputs, 64, 64, 64, rule.outputs))
    layers = (*(Layer(units, "tanh") for units in names[1:-1]), Layer(names[-1], rule.activation))
    optimizer = Optimizer().changed(learning_rate=0.1)
    spec = Spec(Network(names[0], layers), rule.loss, "mean", optimizer, rule.make(1), seed=1)
    return Document(spec=spec, start=spec.network.draw(spec.initializer, spec.seed), title="large")


def kill_once(display: str, home: Path, moment: str, random: Random) -> list[str]:
    """Kill the program at a moment; what is wrong afterwards."""
    own, wrong = home / f"own{SUFFIX}", []
    own.write_bytes(write_document(large_document()))
    before = own.stat().st_mtime_ns
    window = Window(display, home, str(own))
    try:
        wait_for(lambda: own.name in window.title)
        window.press("t")
        time.sleep(random.random() * _LONGEST_TRAINING)
        window.press("t", "ctrl+s")
        if moment == "save":
            window.press("t", "ctrl+s")
        elif moment == "edit":
            window.press("ctrl+Page_Down", "e", "r")
        elif moment == "autosave":
            wait_for(lambda: own.stat().st_mtime_ns != before)
            wrong += edit_and_wait(window, own)
        else:
            window.press(*("t" if moment == "train" else "tt"))
        time.sleep(random.random() * MOMENTS[moment])
        if (code := window.process.poll()) is not None:
            wrong.append(f"it had ended by itself, with code {code}")
        if said := window.log():
            wrong.append(f"it said: {said}")
    finally:
        window.close()  # SIGKILL
    return wrong + broken(home) + lost(home)


def edit_and_wait(window: Window, own: Path) -> list[str]:
    """Do two epochs, wait until they are kept, and have more to be kept; what went wrong."""
    window.press("e", "e")
    began, done = time.monotonic(), updates(own) + 2
    wait_for(lambda: any(updates(path) >= done for path in kept(own.parent)))
    seconds = time.monotonic() - began
    window.press("e", "t", "t")  # at the pause it is kept again
    if seconds > _KEPT_AFTER + _WRITTEN_WITHIN:
        return [f"an edit had been kept only after {seconds:.1f} s"]
    return []


def kept(home: Path) -> list[Path]:
    """The recovery files."""
    return list(home.glob(f".local/share/**/document{SUFFIX}"))


def updates(path: Path) -> int:
    """The updates done in a document, as its file has it."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:  # it was saved meanwhile, and no longer needs to be kept
        return 0
    return int(told.get("state", {"updates": 0})["updates"])


def lost(home: Path) -> list[str]:
    """What had been kept and is not brought back by the next start."""
    for path in kept(home):
        there = updates(path)
        said, brought = recovered(home)
        if said != _OFFER:
            return [f"recovery is not offered; what is said is {said!r}"]
        if brought < there:
            return [f"{brought} updates are recovered, and {there} had been kept"]
    return []


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
    """Kill the program so many times, each kind of moment in turn; what was wrong afterwards."""
    wrong, random, moments = [], Random(seed), list(MOMENTS)
    with screen() as display:
        for number in range(count):
            moment = moments[number % len(moments)]
            with tempfile.TemporaryDirectory(prefix="backpass-kill-") as home:
                found = kill_once(display, Path(home), moment, random)
            wrong += [f"kill {number + 1}, {moment}: {each}" for each in found]
    return wrong


def main() -> int:
    """Kill it as often as the command line says, by a seed that is drawn if none is named."""
    parser = argparse.ArgumentParser(description="Kills the real program at random moments.")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    parser.add_argument("--kills", type=int, default=50)
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.kills} kills", flush=True)
    wrong = kill(options.seed, options.kills)
    print("\n".join(wrong) or "every file opens, and what had been kept is offered")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
