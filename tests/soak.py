"""An hour with the window: `python -m tests.soak --minutes 60`. Memory has to stay flat.

A run trains at full speed, with a small bound on the memory for the way back, and somebody pauses,
steps, goes back to earlier moments, looks at other samples, opens tools and changes the theme. Once
the bound is reached, what the process holds must not grow by more than 5 %.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from random import Random
from statistics import median

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt is imported

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from engine.documents.examples import read_example
from engine.training.kernels.choice import load_in_background
from gui import theme
from gui.window.garbage import Collector
from gui.window.main_window import MainWindow

MIB = 1024 * 1024
_EXAMPLE = "xor-2-3-1"
_TURN_MILLISECONDS = 500  # between two things that are done
_LOOK_SECONDS = 5.0
_MOST_GROWTH = 0.05


class Soak:
    """A window that is used, and what the process held meanwhile."""

    def __init__(self, app: QApplication, seconds: float, memory: int) -> None:
        self._app, self._random = app, Random(1)
        self._window = MainWindow(remember=False)
        self._window.documents.show(read_example(_EXAMPLE), _EXAMPLE)
        self._window.session.set_memory(memory)
        self._window.resize(1440, 900)
        self._window.show()
        self._loading = load_in_background()  # as the program does; it takes 125 MiB, once
        self._memory = memory
        self._began = self._looked = time.monotonic()
        self._end = self._began + seconds
        self.held: list[int] = []  # bytes, since the bound was reached
        self._timer = QTimer(interval=_TURN_MILLISECONDS)
        self._timer.timeout.connect(self._take_turn)
        self._timer.start()

    def _take_turn(self) -> None:
        now = time.monotonic()
        if now > self._end:
            self._window.close_quietly()
            self._app.exit()  # not quit: that would ask about unsaved changes
            return
        self._act()
        if now - self._looked > _LOOK_SECONDS:
            self._looked = now
            self._look(now - self._began)

    def _act(self) -> None:
        """Train most of the time, and now and then do something else first."""
        session, random, tools = self._window.session, self._random, self._window.tools
        if not session.training:
            session.train_at_full_speed()
            return
        if random.random() < 0.7:
            return
        session.pause()
        deed = random.choice(("step", "back", "jump", "sample", "tool", "theme"))
        if deed == "step":
            for _ in range(20):
                session.step("number")
        elif deed == "back":
            session.back("epoch")
        elif deed == "jump":
            session.go_to_epoch(random.random() * session.spec.epoch_position(session.place.t))
            session.go_to_branch(session.place.branch)
        elif deed == "sample":
            session.choose_sample(random.randrange(len(session.spec.data)))
        elif deed == "tool":
            if tools.open_title:
                tools.close()
            else:
                tools.open(random.choice(("Gradient check", "Published against right")))
        else:
            self._window.use_theme(random.choice(list(theme.THEMES)))

    def _look(self, seconds: float) -> None:
        history, held = self._window.session.history.nbytes, resident()
        is_bounded = 2 * history > self._memory  # it is halved when it comes to the bound
        if self.held or (is_bounded and not self._loading.is_alive()):
            self.held.append(held)
        updates = self._window.session.place.t
        print(f"{seconds:5.0f} s  {held / MIB:7.1f} MiB, history {history / MIB:6.1f} MiB, "
              f"{updates} updates", flush=True)  # fmt: skip


def resident() -> int:
    """Bytes of memory that the process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def growth(held: list[int]) -> float:
    """By which part of what it held at first the process came to hold more, over all the time.

    Thirds are compared by their medians: from one moment to the next the process may hold 15 MiB
    more or less, as arrays of the way back come and go, and the greatest value of a third would say
    when that happened. The middles of the first and the last third are two thirds of the time
    apart, so what lies between them counts one and a half times: a leak that goes on evenly counts
    in full, 5 % in an hour as 5 %. No time is left out for caches to fill: they have to be small.
    """
    third = max(len(held) // 3, 1)
    first, last = median(held[:third]), median(held[-third:])
    grown = 1.5 * (last - first)
    return grown / (first - grown / 6)  # the first third's middle is a sixth of the time from 0


def main() -> int:
    """Use the window for so long as the command line says."""
    parser = argparse.ArgumentParser(description="Uses the window for an hour.")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--memory", type=float, default=16.0, help="MiB for the way back")
    options = parser.parse_args()
    app = QApplication(["soak"])
    Collector(app)
    theme.load_fonts()
    theme.apply(app, "light")
    soak = Soak(app, 60 * options.minutes, round(options.memory * MIB))
    app.exec()
    if not soak.held:
        print("the bound of the history was not reached: give it more time or less memory")
        return 1
    grown = growth(soak.held)
    print(f"memory grew by {grown:.1%} after the bound was reached")
    return 1 if grown > _MOST_GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
