"""The real window on a real X server, and the keys and clicks of a person by xdotool."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60.0


def wait_for(found: Callable[[], object]) -> object:
    """Ask until the answer is true, and fail if it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = found()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited {PATIENCE_SECONDS:.0f} s in vain")


@contextmanager
def window_manager(display: str) -> Iterator[None]:
    """A window manager on a screen: it puts frames around windows, and fills the screen."""
    manager = subprocess.Popen(
        ["openbox", "--sm-disable"],
        env={**os.environ, "DISPLAY": display},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    words = ["xdotool", "get_num_desktops"]  # told by a manager that has begun
    environment = {**os.environ, "DISPLAY": display}

    def has_begun() -> bool:
        done = subprocess.run(words, env=environment, capture_output=True, check=False)
        return done.returncode == 0

    try:
        wait_for(has_begun)
        yield
    finally:
        manager.terminate()
        manager.wait()


@contextmanager
def screen(size: str = "1440x900") -> Iterator[str]:
    """A screen of its own, of a size in pixels; it is named as DISPLAY names it."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        # Without a reset as the last window closes: the next one would knock in vain meanwhile.
        [
            "Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24",
            "-nolisten", "tcp", "-noreset",
        ],  # fmt: skip
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    assert number, "Xvfb did not start"
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


class Window:
    """The program in its own process, and the keys pressed in it."""

    def __init__(self, display: str, home: Path, *arguments: str) -> None:
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("QT_", "XDG_"))},
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_RUNTIME_DIR": str(home),
        }
        self._log = (home / "log.txt").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, str(PROJECT / "main.py"), *arguments],
            env=self._environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            # Where the tests themselves run in the background of a shell, Ctrl-C is ignored there.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.id = str(wait_for(self._find))
        self.focus()

    def focus(self) -> None:
        """Give the window the keys: without a window manager nobody does once a dialog is gone."""
        self._xdotool("windowfocus", "--sync", self.id)

    def _xdotool(self, *words: str) -> str:
        return subprocess.run(
            ["xdotool", *words], env=self._environment, capture_output=True, text=True, check=False,
            timeout=60,  # with --sync it waits for ever for what does not come
        ).stdout.strip()

    def _find(self) -> str:
        assert self.process.poll() is None, self.log()
        return self._xdotool("search", "--onlyvisible", "--name", "Backpass").split("\n")[0]

    def count(self) -> int:
        """How many windows the program shows, its dialogs among them."""
        return len(self._xdotool("search", "--onlyvisible", "--name", "Backpass").split())

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """Left, top, width and height, in pixels of the screen."""
        shell = self._xdotool("getwindowgeometry", "--shell", self.id)
        told = dict(line.split("=") for line in shell.split("\n"))
        return int(told["X"]), int(told["Y"]), int(told["WIDTH"]), int(told["HEIGHT"])

    @property
    def place(self) -> tuple[int, int, int, int]:
        """The same as `frame` where there is a window manager, about which xdotool is mistaken: the
        pointer tells where the window begins, and is left there."""
        self.point_at((0, 0))
        shell = self._xdotool("getmouselocation", "--shell")
        told = dict(line.split("=") for line in shell.split("\n"))
        return int(told["X"]), int(told["Y"]), *self.frame[2:]

    @property
    def title(self) -> str:
        return self._xdotool("getwindowname", self.id)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._xdotool("key", "--delay", "30", key)

    def point_at(self, place: tuple[int, int]) -> None:
        """Take the pointer to a place in the window, and leave it there."""
        self._xdotool("mousemove", "--window", self.id, str(place[0]), str(place[1]))

    def click(self) -> None:
        """Press and let go of the left button where the pointer is."""
        self._xdotool("click", "1")

    def log(self) -> str:
        self._log.flush()
        self._log.seek(0)
        return self._log.read()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._log.close()
